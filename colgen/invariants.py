"""What must hold in a model's data, as SQL that gives the offending rows: derived from the declarations, and the model's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from colgen.columns import Category, Integers, Key, Since
from colgen.datatypes import Words
from colgen.errors import ModelError
from colgen.manifest import Manifest
from colgen.model import Model, Rule
from colgen.relations import Count, ForeignKey, Lookup, Ordinal, ParentKey, Sum, key_of
from colgen.scenario import Conditions
from colgen.table import Between, Column, FanOut, Table, Volume
from colgen.views import quoted

WORDS_LISTED = 64
"""A list of up to so many words is checked word by word; a longer one is a model's own rule."""


@dataclass(frozen=True)
class Query:
    """sql : a SELECT of the rows that offend against what it says"""

    table: str
    says: str
    sql: str


def queries(found: Manifest, model: Model) -> Iterator[Query]:
    """Every rule as a query; those that read a table or a column that was not written are left out."""
    written = set(found.tables)
    for table in model.written:
        if table.__tablename__ in written:
            yield from _of_table(table, found)
    for rule in model.rules:
        needed = {rule.table} | {table for table in model.written if _mentions(rule.sql, table.__tablename__)}
        needed |= {target for _, target in _joins(rule)}
        if {table.__tablename__ for table in needed} <= written:
            yield Query(rule.table.__tablename__, rule.says, _filled(_rule_sql(rule), found, found.spec.conditions(model)))


def _of_table(table: type[Table], found: Manifest) -> Iterator[Query]:
    name, settings = table.__tablename__, found.spec.settings
    rows = found.tables[name].rows
    expected = rows
    if table.__keep__ is None and isinstance(table.rows, Volume | int):
        expected = settings[table.rows.name] if isinstance(table.rows, Volume) else table.rows
    yield Query(name, f"has {expected:,} rows", f"SELECT * FROM (SELECT count(*) AS rows FROM {quoted(name)}) WHERE rows <> {expected}")
    for column in table.visible():
        if not column.nullable:
            yield Query(name, f"{column.name} is never null", f"SELECT * FROM {quoted(name)} WHERE {quoted(column.name)} IS NULL")
        if column.unique:
            yield _unique(table, column)
    for column in table.visible():
        yield from _of_kind(table, column, found)
        target = column.references
        if target is not None and target.__tablename__ in found.tables and _key(target) is not None:
            yield _reference(table, column)
            if isinstance(column, ForeignKey):
                yield from _conditions(table, column)
    parent = table.parent()
    if (
        parent is not None
        and _whole(table)
        and parent.__tablename__ in found.tables
        and _key(parent) is not None
        and _link(table) is not None
    ):
        yield from _fan_out(table, settings)


def _key(table: type[Table]) -> Column | None:
    """The written primary key of a table."""
    return next((one for one in table.visible() if isinstance(one, Key)), None)


def _whole(table: type[Table]) -> bool:
    """Whether all that was fanned out from a written row is written."""
    flag, parent = table.__columns__.get(table.__keep__ or ""), table.parent()
    if flag is None or parent is None:
        return table.__keep__ is None
    return isinstance(flag, Lookup) and flag.column is parent.__columns__.get(parent.__keep__ or "")


def _link(table: type[Table]) -> Column | None:
    """The written column that refers to the row a row is fanned out from."""
    return next((one for one in table.visible() if isinstance(one, ParentKey)), None)


def _literal(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _of_kind(table: type[Table], column: Column, found: Manifest) -> Iterator[Query]:
    """What the kind of a column promises."""
    name, at = table.__tablename__, quoted(column.name)
    if isinstance(column.type, Words) and len(column.type.words) <= WORDS_LISTED:
        words = ", ".join(_literal(word) for word in column.type.words.to_pylist())
        yield Query(name, f"{column.name} is one of its words", f"SELECT * FROM {quoted(name)} WHERE {at} NOT IN ({words})")
    if isinstance(column, Integers):
        # as the values are written: a decimal was declared in its smallest unit
        scale = column.type.arrow.scale if pa.types.is_decimal(column.type.arrow) else 0
        low, high = (f"{Decimal(end).scaleb(-scale):f}" for end in (column.low, column.high))
        yield Query(name, f"{column.name} is {low} to {high}", f"SELECT * FROM {quoted(name)} WHERE {at} NOT BETWEEN {low} AND {high}")
    all_kept = table.__keep__ is None  # or else which are kept may hang on the word
    if isinstance(column, Category) and len(column.weights) > 1 and all_kept:
        yield _shares(table, column, {_literal(word): weight for word, weight in column.weights.items()})
    if isinstance(column, ForeignKey) and column.weights is not None and all_kept:
        yield _shares(table, column, {str(place): weight for place, weight in enumerate(column.weights, 1)})
    if isinstance(column, Sum) and column.child is not None and not column.child.hidden:
        total = f"sum(row0.{quoted(column.child.name)})"
        yield from _rolled_up(table, column, column.child.table, total, f"the sum of {column.child.place}", found)
    if isinstance(column, Count) and column.below is not None:
        yield from _rolled_up(table, column, column.below, "count(*)", f"the number of its rows of {column.descendant}", found)
    if isinstance(column, Ordinal):
        yield from _ordinal(table, column)
    if isinstance(column, Since):
        end = f"(DATE '{found.spec.last_day}' + 1)::TIMESTAMP AT TIME ZONE 'UTC'"
        yield Query(name, f"{column.name} is not after the period", f"SELECT * FROM {quoted(name)} WHERE {at} >= {end}")


def _unique(table: type[Table], column: Column) -> Query:
    name, at = quoted(table.__tablename__), quoted(column.name)
    if isinstance(column, Key) and table.__keep__ is not None:
        sql = f"""SELECT {at}, count(*) AS times FROM {name} GROUP BY {at} HAVING times > 1 OR {at} < 1"""
        return Query(table.__tablename__, f"{column.name} is 1 or more, each once", sql)
    if isinstance(column, Key):
        # 1 … n in any order: as many different ones as rows, between 1 and n
        sql = f"""SELECT {at}, count(*) AS times FROM {name} GROUP BY {at} HAVING times > 1
            UNION ALL SELECT {at}, 0 FROM {name} WHERE {at} < 1 OR {at} > (SELECT count(*) FROM {name})"""
        return Query(table.__tablename__, f"{column.name} is 1, 2, 3 … without a gap, each once", sql)
    sql = f"SELECT {at}, count(*) AS times FROM {name} WHERE {at} IS NOT NULL GROUP BY {at} HAVING times > 1 ORDER BY 1"
    return Query(table.__tablename__, f"{column.name} is unique", sql)


def _joined(table: type[Table], column: Column, kind: str = "JOIN") -> str:
    """A table's rows as `child`, each with the row that a foreign key of it refers to as `parent`."""
    assert column.references is not None
    target = column.references
    on = f"child.{quoted(column.name)} = parent.{quoted(key_of(target))}"
    return f"{quoted(table.__tablename__)} AS child {kind} {quoted(target.__tablename__)} AS parent ON {on}"


def _reference(table: type[Table], column: Column) -> Query:
    assert column.references is not None
    says = f"{column.name} is in {column.references.__tablename__}"
    return Query(
        table.__tablename__, says, f"SELECT child.* FROM {_joined(table, column, 'ANTI JOIN')} WHERE {quoted(column.name)} IS NOT NULL"
    )


def _shares(table: type[Table], column: Column, weights: Mapping[str, float]) -> Query:
    """Each share within five standard errors: a right generator fails one check in a million."""
    name, at, total = quoted(table.__tablename__), quoted(column.name), sum(weights.values())
    listed = ", ".join(f"({value}, {weight / total:.9f})" for value, weight in weights.items())
    sql = f"""WITH expected(value, share) AS (VALUES {listed}),
        total AS (SELECT count(*) AS rows FROM {name}),
        seen AS (SELECT {at} AS value, count(*) AS times FROM {name} GROUP BY {at})
        SELECT value, share AS expected, coalesce(times, 0) / rows AS found
        FROM expected LEFT JOIN seen USING (value), total
        WHERE abs(coalesce(times, 0) - share * rows) > 5 * sqrt(rows * share * (1 - share)) + 1"""
    return Query(table.__tablename__, f"{column.name}: shares as declared", sql)


def _conditions(table: type[Table], column: ForeignKey) -> Iterator[Query]:
    """What a foreign key asks of the row it refers to."""
    target = column.references.__columns__
    since = next((one for one in target.values() if isinstance(one, Since) and not one.hidden), None)
    when = _written_as(table, column.existing_at) if column.existing_at is not None else None
    if since is not None and when is not None:
        source, join = when
        at = f"parent.{quoted(since.name)}"
        yield Query(
            table.__tablename__,
            f"{column.name} existed by {column.existing_at}",
            f"SELECT child.*, {at} AS parent_{since.name} FROM {_joined(table, column)} {join} WHERE {at}::DATE > {source}::DATE",
        )
    for name, wanted in column.where.items():
        if not target[name].hidden:
            value = _literal(wanted) if isinstance(wanted, str) else wanted
            yield Query(
                table.__tablename__,
                f"{column.name} has {name} = {wanted}",
                f"SELECT child.*, parent.{quoted(name)} AS parent_{name} FROM {_joined(table, column)} "
                f"WHERE parent.{quoted(name)} IS DISTINCT FROM {value}",
            )


def _written_as(table: type[Table], name: str) -> tuple[str, str] | None:
    """Where a column can be read in the written data, and the join to it: its own, or the written one that it looks up."""
    column = table.__columns__[name]
    if not column.hidden:
        return f"child.{quoted(name)}", ""
    if isinstance(column, Lookup) and not column.column.hidden:
        other, via = column.column.table, column.looks_up[0][1]
        if table.__columns__[via].references is not other:  # a parent's parent
            return None
        join = f"JOIN {quoted(other.__tablename__)} AS source ON child.{quoted(via)} = source.{quoted(key_of(other))}"
        return (f"source.{quoted(column.column.name)}", join) if not table.__columns__[via].hidden and _key(other) is not None else None
    return None


def _rolled_up(table: type[Table], column: Column, below: type[Table], total: str, says: str, found: Manifest) -> Iterator[Query]:
    """A column that sums up rows fanned out from its own, or from those; each must know the row above it by a written key.

    total : of the rows below, which are `row0`
    """
    line = [below, *below.ancestors()]
    line = line[: line.index(table)]
    links = [link.name for one in line if (link := _link(one)) is not None and _whole(one) and one.__tablename__ in found.tables]
    keys = [key.name for one in [*line[1:], table] if (key := _key(one)) is not None]
    if not len(links) == len(keys) == len(line):
        return
    joins = "".join(
        f" JOIN {quoted(one.__tablename__)} AS row{place} ON row{place - 1}.{quoted(links[place - 1])} = row{place}.{quoted(keys[place - 1])}"
        for place, one in enumerate(line[1:], 1)
    )
    yield Query(
        table.__tablename__,
        f"{column.name} is {says}",
        f"""SELECT parent.*, found FROM {quoted(table.__tablename__)} AS parent LEFT JOIN (
            SELECT row{len(line) - 1}.{quoted(links[-1])} AS link, {total} AS found FROM {quoted(below.__tablename__)} AS row0{joins} GROUP BY 1
        ) ON parent.{quoted(keys[-1])} = link WHERE parent.{quoted(column.name)} <> coalesce(found, 0)""",
    )


def _ordinal(table: type[Table], column: Ordinal) -> Iterator[Query]:
    link = _link(table)
    if link is None:
        return
    at, by = quoted(column.name), quoted(link.name)
    if not _whole(table):
        yield Query(
            table.__tablename__,
            f"{column.name} is 1 or more, each once within each {link.name}",
            f"SELECT {by}, {at}, count(*) AS times FROM {quoted(table.__tablename__)} GROUP BY ALL HAVING times > 1 OR {at} < 1",
        )
        return
    yield Query(
        table.__tablename__,
        f"{column.name} is 1, 2, 3 … within each {link.name}",
        f"""SELECT {by}, count(*) AS rows, count(DISTINCT {at}) AS numbers, min({at}) AS first, max({at}) AS last
        FROM {quoted(table.__tablename__)} GROUP BY {by} HAVING first <> 1 OR last <> rows OR numbers <> rows""",
    )


def _fan_out(table: type[Table], settings: Mapping[str, int]) -> Iterator[Query]:
    """As many children as were asked for, for each parent."""
    rows, parent, link = table.rows, table.parent(), _link(table)
    assert isinstance(rows, FanOut)
    assert parent is not None
    assert link is not None
    key = f"parent.{quoted(key_of(parent))}"
    if isinstance(rows.count, str):
        if parent.__columns__[rows.count].hidden:
            return
        low = high = f"parent.{quoted(rows.count)}"
        says = f"as many of them as {rows.count} says for each of {parent.__tablename__}"
    else:
        ends = rows.count.ends(settings) if isinstance(rows.count, Between) else (rows.count, rows.count)
        low, high = map(str, ends)
        says = f"{low} to {high} of them for each of {parent.__tablename__}"
    yield Query(
        table.__tablename__,
        says,
        f"""SELECT {key} AS {quoted(link.name)}, coalesce(found, 0) AS rows FROM {quoted(parent.__tablename__)} AS parent LEFT JOIN (
            SELECT {quoted(link.name)} AS link, count(*) AS found FROM {quoted(table.__tablename__)} GROUP BY link
        ) ON {key} = link WHERE coalesce(found, 0) NOT BETWEEN {low} AND {high}""",
    )


def _mentions(sql: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", sql) is not None


def _is_select(rule: Rule) -> bool:
    return rule.sql.lstrip().upper().startswith(("SELECT", "WITH"))


def _joins(rule: Rule) -> list[tuple[str, type[Table]]]:
    """The foreign keys that a rule reads through, as `key.column` in its condition, each with its table."""
    if _is_select(rule):
        return []
    return [
        (name, column.references)
        for name, column in rule.table.__columns__.items()
        if column.references is not None and re.search(rf"(?<![\w.]){re.escape(name.removesuffix('_id'))}\.", rule.sql)
    ]


def _rule_sql(rule: Rule) -> str:
    if _is_select(rule):
        return rule.sql
    joins = ""
    for key, target in _joins(rule):
        alias = quoted(key.removesuffix("_id"))
        joins += f" JOIN {quoted(target.__tablename__)} AS {alias} ON self.{quoted(key)} = {alias}.{quoted(key_of(target))}"
    return f"SELECT self.* FROM {quoted(rule.table.__tablename__)} AS self{joins} WHERE NOT coalesce(({rule.sql}), false)"


def _filled(sql: str, found: Manifest, scenario: Conditions) -> str:
    """The settings of the spec, the rates of its scenario and the period put in for `$name`."""
    known: dict[str, str] = {name: str(value) for name, value in found.spec.settings.items()}
    known |= {name: str(value) for name, value in scenario.rates.items()} | {"anomaly_rate": str(scenario.anomaly_rate)}
    known |= {"start": f"DATE '{found.spec.first_day}'", "end": f"DATE '{found.spec.last_day}'"}

    def value(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise ModelError(f"a rule names ${match[1]}; there are {', '.join('$' + name for name in known)}")
        return known[match[1]]

    return re.sub(r"\$([A-Za-z_]\w*)", value, sql)
