"""Rules proved without looking for the rows that offend: a few scans of each table, in which all of its rules are judged at once.

A proof is sufficient, never just likely: where it comes out clean, the rule's own SQL would give no row. Where it does not, or cannot be run,
nothing is said: then that SQL decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from colgen.errors import ColgenError
from colgen.targets.sql import answer, quoted

if TYPE_CHECKING:
    import duckdb

JUDGED_AT_ONCE = 32
"""How many conditions share a counter; where it is not zero, each of them is given its own."""

POSITION = '"(position)"'
"""In `InOrder`, the number of the row in the order in which the table is read, from 1."""


@dataclass(frozen=True)
class Partner:
    """The row of another table that a row refers to, joined once however many rules read it.

    path : the foreign keys on the way to it, without `_id`: `invoice.customer`
    foreign_key : the last of these, a column of the row before it on the path
    key : what that refers to
    """

    path: str
    table: str
    foreign_key: str
    key: str

    @property
    def is_there(self) -> str:
        """SQL: whether there is such a row."""
        return f"{quoted(f'({self.path})')} IS NOT NULL"

    def column(self, name: str) -> str:
        """SQL: its value of a column, under a name that no column of a table has."""
        return quoted(f"({self.path}) {name}")


@dataclass(frozen=True)
class EachRow:
    """No row satisfies a condition.

    offends : the condition, on a row called `self` and its partners
    reads : the columns of partners that it reads; None of a partner that it asks for, or that is on the way to another
    """

    offends: str
    reads: tuple[tuple[Partner, str | None], ...] = ()


@dataclass(frozen=True)
class Whole:
    """Something holds of all rows together.

    holds : the condition, on aggregates
    """

    holds: str


@dataclass(frozen=True)
class InOrder:
    """No row satisfies a condition on itself, its `POSITION` and the row before it.

    It proves what does not depend on the order, such as that keys are unique, if the rows happen to come in a good one.

    columns : what it reads; of the row before, with `before`
    """

    columns: tuple[str, ...]
    offends: str

    @staticmethod
    def before(column: str) -> str:
        """SQL: the value of the row before; NULL in the first one."""
        return quoted(f"(before {column})")


@dataclass(frozen=True)
class PerParent:
    """No row of a parent table satisfies a condition on itself and on what its children add up to.

    link : the column of a child that refers to its parent
    totals : aggregates over a parent's children, each called by its `total_name`; NULL where there are none
    offends : the condition, on a row called `parent`
    """

    child: str
    link: str
    parent: str
    key: str
    totals: tuple[str, ...]
    offends: str


Proof: TypeAlias = EachRow | Whole | InOrder | PerParent


@dataclass(frozen=True)
class Query:
    """A rule on a table.

    rule : in words
    sql : a SELECT of the rows that offend against it
    proof : what shows that there are none
    select : a cheaper SELECT that shows it, where there is one
    given : the rules that have to hold for that, as table and rule
    """

    table: str
    rule: str
    sql: str
    proof: Proof | None = None
    select: str = ""
    given: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The table and the rule, for people."""
        return f"{self.table}: {self.rule}"


def total_name(aggregate: str) -> str:
    """The column that holds an aggregate of `PerParent.totals`."""
    return quoted(f"({aggregate})")


@dataclass(frozen=True)
class Scan:
    """What is read once to judge some rules.

    source : a FROM clause
    """

    table: str
    source: str
    judged: tuple[Query, ...]


def proved(connection: duckdb.DuckDBPyConnection, scans: Iterable[Scan]) -> set[Query]:
    """The rules whose proofs come out clean, on the tables that a connection sees."""
    clean: set[Query] = set()
    for scan in scans:
        clean |= _clean(connection, scan.source, scan.judged)
    shown = {(query.table, query.rule) for query in clean if not query.given}
    return {query for query in clean if shown.issuperset(query.given)}


def scans(queries: Sequence[Query]) -> list[Scan]:
    """What has to be read for all of the proofs."""
    shared: dict[tuple[str, ...], list[Query]] = {}
    for query in queries:
        if query.proof is not None:
            shared.setdefault(_scan_of(query), []).append(query)
    return [Scan(table, _source(judged), tuple(judged)) for (table, *_), judged in shared.items()]


def _scan_of(query: Query) -> tuple[str, ...]:
    """Rules for which this is equal share a scan."""
    match query.proof:
        case EachRow(reads=()) | Whole():
            return (query.table, "rows")
        case EachRow():
            return (query.table, "rows with partners")
        case InOrder():
            return (query.table, "in order")
        case PerParent(child, link, parent, key):
            return (child, "per parent", link, parent, key)
    raise AssertionError(query)


def _source(judged: Sequence[Query]) -> str:
    proofs = [query.proof for query in judged]
    match proofs[0]:
        case PerParent(child, link, parent, key):
            totals = dict.fromkeys(total for proof in proofs if isinstance(proof, PerParent) for total in proof.totals)
            listed = "".join(f", {total} AS {total_name(total)}" for total in totals)
            below = f'SELECT {quoted(link)} AS "(link)"{listed} FROM {quoted(child)} GROUP BY 1'
            return f'{quoted(parent)} AS parent LEFT JOIN ({below}) AS below ON parent.{quoted(key)} = below."(link)"'
        case InOrder():
            columns = dict.fromkeys(column for proof in proofs if isinstance(proof, InOrder) for column in proof.columns)
            wanted = [f"{quoted(column)}, lag({quoted(column)}) OVER () AS {InOrder.before(column)}" for column in columns]
            return f"(SELECT {', '.join(wanted)}, row_number() OVER () AS {POSITION} FROM {quoted(judged[0].table)})"
    read: dict[Partner, dict[str, None]] = {}
    for proof in proofs:
        for partner, column in proof.reads if isinstance(proof, EachRow) else ():
            read.setdefault(partner, {}).update({column: None} if column is not None else {})
    return f"{quoted(judged[0].table)} AS self" + _joins("self", "", read)


def _joins(row: str, path: str, read: Mapping[Partner, Iterable[str]]) -> str:
    """SQL: the partners of a row, each joined to its own partners first, of which there are fewer.

    path : the row's own; empty for that of the table which is scanned
    read : the columns that are read of each partner, those on the way to others included
    """
    joins = ""
    for partner in read:
        if partner.path.rpartition(".")[0] != path:
            continue
        own = quoted(partner.path)
        columns = [f"{own}.{quoted(partner.key)} AS {quoted(f'({partner.path})')}"]
        columns += [f"{own}.{quoted(column)} AS {partner.column(column)}" for column in read[partner]]
        beyond = [other for other in read if other.path.startswith(f"{partner.path}.")]
        columns += [name for other in beyond for name in (quoted(f"({other.path})"), *map(other.column, read[other]))]
        source = f"{quoted(partner.table)} AS {own}{_joins(own, partner.path, read)}"
        joins += (
            f" LEFT JOIN (SELECT {', '.join(columns)} FROM {source}) ON {row}.{quoted(partner.foreign_key)} = {quoted(f'({partner.path})')}"
        )
    return joins


def _clean(connection: duckdb.DuckDBPyConnection, source: str, judged: Sequence[Query], at_once: int = JUDGED_AT_ONCE) -> set[Query]:
    """The rules against which no row of a source offends; none of those that cannot be judged, as where a cell is not a value of its type."""
    groups = [judged[first : first + at_once] for first in range(0, len(judged), at_once)]
    counters = ", ".join(map(_counter, groups))
    try:
        offenders = answer(connection, f"SELECT [{counters}] AS offenders FROM {source}")["offenders"][0].as_py()
    except ColgenError:
        raise
    except Exception:  # because of one of them, perhaps
        half = len(judged) // 2
        halves = (judged[:half], judged[half:]) if half else ()
        return {query for part in halves for query in _clean(connection, source, part)}
    clean = {query for group, count in zip(groups, offenders, strict=True) if count == 0 for query in group}
    unclear = [query for query in judged if query not in clean]
    return clean | (_clean(connection, source, unclear, 1) if unclear and at_once > 1 else set())


def _counter(judged: Sequence[Query]) -> str:
    """SQL: a number that is 0 if none of some rules is broken."""
    rows = [query.proof.offends for query in judged if query.proof is not None and not isinstance(query.proof, Whole)]
    wholes = [query.proof.holds for query in judged if isinstance(query.proof, Whole)]
    count = [f"count(*) FILTER ({' OR '.join(f'({offends})' for offends in rows)})"] if rows else []
    return " + ".join([*count, *(f"(NOT coalesce({holds}, false))::BIGINT" for holds in wholes)])
