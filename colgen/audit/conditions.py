"""The condition of a rule, on a row and on the rows that it refers to: `customer.created_at`, `invoice.customer.name`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from colgen.audit.proofs import EachRow, Partner
from colgen.declare.column import Column
from colgen.declare.model import Model
from colgen.declare.rows import Branches
from colgen.declare.rules import Rule
from colgen.declare.table import TableInfo
from colgen.targets.sql import quoted

_PARTS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*""")
"""A text, a quoted name, or names with points between them."""


@dataclass(frozen=True)
class Reading:
    """A column that is read through foreign keys.

    partners : the rows on the way to it, the last one being its own
    rest : of it, what is read, such as the field of a structure
    """

    partners: tuple[Partner, ...]
    column: str
    rest: tuple[str, ...] = ()


def partner_of(table: TableInfo, foreign_key: str, model: Model, before: str = "") -> Partner:
    """The row that a foreign key of a table refers to.

    before : the path to the table's own row
    """
    reference = table.columns[foreign_key].references
    assert reference is not None
    target = model.own(reference)
    name = foreign_key.removesuffix("_id")
    assert target.key is not None
    return Partner(f"{before}.{name}" if before else name, target.name, foreign_key, target.key.name)


def readings(rule: Rule, model: Model) -> dict[str, Reading]:
    """What a condition reads through foreign keys, by the words in which it does."""
    found = {}
    for words in dict.fromkeys(part[0] for part in _PARTS.finditer(rule.sql)):
        names, table, partners = words.split("."), model.own(rule.of), list[Partner]()
        while len(names) > 1 and (foreign_key := _foreign_key(table, names[0])) is not None:
            partners.append(partner_of(table, foreign_key, model, partners[-1].path if partners else ""))
            table, names = model.own(table.columns[foreign_key].references), names[1:]  # type: ignore[arg-type]
        if partners:
            found[words] = Reading(tuple(partners), names[0], tuple(names[1:]))
    return found


def _foreign_key(table: TableInfo, name: str) -> str | None:
    return next((key for key, column in table.columns.items() if _is_followed(column) and key.removesuffix("_id") == name), None)


def _is_followed(column: Column) -> bool:
    """Whether a condition can go through a column to the row that it refers to: by a key of one column."""
    return column.references is not None and (column.references.key is not None or isinstance(column.references.rows, Branches))


def offenders(rule: Rule, model: Model) -> str:
    """SQL: the rows that offend against a condition. Those without the rows that it reads through foreign keys do not."""
    found = readings(rule, model)
    joins = ""
    for partner in _in_order(found):
        before = quoted(partner.path.rpartition(".")[0] or "self")
        path = quoted(partner.path)
        joins += f" JOIN {quoted(partner.table)} AS {path} ON {before}.{quoted(partner.foreign_key)} = {path}.{quoted(partner.key)}"

    def reached(words: str) -> str:
        reading = found[words]
        return ".".join([quoted(reading.partners[-1].path), quoted(reading.column), *reading.rest])

    condition = _replaced(rule.sql, {words: reached(words) for words in found})
    return f"SELECT self.* FROM {quoted(rule.of.name)} AS self{joins} WHERE NOT coalesce(({condition}), false)"


def proof_of(rule: Rule, model: Model, filled: Callable[[str], str]) -> EachRow | None:
    """How a condition is proved in one scan with others; None where its words do not say plainly which rows it reads.

    filled : puts in values for `$name`
    """
    found = readings(rule, model)
    roots = {reading.partners[0].path for reading in found.values()}
    if any(part[0] in roots for part in _PARTS.finditer(rule.sql)):  # a column, or a table in a query of its own, is called the same
        return None
    reads: dict[tuple[Partner, str | None], None] = {}
    for reading in found.values():
        reads |= dict.fromkeys((partner, None) for partner in reading.partners)
        reads[reading.partners[-1], reading.column] = None
    condition = filled(
        _replaced(rule.sql, {words: ".".join([one.partners[-1].column(one.column), *one.rest]) for words, one in found.items()})
    )
    there = "".join(f"{partner.is_there} AND " for partner in _in_order(found))
    return EachRow(f"{there}NOT coalesce(({condition}), false)", tuple(reads))


def _in_order(found: dict[str, Reading]) -> list[Partner]:
    """Every partner once, each after the one that it is joined to."""
    return list(dict.fromkeys(partner for reading in found.values() for partner in reading.partners))


def _replaced(sql: str, by: dict[str, str]) -> str:
    return _PARTS.sub(lambda part: by.get(part[0], part[0]), sql)
