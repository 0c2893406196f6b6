"""What must hold in a model's data, as SQL that gives the offending rows: derived from the declarations, and the model's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import pyarrow as pa

from colgen.audit.conditions import offenders, partner_of, proof_of, readings
from colgen.audit.proofs import POSITION, EachRow, InOrder, Partner, PerParent, Query, Whole, total_name
from colgen.declare.column import Column
from colgen.declare.columns import Category, Integers, Key
from colgen.declare.conditions import Conditions
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.model import Model
from colgen.declare.relations import Count, Lookup, Ordinal, ParentKey, Sum
from colgen.declare.rows import Between, FanOut, Volume
from colgen.declare.rules import Rule
from colgen.declare.table import TableInfo
from colgen.declare.times import CreatedAt
from colgen.errors import ModelError
from colgen.targets.manifest import Manifest
from colgen.targets.sql import literal, quoted
from colgen.values.types import Categorical

WORDS_LISTED = 64
"""A list of up to this many words is checked word by word; a longer one is a model's own rule."""

# What the SQL names by itself stands in parentheses, so that no column of a model can have the same name.
_TIMES, _ROWS, _FOUND, _LINK = '"(times)"', '"(rows)"', '"(found)"', '"(row above)"'


def _of_each_row(table: str, rule: str, condition: str) -> Query:
    """A rule that looks at each row alone.

    condition : what is true of a row that offends
    """
    return Query(table, rule, f"SELECT * FROM {quoted(table)} WHERE {condition}", EachRow(condition))


def queries(manifest: Manifest, model: Model) -> Iterator[Query]:
    """Every rule as a query; those that read a table or a column that was not written are left out."""
    written = set(manifest.tables)
    for table in model.written:
        if table.name in written:
            yield from _of_table(table, manifest, model)
    for rule in model.rules:
        if _needed(rule, model) <= written:
            yield _own_rule(rule, manifest, model)


def unproved(manifest: Manifest, model: Model) -> Iterator[str]:
    """What somebody may take for promised, and no rule proves: in words, by table."""
    for table in model.written:
        if table.name in manifest.tables and not any(column.unique for column in table.written_columns):
            yield f"{table.name} has no written key: that its rows differ from one another is neither promised nor proved"


def _of_table(table: TableInfo, manifest: Manifest, model: Model) -> Iterator[Query]:
    name, settings = table.name, manifest.spec.settings
    expected = _expected_rows(table, manifest)
    yield Query(
        name,
        _has_rows(expected),
        f"SELECT * FROM (SELECT count(*) AS {_ROWS} FROM {quoted(name)}) WHERE {_ROWS} <> {expected}",
        Whole(f"count(*) = {expected}"),
    )
    for column in table.written_columns:
        if not column.nullable:
            yield _of_each_row(name, f"{column.name} is never null", f"{quoted(column.name)} IS NULL")
        if column.unique:
            yield _unique(table, column)
    for column in table.written_columns:
        yield from _of_kind(table, column, manifest, model)
        target = model.own(column.references) if column.references is not None else None
        if target is not None and target.name in manifest.tables and _key(target) is not None:
            yield _reference(table, column, target, manifest, model)
            if isinstance(column, ForeignKey):
                yield from _conditions(table, column, target, model)
    parent = table.parent
    if (
        parent is not None
        and table.keeps_whole_parents
        and parent.name in manifest.tables
        and _key(parent) is not None
        and _link(table) is not None
    ):
        yield from _fan_out(table, settings)


def _expected_rows(table: TableInfo, manifest: Manifest) -> int:
    """As many as were asked for, where that is a number, and as many as the manifest says elsewhere."""
    if table.keep is None and isinstance(table.rows, Volume | int):
        return manifest.spec.settings[table.rows.name] if isinstance(table.rows, Volume) else table.rows
    return manifest.tables[table.name].rows


def _has_rows(expected: int) -> str:
    return f"has {expected:,} rows"


def _key(table: TableInfo) -> Column | None:
    """The written primary key of a table."""
    return next((column for column in table.written_columns if isinstance(column, Key)), None)


def _link(table: TableInfo) -> Column | None:
    """The written column that refers to the row a row is fanned out from."""
    return next((column for column in table.written_columns if isinstance(column, ParentKey)), None)


def _of_kind(table: TableInfo, column: Column, manifest: Manifest, model: Model) -> Iterator[Query]:
    """What the kind of a column promises."""
    name, at = table.name, quoted(column.name)
    if isinstance(column.type, Categorical) and len(column.type.words) <= WORDS_LISTED:
        words = ", ".join(literal(word) for word in column.type.words.to_pylist())
        proof = EachRow(f"{at} IS NOT NULL AND {_as_word(column)} IS NULL")  # as fast as the column has few different values
        rule = f"{column.name} is one of its words"
        yield Query(name, rule, f"SELECT * FROM {quoted(name)} WHERE {at} NOT IN ({words})", proof)
    if isinstance(column, Integers):
        low, high = (_as_written(column, end) for end in (column.low, column.high))
        yield _of_each_row(name, f"{column.name} is {low} to {high}", f"{at} NOT BETWEEN {low} AND {high}")
    all_kept = table.keep is None  # or else which are kept may hang on the word
    if isinstance(column, Category) and len(column.weights) > 1 and all_kept:
        yield _shares(table, column, {literal(word): weight for word, weight in column.weights.items()})
    if isinstance(column, ForeignKey) and column.weights is not None and all_kept:
        yield _shares(table, column, {str(number): weight for number, weight in enumerate(column.weights, 1)})
    if isinstance(column, Sum) and not (child := model.summed_column(column)).hidden:
        yield from _rolled_up(table, column, child.table, f"the sum of {child.qualified_name}", manifest, child)
    if isinstance(column, Count):
        below = model.descendant_of(column)
        yield from _rolled_up(table, column, below, f"the number of its rows of {column.descendant}", manifest)
    if isinstance(column, Ordinal):
        yield from _ordinal(table, column)
    if isinstance(column, CreatedAt):
        end = f"(DATE '{manifest.spec.last_day}' + 1)::TIMESTAMP AT TIME ZONE 'UTC'"
        yield _of_each_row(name, f"{column.name} is not after the period", f"{at} >= {end}")


def _as_written(column: Column, value: int | bool) -> str:
    """A value as SQL has it: a decimal is declared in its smallest unit."""
    if not pa.types.is_decimal(column.type.arrow):
        return str(value)
    return f"{Decimal(int(value)).scaleb(-column.type.arrow.scale):f}"


def _as_word(column: Column) -> str:
    """SQL: the value if it is one of the column's words, and NULL if not."""
    assert isinstance(column.type, Categorical)
    return f"try_cast({quoted(column.name)} AS ENUM({', '.join(literal(word) for word in column.type.words.to_pylist())}))"


def _unique(table: TableInfo, column: Column) -> Query:
    name, at = quoted(table.name), quoted(column.name)
    if isinstance(column, Key) and table.keep is not None:
        sql = f"SELECT {at}, count(*) AS {_TIMES} FROM {name} GROUP BY {at} HAVING {_TIMES} > 1 OR {at} < 1"
        ascending = f"{at} > coalesce({InOrder.before(column.name)}, 0)"
        proof = InOrder((column.name,), f"NOT coalesce({ascending}, false)")
        return Query(table.name, f"{column.name} is 1 or more, each once", sql, proof)
    if isinstance(column, Key):
        # 1 … n in any order: as many different ones as rows, between 1 and n
        sql = f"""SELECT {at}, count(*) AS {_TIMES} FROM {name} GROUP BY {at} HAVING {_TIMES} > 1
            UNION ALL SELECT {at}, 0 FROM {name} WHERE {at} < 1 OR {at} > (SELECT count(*) FROM {name})"""
        return Query(table.name, _dense(column), sql, InOrder((column.name,), f"{at} IS DISTINCT FROM {POSITION}"))
    sql = f"SELECT {at}, count(*) AS {_TIMES} FROM {name} WHERE {at} IS NOT NULL GROUP BY {at} HAVING {_TIMES} > 1 ORDER BY 1"
    return Query(table.name, f"{column.name} is unique", sql)


def _dense(key: Column) -> str:
    return f"{key.name} is 1, 2, 3 … without a gap, each once"


def _joined(table: TableInfo, column: Column, target: TableInfo, kind: str = "JOIN") -> str:
    """A table's rows as `child`, each with the row that a foreign key of it refers to as `parent`."""
    on = f"child.{quoted(column.name)} = parent.{quoted(target.key.name)}"
    return f"{quoted(table.name)} AS child {kind} {quoted(target.name)} AS parent ON {on}"


def _reference(table: TableInfo, column: Column, target: TableInfo, manifest: Manifest, model: Model) -> Query:
    rule, at = f"{column.name} is in {target.name}", f"self.{quoted(column.name)}"
    dangling = f"SELECT child.* FROM {_joined(table, column, target, 'ANTI JOIN')} WHERE child.{quoted(column.name)} IS NOT NULL"
    if target.keep is None and isinstance(key := _key(target), Key):
        rows = _expected_rows(target, manifest)
        given = ((target.name, _dense(key)), (target.name, _has_rows(rows)))
        return Query(table.name, rule, dangling, EachRow(f"{at} NOT BETWEEN 1 AND {rows}"), given=given)
    partner = partner_of(table, column.name, model)
    return Query(table.name, rule, dangling, EachRow(f"{at} IS NOT NULL AND NOT ({partner.is_there})", ((partner, None),)))


def _shares(table: TableInfo, column: Column, weights: Mapping[str, float]) -> Query:
    """Each share within five standard errors: a sound generator fails one check in a million."""
    name, at, largest = quoted(table.name), quoted(column.name), max(weights.values())
    total = sum(weight / largest for weight in weights.values())
    listed = ", ".join(f"({value}, {weight / largest / total:.9e}::DOUBLE)" for value, weight in weights.items())
    sql = f"""WITH "(expected)"(value, share) AS (VALUES {listed}),
        "(total)" AS (SELECT count(*) AS rows FROM {name}),
        "(seen)" AS (SELECT {at} AS value, count(*) AS times FROM {name} GROUP BY ALL)
        SELECT value, share AS expected, coalesce(times, 0) / rows AS found
        FROM "(expected)" LEFT JOIN "(seen)" USING (value), "(total)"
        WHERE abs(coalesce(times, 0) - share * rows) > 5 * sqrt(rows * share * (1 - share)) + 1"""
    # a histogram of the values that are expected, so that it stays small whatever is there
    seen = _as_word(column) if isinstance(column.type, Categorical) else f"CASE WHEN {at} BETWEEN 1 AND {len(weights)} THEN {at} END"
    off = (
        f"abs(coalesce(histogram({seen})[{value}], 0) - {share} * count(*)) > 5 * sqrt(count(*) * {share} * (1 - {share})) + 1"
        for value, weight in weights.items()
        for share in [f"{weight / largest / total:.9e}::DOUBLE"]
    )
    proof = Whole(f"NOT ({' OR '.join(off)})") if len(weights) <= WORDS_LISTED else None
    return Query(table.name, f"{column.name}: shares as declared", sql, proof)


def _conditions(table: TableInfo, column: ForeignKey, target: TableInfo, model: Model) -> Iterator[Query]:
    """What a foreign key asks of the row it refers to."""
    created = next((other for other in target.columns.values() if isinstance(other, CreatedAt) and not other.hidden), None)
    when = _written_as(table, column.existing_at, model) if column.existing_at is not None else None
    partner = partner_of(table, column.name, model)
    if created is not None and when is not None:
        source, join, plain_source, read = when
        at = f"parent.{quoted(created.name)}"
        yield Query(
            table.name,
            f"{column.name} existed by {column.existing_at}",
            f"""SELECT child.*, {at} AS {quoted(f"(parent {created.name})")} FROM {_joined(table, column, target)} {join}
            WHERE {at}::DATE > {source}::DATE""",
            EachRow(f"{_day(partner.column(created.name), created)} > {plain_source}", ((partner, created.name), *read)),
        )
    if column.until is not None and not target.columns[column.until].hidden and when is not None:
        source, join, plain_source, read = when
        gone = f"parent.{quoted(column.until)}"
        yield Query(
            table.name,
            f"{column.name} is not gone by {column.existing_at}",
            f"""SELECT child.*, {gone} AS {quoted(f"(parent {column.until})")} FROM {_joined(table, column, target)} {join}
            WHERE {gone}::DATE <= {source}::DATE""",
            EachRow(
                f"{_day(partner.column(column.until), target.columns[column.until])} <= {plain_source}", ((partner, column.until), *read)
            ),
        )
    parent_key = next((other for other in table.written_columns if other.to_parent), None)
    if column.distinct and parent_key is not None and not column.hidden:
        at, of = quoted(column.name), quoted(parent_key.name)
        yield Query(
            table.name,
            f"{column.name} comes once for each {parent_key.name}",
            f"SELECT {of}, {at}, count(*) AS {_TIMES} FROM {quoted(table.name)} GROUP BY {of}, {at} HAVING {_TIMES} > 1",
        )
    for name, wanted in column.where.items():
        if not target.columns[name].hidden:
            value = literal(wanted) if isinstance(wanted, str) else _as_written(target.columns[name], wanted)
            yield Query(
                table.name,
                f"{column.name} has {name} = {wanted if isinstance(wanted, str) else value}",
                f"""SELECT child.*, parent.{quoted(name)} AS {quoted(f"(parent {name})")} FROM {_joined(table, column, target)}
                WHERE parent.{quoted(name)} IS DISTINCT FROM {value}""",
                EachRow(f"{partner.is_there} AND {partner.column(name)} IS DISTINCT FROM {value}", ((partner, name),)),
            )


def _day(sql: str, column: Column) -> str:
    """SQL: the day of a column's value in UTC. A time with a zone takes ten times as long to become a day of its own."""
    return f"make_timestamp(epoch_us({sql}))::DATE" if pa.types.is_timestamp(column.type.arrow) else f"{sql}::DATE"


def _written_as(table: TableInfo, name: str, model: Model) -> tuple[str, str, str, tuple[tuple[Partner, str], ...]] | None:
    """Where a column can be read in the written data: its own, or the written one that it looks up.

    Its SQL, the join that this needs, its day as a proof has it, and what the proof reads of partners.
    """
    column = table.columns[name]
    if not column.hidden:
        return f"child.{quoted(name)}", "", _day(f"self.{quoted(name)}", column), ()
    if isinstance(column, Lookup) and not column.column.hidden:
        other, via = column.column.table, column.lookups[0][1]
        if table.columns[via].references is not other:  # a parent's parent
            return None
        if table.columns[via].hidden or _key(other) is None:
            return None
        join = f"JOIN {quoted(other.name)} AS source ON child.{quoted(via)} = source.{quoted(other.key.name)}"
        partner, seen = partner_of(table, via, model), column.column
        return f"source.{quoted(seen.name)}", join, _day(partner.column(seen.name), seen), ((partner, seen.name),)
    return None


def _rolled_up(
    table: TableInfo, column: Column, below: TableInfo, rule: str, manifest: Manifest, summed: Column | None = None
) -> Iterator[Query]:
    """A column that sums up rows fanned out from its own, or from those; each must know the row above it by a written key.

    summed : what is summed up of the rows below, which are counted if it is None
    """
    line = [below, *below.ancestors]
    line = line[: line.index(table)]
    links = [
        link.name for level in line if (link := _link(level)) is not None and level.keeps_whole_parents and level.name in manifest.tables
    ]
    keys = [key.name for level in [*line[1:], table] if (key := _key(level)) is not None]
    if not len(links) == len(keys) == len(line):
        return
    joins = "".join(
        f" JOIN {quoted(level.name)} AS row{number} ON row{number - 1}.{quoted(links[number - 1])} = row{number}.{quoted(keys[number - 1])}"
        for number, level in enumerate(line[1:], 1)
    )
    total = "count(*)" if summed is None else f"sum(row0.{quoted(summed.name)})"
    of_children = "count(*)" if summed is None else f"sum({quoted(summed.name)})"
    yield Query(
        table.name,
        f"{column.name} is {rule}",
        f"""SELECT parent.*, {_FOUND} FROM {quoted(table.name)} AS parent LEFT JOIN (
            SELECT row{len(line) - 1}.{quoted(links[-1])} AS {_LINK}, {total} AS {_FOUND} FROM {quoted(below.name)} AS row0{joins} GROUP BY 1
        ) AS below ON parent.{quoted(keys[-1])} = below.{_LINK} WHERE parent.{quoted(column.name)} <> coalesce(below.{_FOUND}, 0)""",
        PerParent(
            below.name,
            links[0],
            table.name,
            keys[0],
            (of_children,),
            f"parent.{quoted(column.name)} <> coalesce(below.{total_name(of_children)}, 0)",
        )
        if len(line) == 1
        else None,
    )


def _ordinal(table: TableInfo, column: Ordinal) -> Iterator[Query]:
    link = _link(table)
    if link is None:
        return
    name, at, by = quoted(table.name), quoted(column.name), quoted(link.name)
    at_before, by_before = InOrder.before(column.name), InOrder.before(link.name)
    is_first = f"{POSITION} = 1 OR {by} > {by_before}"  # of its parent's: no other has come before
    if not table.keeps_whole_parents:
        ascending = f"CASE WHEN {by} = {by_before} THEN {at} > {at_before} ELSE {at} >= 1 AND ({is_first}) END"
        yield Query(
            table.name,
            f"{column.name} is 1 or more, each once within each {link.name}",
            f"SELECT {by}, {at}, count(*) AS {_TIMES} FROM {name} GROUP BY {by}, {at} HAVING {_TIMES} > 1 OR {at} < 1",
            InOrder((link.name, column.name), f"NOT coalesce({ascending}, false)"),
        )
        return
    counted = f"CASE WHEN {by} = {by_before} THEN {at} = {at_before} + 1 ELSE {at} = 1 AND ({is_first}) END"
    yield Query(
        table.name,
        f"{column.name} is 1, 2, 3 … within each {link.name}",
        f"""SELECT {by}, count(*) AS {_ROWS}, count(DISTINCT {at}) AS "(numbers)", min({at}) AS "(first)", max({at}) AS "(last)"
        FROM {name} GROUP BY {by} HAVING "(first)" <> 1 OR "(last)" <> {_ROWS} OR "(numbers)" <> {_ROWS}""",
        InOrder((link.name, column.name), f"NOT coalesce({counted}, false)"),
    )


def _fan_out(table: TableInfo, settings: Mapping[str, int]) -> Iterator[Query]:
    """As many children as were asked for, for each parent."""
    rows, parent, link = table.rows, table.parent, _link(table)
    assert isinstance(rows, FanOut)
    assert parent is not None
    assert link is not None
    key = f"parent.{quoted(parent.key.name)}"
    if isinstance(rows.count, str):
        if parent.columns[rows.count].hidden:
            return
        low = high = f"parent.{quoted(rows.count)}"
        rule = f"as many of them as {rows.count} says for each of {parent.name}"
    else:
        ends = rows.count.ends(settings) if isinstance(rows.count, Between) else (rows.count, rows.count)
        low, high = map(str, ends)
        rule = f"{low} to {high} of them for each of {parent.name}"
    if rows.at_most:
        low, rule = "0", f"at most {high} of them for each of {parent.name}"
    yield Query(
        table.name,
        rule,
        f"""SELECT {key} AS {quoted(link.name)}, coalesce(below.{_FOUND}, 0) AS {_ROWS} FROM {quoted(parent.name)} AS parent LEFT JOIN (
            SELECT {quoted(link.name)} AS {_LINK}, count(*) AS {_FOUND} FROM {quoted(table.name)} GROUP BY 1
        ) AS below ON {key} = below.{_LINK} WHERE coalesce(below.{_FOUND}, 0) NOT BETWEEN {low} AND {high}""",
        PerParent(
            table.name,
            link.name,
            parent.name,
            parent.key.name,
            ("count(*)",),
            f"coalesce(below.{total_name('count(*)')}, 0) NOT BETWEEN {low} AND {high}",
        ),
    )


def _conditions_of(manifest: Manifest, model: Model) -> Conditions:
    """The rates, shares and times of a build's scenario."""
    scenario = manifest.spec.scenario
    return scenario.conditions(model) if scenario is not None else model.conditions


def _mentions(sql: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", sql) is not None


def reference_tables(texts: Iterable[str], model: Model) -> dict[str, pa.Table | str]:
    """The reference tables that some SQL reads, and those that these read, which stand before them."""
    texts, needed = list(texts), []
    for name, reference in reversed(list(model.reference_tables.items())):
        if any(_mentions(text, name) for text in texts):
            needed.append((name, reference))
            texts += [reference] if isinstance(reference, str) else []
    return dict(reversed(needed))


def _is_select(rule: Rule) -> bool:
    return rule.sql.lstrip().upper().startswith(("SELECT", "WITH"))


def _needed(rule: Rule, model: Model) -> set[str]:
    """The names of the written tables that a rule reads."""
    texts = [rule.sql, rule.proof]
    texts += [sql for sql in reference_tables(texts, model).values() if isinstance(sql, str)]
    needed = {table.name for table in model.written for text in texts if _mentions(text, table.name)} | {rule.of.name}
    if not _is_select(rule):
        needed |= {partner.table for reading in readings(rule, model).values() for partner in reading.partners}
    return needed


def _own_rule(rule: Rule, manifest: Manifest, model: Model) -> Query:
    """A rule of the model's own."""
    conditions = _conditions_of(manifest, model)

    def filled(sql: str) -> str:
        return _filled(sql, manifest, conditions)

    if _is_select(rule):
        return Query(rule.of.name, rule.description, filled(rule.sql), select=filled(rule.proof))
    return Query(rule.of.name, rule.description, filled(offenders(rule, model)), proof_of(rule, model, filled))


def _filled(sql: str, manifest: Manifest, scenario: Conditions) -> str:
    """The settings of the spec, the rates of its scenario and the period put in for `$name`."""
    known: dict[str, str] = {name: str(value) for name, value in manifest.spec.settings.items()}
    known |= {name: str(value) for name, value in scenario.rates.items()} | {"anomaly_rate": str(scenario.anomaly_rate)}
    known |= {"start": f"DATE '{manifest.spec.first_day}'", "end": f"DATE '{manifest.spec.last_day}'"}

    def value(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise ModelError(f"a rule names ${match[1]}; there are {', '.join('$' + name for name in known)}")
        return known[match[1]]

    return re.sub(r"\$([A-Za-z_]\w*)", value, sql)
