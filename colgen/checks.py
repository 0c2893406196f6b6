"""What was written, proved by SQL: keys, references, ranges, shares, roll-ups, order in time, and the model's own rules.

Every rule is a query that gives the offending rows; DuckDB runs it on the files, out of core. Most follow from the declarations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colgen import manifest as manifests
from colgen.columns import Category, ForeignKey, Integers, Key, Ordinal, ParentKey, Since, Sum, key_of, since_of
from colgen.datatypes import Words
from colgen.errors import ModelError
from colgen.load_sql import quoted
from colgen.manifest import Manifest
from colgen.model import Model, Rule, load
from colgen.table import Between, Column, FanOut, Table, Volume

OFFENDERS = 5
"""So many offending rows are shown."""


@dataclass(frozen=True)
class Outcome:
    """What became of a rule. rows : up to five of the offending ones, as `columns`; found : how many there are"""

    table: str
    says: str
    holds: bool
    found: int = 0
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True)
class _Query:
    table: str
    says: str
    sql: str


def check(folder: Path, model: Model | None = None) -> Iterator[Outcome]:
    """Proves every rule on a finished build (or one about to be published), one outcome each.

    Files are compared with the manifest first: a part that is missing or cannot be read is an offender too.
    """
    from colgen.data import add_view, new_connection

    found = manifests.read(folder)
    model = model or load(found.spec.model)
    broken = list(_missing(folder, found))
    yield Outcome("*", "every part is there", not broken, len(broken), ("file",), tuple((file,) for file in broken[:OFFENDERS]))
    if broken:
        return
    connection = new_connection()
    for name in found.tables:
        try:
            add_view(connection, folder, found, name)
        except Exception as error:  # DuckDB's and Arrow's words for a file that is none
            yield Outcome(name, "its parts can be read", False, 1, ("error",), ((str(error).split("\n")[0],),))
    for name, reference in model.reference_tables.items():
        connection.register(name, reference)
    for query in queries(found, model):
        try:
            result = connection.sql(f"SELECT * FROM ({query.sql}) LIMIT {OFFENDERS}").to_arrow_table()
            columns, rows = tuple(result.column_names), [tuple(row.values()) for row in result.to_pylist()]
            # one more pass over it only when something is wrong
            total = len(rows) if len(rows) < OFFENDERS else connection.execute(f"SELECT count(*) FROM ({query.sql})").fetchall()[0][0]
        except Exception as error:  # a file damaged beyond reading, or a cell that is no value of its type
            message = str(error).split("\n")[0]
            yield Outcome(query.table, query.says, False, 1, ("error",), ((message,),))
            continue
        yield Outcome(query.table, query.says, not rows, total, columns, tuple(rows))


def _missing(folder: Path, found: Manifest) -> Iterator[str]:
    for table in found.tables.values():
        for part in table.parts:
            if not (folder / part.file).is_file():
                yield part.file


def queries(found: Manifest, model: Model) -> Iterator[_Query]:
    """Every rule as a query; those whose tables were not all written are left out."""
    written = set(found.tables)
    for table in model.tables:
        if table.__tablename__ in written:
            yield from _of_table(table, found)
    for rule in model.rules:
        needed = {table.__tablename__ for table in model.tables if _mentions(rule.sql, table.__tablename__)} | {rule.table.__tablename__}
        needed |= {target.__tablename__ for _, target in _joins(rule)}
        if needed <= written:
            yield _Query(rule.table.__tablename__, rule.says, _filled(_rule_sql(rule), found))


def _of_table(table: type[Table], found: Manifest) -> Iterator[_Query]:
    name, written, settings = table.__tablename__, set(found.tables), found.spec.settings
    rows = found.tables[name].rows
    expected = settings[table.rows.name] if isinstance(table.rows, Volume) else table.rows if isinstance(table.rows, int) else rows
    yield _Query(name, f"has {expected:,} rows", f"SELECT * FROM (SELECT count(*) AS rows FROM {quoted(name)}) WHERE rows <> {expected}")
    for column in table.visible():
        yield _not_null(table, column)
        if column.unique:
            yield _unique(table, column)
    for column in table.visible():
        if column.references is not None and column.references.__tablename__ in written:
            yield _reference(table, column)
        yield from _of_kind(table, column, found)
    rows_from = table.rows
    if isinstance(rows_from, FanOut) and rows_from.parent.__tablename__ in written and not isinstance(rows_from.count, str):
        yield from _fan_out(table, rows_from, settings)


def _of_kind(table: type[Table], column: Column, found: Manifest) -> Iterator[_Query]:
    """What the kind of a column promises."""
    name, at = table.__tablename__, quoted(column.name)
    if isinstance(column, Integers):
        yield _range(table, column, column.low, column.high)
    if isinstance(column.type, Words) and len(column.type.words) <= 64:
        words = ", ".join("'" + word.replace("'", "''") + "'" for word in column.type.words.to_pylist())
        yield _Query(name, f"{column.name} is one of its words", f"SELECT * FROM {quoted(name)} WHERE {at} NOT IN ({words})")
    if isinstance(column, Category) and len(column.weights) > 1:
        total = sum(column.weights.values())
        shares = {"'" + word.replace("'", "''") + "'": weight / total for word, weight in column.weights.items()}
        yield _shares(table, column, shares)
    if isinstance(column, ForeignKey) and column.weights is not None:
        total = sum(column.weights)
        yield _shares(table, column, {str(place): weight / total for place, weight in enumerate(column.weights, 1)})
    if isinstance(column, ForeignKey) and column.references.__tablename__ in found.tables:
        yield from _conditions(table, column)
    if isinstance(column, Sum) and column.child is not None and column.child.table.__tablename__ in found.tables:
        yield _sum(table, column)
    if isinstance(column, Ordinal):
        yield _ordinal(table, column)
    if isinstance(column, Since):
        yield _Query(
            name,
            f"{column.name} is not after the period",
            f"SELECT * FROM {quoted(name)} WHERE {at} >= (DATE '{found.spec.last_day}' + 1)::TIMESTAMP AT TIME ZONE 'UTC'",
        )


def _not_null(table: type[Table], column: Column) -> _Query:
    return _Query(
        table.__tablename__,
        f"{column.name} is never null",
        f"SELECT * FROM {quoted(table.__tablename__)} WHERE {quoted(column.name)} IS NULL",
    )


def _unique(table: type[Table], column: Column) -> _Query:
    name, at = quoted(table.__tablename__), quoted(column.name)
    if isinstance(column, Key):
        # 1 … n in any order: as many different ones as rows, between 1 and n
        says = f"{column.name} is 1, 2, 3 … without a gap, each once"
        sql = f"""SELECT {at}, count(*) AS times FROM {name} GROUP BY {at} HAVING times > 1
            UNION ALL SELECT {at}, 0 FROM {name} WHERE {at} < 1 OR {at} > (SELECT count(*) FROM {name})"""
        return _Query(table.__tablename__, says, sql)
    return _Query(
        table.__tablename__,
        f"{column.name} is unique",
        f"SELECT {at}, count(*) AS times FROM {name} GROUP BY {at} HAVING times > 1 ORDER BY 1",
    )


def _reference(table: type[Table], column: Column) -> _Query:
    assert column.references is not None
    target = column.references
    key = quoted(key_of(target))
    return _Query(
        table.__tablename__,
        f"{column.name} is in {target.__tablename__}",
        f"SELECT child.* FROM {quoted(table.__tablename__)} AS child ANTI JOIN {quoted(target.__tablename__)} AS parent ON child.{quoted(column.name)} = parent.{key}",
    )


def _range(table: type[Table], column: Column, low: int, high: int) -> _Query:
    at = quoted(column.name)
    return _Query(
        table.__tablename__,
        f"{column.name} is {low} to {high}",
        f"SELECT * FROM {quoted(table.__tablename__)} WHERE {at} NOT BETWEEN {low} AND {high}",
    )


def _shares(table: type[Table], column: Column, shares: dict[str, float]) -> _Query:
    """Each share within five standard errors: a right generator fails one check in a million."""
    name, at = quoted(table.__tablename__), quoted(column.name)
    listed = ", ".join(f"({value}, {share:.9f})" for value, share in shares.items())
    sql = f"""WITH expected(value, share) AS (VALUES {listed}),
        total AS (SELECT count(*) AS rows FROM {name}),
        seen AS (SELECT {at} AS value, count(*) AS times FROM {name} GROUP BY {at})
        SELECT value, share AS expected, coalesce(times, 0) / rows AS found
        FROM expected LEFT JOIN seen USING (value), total
        WHERE abs(coalesce(times, 0) - share * rows) > 5 * sqrt(rows * share * (1 - share)) + 1"""
    return _Query(table.__tablename__, f"{column.name}: shares as declared", sql)


def _conditions(table: type[Table], column: ForeignKey) -> Iterator[_Query]:
    """What a foreign key asks of the row it refers to."""
    target = column.references
    joined = f"{quoted(table.__tablename__)} AS child JOIN {quoted(target.__tablename__)} AS parent ON child.{quoted(column.name)} = parent.{quoted(key_of(target))}"
    if column.existing_at is not None:
        since = next(one for one in target.__columns__.values() if isinstance(one, Since))
        assert since_of(target, column.place) is since.history
        when = column.existing_at
        source, joins = _visible_source(table, when)
        if not since.hidden and source is not None:
            yield _Query(
                table.__tablename__,
                f"{column.name} existed by {when}",
                f"SELECT child.*, parent.{quoted(since.name)} AS parent_{since.name} FROM {joined} {joins} "
                f"WHERE (parent.{quoted(since.name)} AT TIME ZONE 'UTC')::DATE > {source}::DATE",
            )
    for name, wanted in column.where.items():
        if not target.__columns__[name].hidden:
            value = "'" + str(wanted).replace("'", "''") + "'" if isinstance(wanted, str) else wanted
            yield _Query(
                table.__tablename__,
                f"{column.name} has {name} = {wanted}",
                f"SELECT child.*, parent.{quoted(name)} AS parent_{name} FROM {joined} WHERE parent.{quoted(name)} IS DISTINCT FROM {value}",
            )


def _visible_source(table: type[Table], name: str) -> tuple[str | None, str]:
    """Where a column can be read in the written data: its own, or the visible one that it looks up."""
    from colgen.columns import Lookup

    column = table.__columns__[name]
    if not column.hidden:
        return f"child.{quoted(name)}", ""
    if isinstance(column, Lookup) and not column.column.hidden:
        other = column.column.table
        via = column.looks_up[0][1]
        return (
            f"source.{quoted(column.column.name)}",
            f"JOIN {quoted(other.__tablename__)} AS source ON child.{quoted(via)} = source.{quoted(key_of(other))}",
        )
    return None, ""


def _sum(table: type[Table], column: Sum) -> _Query:
    assert column.child is not None
    child = column.child
    link = next(one for one in child.table.__columns__.values() if isinstance(one, ParentKey))
    name, key, at = quoted(table.__tablename__), quoted(key_of(table)), quoted(column.name)
    return _Query(
        table.__tablename__,
        f"{column.name} is the sum of {child.place}",
        f"""SELECT parent.*, found FROM {name} AS parent LEFT JOIN (
            SELECT {quoted(link.name)} AS link, sum({quoted(child.name)}) AS found FROM {quoted(child.table.__tablename__)} GROUP BY link
        ) ON parent.{key} = link WHERE parent.{at} <> coalesce(found, 0)""",
    )


def _ordinal(table: type[Table], column: Ordinal) -> _Query:
    link = next((one for one in table.__columns__.values() if isinstance(one, ParentKey)), None)
    assert link is not None
    at, by = quoted(column.name), quoted(link.name)
    return _Query(
        table.__tablename__,
        f"{column.name} is 1, 2, 3 … within each {link.name}",
        f"""SELECT {by}, count(*) AS rows, count(DISTINCT {at}) AS numbers, min({at}) AS first, max({at}) AS last FROM {quoted(table.__tablename__)}
        GROUP BY {by} HAVING first <> 1 OR last <> rows OR numbers <> rows""",
    )


def _fan_out(table: type[Table], rows: FanOut, settings: dict[str, int]) -> Iterator[_Query]:
    link = next((one for one in table.__columns__.values() if isinstance(one, ParentKey) and not one.hidden), None)
    if link is None:
        return
    low, high = rows.count.ends(settings) if isinstance(rows.count, Between) else (rows.count, rows.count)
    parent = rows.parent
    yield _Query(
        table.__tablename__,
        f"{low} to {high} of them for each of {parent.__tablename__}",
        f"""SELECT parent.{quoted(key_of(parent))} AS {quoted(link.name)}, coalesce(found, 0) AS rows FROM {quoted(parent.__tablename__)} AS parent LEFT JOIN (
            SELECT {quoted(link.name)} AS link, count(*) AS found FROM {quoted(table.__tablename__)} GROUP BY link
        ) ON parent.{quoted(key_of(parent))} = link WHERE coalesce(found, 0) NOT BETWEEN {low} AND {high}""",
    )


def _mentions(sql: str, name: str) -> bool:
    import re

    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", sql) is not None


def _joins(rule: Rule) -> list[tuple[str, type[Table]]]:
    """The foreign keys that a rule reads through, as `key.column` in its condition, each with its table."""
    if rule.sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return []
    import re

    found = []
    for name, column in rule.table.__columns__.items():
        if column.references is not None and re.search(rf"(?<![\w.]){re.escape(name.removesuffix('_id'))}\.", rule.sql):
            found.append((name, column.references))
    return found


def _rule_sql(rule: Rule) -> str:
    if rule.sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return rule.sql
    name = quoted(rule.table.__tablename__)
    joins = "".join(
        f" JOIN {quoted(target.__tablename__)} AS {quoted(key.removesuffix('_id'))} ON self.{quoted(key)} = {quoted(key.removesuffix('_id'))}.{quoted(key_of(target))}"
        for key, target in _joins(rule)
    )
    return f"SELECT self.* FROM {name} AS self{joins} WHERE NOT coalesce(({rule.sql}), false)"


def _filled(sql: str, found: Manifest) -> str:
    """The settings of the spec put in for `$name`."""
    import re

    known: dict[str, str] = {name: str(value) for name, value in found.spec.settings.items()}
    known |= {"start": f"DATE '{found.spec.first_day}'", "end": f"DATE '{found.spec.last_day}'"}

    def value(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise ModelError(f"a rule names ${match[1]}; there are {', '.join('$' + name for name in known)}")
        return known[match[1]]

    return re.sub(r"\$(\w+)", value, sql)


def failures(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if not outcome.holds]
