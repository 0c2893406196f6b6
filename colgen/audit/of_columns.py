"""What the columns of a table promise by themselves, as SQL that gives the offending rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pyarrow as pa

from colgen.audit.proofs import EachRow, Query, Whole
from colgen.declare.column import Column
from colgen.declare.columns import Category, Integers
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.identifiers import Code
from colgen.declare.missing import Condition
from colgen.declare.several import Several
from colgen.declare.stages import Later, Reached, Stages
from colgen.declare.struct import Struct
from colgen.declare.table import TableInfo
from colgen.declare.times import CreatedAt
from colgen.targets.manifest import Manifest
from colgen.targets.sql import literal, quoted
from colgen.values.types import MOMENTS, Categorical, Date, Time, Timestamp

WORDS_LISTED = 64
"""A list of up to this many words is checked word by word; a longer one is a model's own rule."""


def of_each_row(table: str, rule: str, condition: str) -> Query:
    """A rule that looks at each row alone.

    condition : what is true of a row that offends
    """
    return Query(table, rule, f"SELECT * FROM {quoted(table)} WHERE {condition}", EachRow(condition))


def of_column(table: TableInfo, column: Column, manifest: Manifest) -> Iterator[Query]:
    """What a written column promises, whatever the others have."""
    name, at = table.name, quoted(column.name)
    if not column.nullable:
        yield of_each_row(name, f"{column.name} is never null", f"{at} IS NULL")
    elif column.when or column.missing_share:
        yield from _missing(table, column)
    if isinstance(column.type, Categorical) and len(column.type.words) <= WORDS_LISTED:
        words = ", ".join(literal(word) for word in column.type.words.to_pylist())
        proof = EachRow(f"{at} IS NOT NULL AND {_as_word(column)} IS NULL")  # as fast as the column has few different values
        rule = f"{column.name} is one of its words"
        yield Query(name, rule, f"SELECT * FROM {quoted(name)} WHERE {at} NOT IN ({words})", proof)
    if isinstance(column, Integers):
        low, high = (as_written(column, end) for end in (column.low, column.high))
        yield of_each_row(name, f"{column.name} is {low} to {high}", f"{at} NOT BETWEEN {low} AND {high}")
    is_free = (
        table.keep is None and not column.unique and not column.distinct and not column.when
    )  # or else the share may hang on another word
    if isinstance(column, Category) and len(column.weights) > 1 and is_free:
        yield _shares(table, column, {literal(word): weight for word, weight in column.weights.items()})
    if isinstance(column, ForeignKey) and column.weights is not None and is_free and column.written_key is None:
        yield _shares(table, column, {str(number): weight for number, weight in enumerate(column.weights, 1)})
    if isinstance(column, Code) and not column.type.postgres:  # a server spells values of its types in its own way
        yield of_each_row(
            name, f"{column.name} is like {column.pattern}", f"NOT regexp_full_match({at}, {literal(column.regular_expression)})"
        )
    if isinstance(column, Later) and not table.columns[column.of].hidden:
        yield of_each_row(name, f"{column.name} is not before {column.of}", f"{at} < {quoted(column.of)}")
    if isinstance(column, Reached) and not table.columns[column.of].hidden:
        yield from _reached(table, column)
    if isinstance(column, Several):
        yield from _several(table, column)
    if isinstance(column, Struct):
        yield from _struct(table, column)
    if isinstance(column, CreatedAt):
        end = f"(DATE '{manifest.spec.last_day}' + 1)::TIMESTAMP{_zone(column)}"
        yield of_each_row(name, f"{column.name} is not after the period", f"{at} >= {end}")


def _several(table: TableInfo, column: Several) -> Iterator[Query]:
    """How many values a list has, that none comes twice where they differ, and that words are those that there are."""
    name, at, inner = table.name, quoted(column.name), column.of
    rule = f"{column.name} has {column.least} to {column.most} values"
    yield of_each_row(name, rule, f"len({at}) NOT BETWEEN {column.least} AND {column.most}")
    if inner.distinct:
        yield of_each_row(name, f"{column.name} has no value twice", f"len(list_distinct({at})) <> len({at})")
    if isinstance(inner.type, Categorical) and len(inner.type.words) <= WORDS_LISTED:
        words = ", ".join(literal(word) for word in inner.type.words.to_pylist())
        yield of_each_row(name, f"{column.name} has only its words", f"NOT list_has_all([{words}], {at})")


def _struct(table: TableInfo, column: Struct) -> Iterator[Query]:
    """Its fields are there where those columns are, and those that are written, too, are the same."""
    for field, word in column.fields.items():
        part, at = table.columns[word], f"struct_extract({quoted(column.name)}, {literal(field)})"
        is_there = f"{quoted(column.name)} IS NOT NULL"
        if not part.hidden:
            condition = f"{is_there} AND {at} IS DISTINCT FROM {quoted(part.name)}"
            yield of_each_row(table.name, f"{column.name} has the {field} of {part.name}", condition)
        elif not part.nullable:
            yield of_each_row(table.name, f"{column.name} has a {field}", f"{is_there} AND {at} IS NULL")


def _reached(table: TableInfo, column: Reached) -> Iterator[Query]:
    """The moment of a stage is there just where the stage or a later one has been reached, and not before the first one began."""
    name, at, stages = table.name, quoted(column.name), table.columns[column.of]
    assert isinstance(stages, Stages)
    if not table.columns[stages.since].hidden:
        yield of_each_row(name, f"{column.name} is not before {stages.since}", f"{at} < {quoted(stages.since)}")
    if column.stage and not column.when and not column.missing_share:
        words = list(stages.stages)[list(stages.stages).index(column.stage) :]
        there = f"{quoted(stages.name)} IN ({', '.join(map(literal, words))})"
        rule = f"{column.name} is there just where {stages.name} is {' or '.join(words)}"
        yield of_each_row(name, rule, f"({at} IS NOT NULL) <> ({there})")


def _missing(table: TableInfo, column: Column) -> Iterator[Query]:
    """Values are there where their condition holds, but for a share that is missing by chance: within five standard errors, and one row."""
    name, at = table.name, quoted(column.name)
    if any(condition.column.hidden for condition in column.conditions):
        return
    holds = " AND ".join(map(_holds, column.conditions)) or "true"
    said = " and ".join(f"{condition.column.name} is {_said(condition)}" for condition in column.conditions)
    if column.when:
        yield of_each_row(name, f"{column.name} is missing unless {said}", f"{at} IS NOT NULL AND NOT coalesce({holds}, false)")
    if column.may_leave_out or table.keep is not None:
        return
    if not column.missing_share:
        yield of_each_row(name, f"{column.name} is there where {said}", f"{at} IS NULL AND coalesce({holds}, false)")
        return
    share, rows, missing = (
        f"{column.missing_share:.9e}::DOUBLE",
        f"count(*) FILTER ({holds})",
        f"count(*) FILTER (({holds}) AND {at} IS NULL)",
    )
    off = f"abs({missing} - {share} * {rows}) > 5 * sqrt({rows} * {share} * (1 - {share})) + 1"
    where = f" where {said}" if said else ""
    sql = f"SELECT {missing} AS missing, {rows} AS rows FROM {quoted(name)} HAVING {off}"
    yield Query(name, f"{column.name} is missing in {100 * column.missing_share:g}% of the rows{where}", sql, Whole(f"NOT ({off})"))


def _holds(condition: Condition) -> str:
    """SQL: whether an own column is what is asked for."""
    at = quoted(condition.column.name)
    if not condition.wanted:
        return f"{at} IS NULL"
    values = (literal(value) if isinstance(value, str) else as_written(condition.column, value) for value in condition.wanted)
    return f"{at} IN ({', '.join(values)})"


def _said(condition: Condition) -> str:
    return " or ".join(value if isinstance(value, str) else as_written(condition.column, value) for value in condition.wanted) or "missing"


def as_written(column: Column, value: int | bool) -> str:
    """A value as SQL has it: a decimal is declared in its smallest unit, a day in days and a moment in microseconds since 1970-01-01."""
    if column.type is Date:
        return f"(DATE '1970-01-01' + {int(value)})"
    if column.type in MOMENTS:
        return f"(make_timestamp({int(value)}){_zone(column)})"
    if column.type is Time:
        return f"(TIME '00:00:00' + to_microseconds({int(value)}))"
    if not pa.types.is_decimal(column.type.arrow):
        return str(value)
    return f"{Decimal(int(value)).scaleb(-column.type.arrow.scale):f}"


def _zone(column: Column) -> str:
    """SQL that makes a moment of a time without a zone, where a column has moments with one."""
    return " AT TIME ZONE 'UTC'" if column.type is Timestamp else ""


def _as_word(column: Column) -> str:
    """SQL: the value if it is one of the column's words, and NULL if not."""
    assert isinstance(column.type, Categorical)
    return f"try_cast({quoted(column.name)} AS ENUM({', '.join(literal(word) for word in column.type.words.to_pylist())}))"


def _shares(table: TableInfo, column: Column, weights: Mapping[str, float]) -> Query:
    """Each share within five standard errors: a sound generator fails one check in a million."""
    name, at, largest = quoted(table.name), quoted(column.name), max(weights.values())
    total = sum(weight / largest for weight in weights.values())
    listed = ", ".join(f"({value}, {weight / largest / total:.9e}::DOUBLE)" for value, weight in weights.items())
    sql = f"""WITH "(expected)"(value, share) AS (VALUES {listed}),
        "(total)" AS (SELECT count({at}) AS rows FROM {name}),
        "(seen)" AS (SELECT {at} AS value, count(*) AS times FROM {name} WHERE {at} IS NOT NULL GROUP BY ALL)
        SELECT value, share AS expected, coalesce(times, 0) / rows AS found
        FROM "(expected)" LEFT JOIN "(seen)" USING (value), "(total)"
        WHERE abs(coalesce(times, 0) - share * rows) > 5 * sqrt(rows * share * (1 - share)) + 1"""
    # a histogram of the values that are expected, so that it stays small whatever is there
    seen = _as_word(column) if isinstance(column.type, Categorical) else f"CASE WHEN {at} BETWEEN 1 AND {len(weights)} THEN {at} END"
    off = (
        f"abs(coalesce(histogram({seen})[{value}], 0) - {share} * count({at})) > 5 * sqrt(count({at}) * {share} * (1 - {share})) + 1"
        for value, weight in weights.items()
        for share in [f"{weight / largest / total:.9e}::DOUBLE"]
    )
    proof = Whole(f"NOT ({' OR '.join(off)})") if len(weights) <= WORDS_LISTED else None
    return Query(table.name, f"{column.name}: shares as declared", sql, proof)
