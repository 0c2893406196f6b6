"""What ties rows to one another, as SQL that gives the rows that offend: keys, references and what they ask for, numbers of children, sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from colgen.audit.conditions import partner_of
from colgen.audit.of_columns import as_written, of_each_row
from colgen.audit.proofs import POSITION, EachRow, InOrder, Partner, PerParent, Query, total_name
from colgen.declare.column import Column
from colgen.declare.columns import Key
from colgen.declare.foreign_key import ForeignKey
from colgen.declare.keys import Reference, references_of, unique_sets
from colgen.declare.model import Model
from colgen.declare.pairs import pair_of
from colgen.declare.polymorphic import PolymorphicKey
from colgen.declare.relations import Count, Lookup, Ordinal, Sum
from colgen.declare.rows import FanOut, Pairs, Volume
from colgen.declare.scope import Scope
from colgen.declare.table import TableInfo
from colgen.declare.times import CreatedAt
from colgen.declare.trees import Level, Tree
from colgen.targets.manifest import Manifest
from colgen.targets.references import written_references
from colgen.targets.sql import literal, quoted

# What the SQL names by itself stands in parentheses, so that no column of a model can have the same name.
_TIMES, _ROWS, _FOUND = '"(times)"', '"(rows)"', '"(found)"'


def expected_rows(table: TableInfo, manifest: Manifest) -> int:
    """As many as were asked for, where that is a number, and as many as the manifest says elsewhere."""
    if table.keep is None and isinstance(table.rows, Volume | int):
        return manifest.spec.settings[table.rows.name] if isinstance(table.rows, Volume) else table.rows
    return manifest.tables[table.name].rows


def has_rows(expected: int) -> str:
    """The rule that a table has so many rows, in words."""
    return f"has {expected:,} rows"


def of_relations(table: TableInfo, manifest: Manifest, model: Model) -> Iterator[Query]:
    """What a written table's keys, references, ordinals, sums and numbers of rows promise, as far as it was written."""
    for names in unique_sets(table):
        yield _unique(table, names)
    link, parents = _link(table, manifest, model), _parent_columns(table)
    references = list(written_references(table, _written(manifest, model)))
    for reference in references:
        yield from _differing(table, reference, references)
        yield _in_target(table, reference, manifest, model)
        if isinstance(reference.via, ForeignKey):
            yield from _conditions(table, reference.via, reference, model)
    if isinstance(table.rows, Pairs) and table.rows.once and isinstance(table.rows.left.key, Key):
        first, second = (column.name for column in pair_of(table))
        if not any(table.columns[name].hidden for name in (first, second)):
            yield of_each_row(table.name, f"{first} is below {second}", f"{quoted(first)} >= {quoted(second)}")
    for column in table.written_columns:
        if isinstance(column, PolymorphicKey):
            yield from _in_one_of(table, column, manifest)
        elif isinstance(column, Tree) and isinstance(table.key, Key) and not table.key.hidden:
            key = quoted(table.key.name)
            yield of_each_row(table.name, f"{column.name} is a lower {table.key.name}", f"{quoted(column.name)} >= {key}")
        elif isinstance(column, Level):
            yield from _levels(table, column)
        elif isinstance(column, ForeignKey) and column.scope is not None:
            yield from _in_scope(table, column, column.scope, manifest)
    for column in table.written_columns:
        if isinstance(column, Sum) and not (child := model.summed_column(column)).hidden:
            yield from _rolled_up(table, column, child.table, f"the sum of {child.qualified_name}", manifest, model, child)
        elif isinstance(column, Count):
            below = model.descendant_of(column)
            yield from _rolled_up(table, column, below, f"the number of its rows of {column.descendant}", manifest, model)
        elif parents and isinstance(column, Ordinal) and not column.nullable:
            yield _ordinal(table, column, parents)
        elif parents and column.distinct and not column.unique:
            yield _distinct(table, column, parents)
    if link is not None and table.keeps_whole_parents:
        yield from _fan_out(table, link, manifest.spec.settings)


def _written(manifest: Manifest, model: Model) -> list[TableInfo]:
    return [table for table in model.written if table.name in manifest.tables]


def _link(table: TableInfo, manifest: Manifest, model: Model) -> Reference | None:
    """The reference to the row that a row is fanned out from, where both are written."""
    if table.parent is None or table.name not in manifest.tables:
        return None
    return next((link for link in written_references(table, _written(manifest, model)) if link.via.to_parent), None)


def _parent_columns(table: TableInfo) -> Sequence[Column]:
    """The written columns that tell which row a row is fanned out from, whether that is written or not."""
    if table.parent is None:
        return ()
    written = [column for column in table.written_columns if column.to_parent]
    return written or next((link.columns for link in references_of(table) if link.via.to_parent), ())


def _names(columns: Sequence[Column]) -> str:
    """In words: the columns of a key."""
    *names, last = [column.name for column in columns]
    return f"{', '.join(names)} and {last}" if names else last


def _listed(columns: Sequence[Column], row: str = "") -> str:
    """SQL: columns, of a row that has a name."""
    return ", ".join(f"{row}.{quoted(column.name)}" if row else quoted(column.name) for column in columns)


def _on(child: str, parent: str, reference: Reference) -> str:
    """SQL: whether a row refers to another one."""
    pairs = zip(reference.columns, reference.targets, strict=True)
    return " AND ".join(f"{child}.{quoted(own.name)} = {parent}.{quoted(theirs.name)}" for own, theirs in pairs)


def _joined(table: TableInfo, reference: Reference, kind: str = "JOIN") -> str:
    """A table's rows as `child`, each with the row that it refers to as `parent`."""
    return f"{quoted(table.name)} AS child {kind} {quoted(reference.target.name)} AS parent ON {_on('child', 'parent', reference)}"


def _unique(table: TableInfo, names: tuple[str, ...]) -> Query:
    column = table.columns[names[0]]
    if len(names) > 1:
        columns = [table.columns[name] for name in names]
        listed, there = _listed(columns), " AND ".join(f"{quoted(name)} IS NOT NULL" for name in names if table.columns[name].nullable)
        where = f" WHERE {there}" if there else ""
        sql = f"SELECT {listed}, count(*) AS {_TIMES} FROM {quoted(table.name)}{where} GROUP BY {listed} HAVING {_TIMES} > 1 ORDER BY ALL"
        return Query(table.name, f"{_names(columns)} are unique together", sql)
    name, at = quoted(table.name), quoted(column.name)
    if isinstance(column, Key) and table.keep is not None:
        sql = f"SELECT {at}, count(*) AS {_TIMES} FROM {name} GROUP BY {at} HAVING {_TIMES} > 1 OR {at} < {column.start}"
        ascending = f"{at} > coalesce({InOrder.before(column.name)}, {column.start - 1})"
        proof = InOrder((column.name,), f"NOT coalesce({ascending}, false)")
        return Query(table.name, f"{column.name} is {column.start} or more, each once", sql, proof)
    if isinstance(column, Key):
        # n numbers from the first one on, in any order: as many different ones as rows, all of them in that range
        before = column.start - 1
        sql = f"""SELECT {at}, count(*) AS {_TIMES} FROM {name} GROUP BY {at} HAVING {_TIMES} > 1
            UNION ALL SELECT {at}, 0 FROM {name} WHERE {at} <= {before} OR {at} > {before} + (SELECT count(*) FROM {name})"""
        wanted = POSITION if not before else f"{POSITION} + {before}"
        return Query(table.name, _dense(column), sql, InOrder((column.name,), f"{at} IS DISTINCT FROM {wanted}"))
    sql = f"SELECT {at}, count(*) AS {_TIMES} FROM {name} WHERE {at} IS NOT NULL GROUP BY {at} HAVING {_TIMES} > 1 ORDER BY 1"
    return Query(table.name, f"{column.name} is unique", sql)


def _dense(key: Key) -> str:
    return f"{key.name} is {key.start}, {key.start + 1}, {key.start + 2} … without a gap, each once"


def _in_target(table: TableInfo, reference: Reference, manifest: Manifest, model: Model) -> Query:
    target, columns = reference.target, reference.columns
    rule = f"{_names(columns)} {'is' if len(columns) == 1 else 'are'} in {target.name}"
    there = " AND ".join(f"child.{quoted(column.name)} IS NOT NULL" for column in columns)
    dangling = f"SELECT child.* FROM {_joined(table, reference, 'ANTI JOIN')} WHERE {there}"
    at, key = f"self.{quoted(columns[0].name)}", reference.targets[0]
    if len(columns) == 1 and target.keep is None and isinstance(key, Key):
        rows = expected_rows(target, manifest)
        given = ((target.name, _dense(key)), (target.name, has_rows(rows)))
        return Query(table.name, rule, dangling, EachRow(f"{at} NOT BETWEEN {key.start} AND {key.start + rows - 1}"), given=given)
    if columns != (reference.via,):
        return Query(table.name, rule, dangling)
    partner = partner_of(table, columns[0].name, model)
    return Query(table.name, rule, dangling, EachRow(f"{at} IS NOT NULL AND NOT ({partner.is_there})", ((partner, None),)))


def _conditions(table: TableInfo, column: ForeignKey, reference: Reference, model: Model) -> Iterator[Query]:
    """What a foreign key asks of the row it refers to."""
    target, said = reference.target, _names(reference.columns)
    created = next((other for other in target.columns.values() if isinstance(other, CreatedAt) and not other.hidden), None)
    when = _written_as(table, column.existing_at, model) if column.existing_at is not None else None
    partner = partner_of(table, column.name, model) if reference.columns == (column,) else None

    def proof(offends: str, read: Sequence[tuple[Partner, str | None]]) -> EachRow | None:
        return EachRow(offends, tuple(read)) if partner is not None else None

    def theirs(name: str) -> str:
        return partner.column(name) if partner is not None else ""

    if created is not None and when is not None:
        source, join, plain_source, read = when
        at = f"parent.{quoted(created.name)}"
        yield Query(
            table.name,
            f"{said} existed by {column.existing_at}",
            f"""SELECT child.*, {at} AS {quoted(f"(parent {created.name})")} FROM {_joined(table, reference)} {join}
            WHERE {at}::DATE > {source}::DATE""",
            proof(f"{_day(theirs(created.name), created)} > {plain_source}", [(partner, created.name), *read] if partner else []),
        )
    if column.until is not None and not target.columns[column.until].hidden and when is not None:
        source, join, plain_source, read = when
        gone = f"parent.{quoted(column.until)}"
        yield Query(
            table.name,
            f"{said} is not gone by {column.existing_at}",
            f"""SELECT child.*, {gone} AS {quoted(f"(parent {column.until})")} FROM {_joined(table, reference)} {join}
            WHERE {gone}::DATE <= {source}::DATE""",
            proof(
                f"{_day(theirs(column.until), target.columns[column.until])} <= {plain_source}",
                [(partner, column.until), *read] if partner else [],
            ),
        )
    for name, wanted in column.where.items():
        if not target.columns[name].hidden:
            value = literal(wanted) if isinstance(wanted, str) else as_written(target.columns[name], wanted)
            yield Query(
                table.name,
                f"{said} has {name} = {wanted if isinstance(wanted, str) else value}",
                f"""SELECT child.*, parent.{quoted(name)} AS {quoted(f"(parent {name})")} FROM {_joined(table, reference)}
                WHERE parent.{quoted(name)} IS DISTINCT FROM {value}""",
                proof(f"{partner.is_there} AND {theirs(name)} IS DISTINCT FROM {value}", [(partner, name)]) if partner else None,
            )


def _differing(table: TableInfo, reference: Reference, references: Sequence[Reference]) -> Iterator[Query]:
    """A reference is to another row than the one it must differ from, where both are written."""
    named = getattr(reference.via, "differs_from", "")
    for other in references:
        if other.via.name == named and other.targets == reference.targets:
            pairs = zip(reference.columns, other.columns, strict=True)
            same = " AND ".join(f"{quoted(own.name)} = {quoted(theirs.name)}" for own, theirs in pairs)
            differs = "differs" if len(reference.columns) == 1 else "differ"
            yield of_each_row(table.name, f"{_names(reference.columns)} {differs} from {_names(other.columns)}", same)


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
        reference = next((one for one in references_of(table) if one.via.name == via and one.columns == (one.via,)), None)
        if reference is None or reference.target is not other:  # hidden, or a parent's parent
            return None
        join = f"JOIN {quoted(other.name)} AS source ON {_on('child', 'source', reference)}"
        partner, seen = partner_of(table, via, model), column.column
        return f"source.{quoted(seen.name)}", join, _day(partner.column(seen.name), seen), ((partner, seen.name),)
    return None


def _in_one_of(table: TableInfo, column: PolymorphicKey, manifest: Manifest) -> Iterator[Query]:
    """What a word says is referred to is there, for each of the words whose tables are written."""
    word = table.columns[column.by]
    for value, target in column.targets.items():
        if word.hidden or target.name not in manifest.tables or target.key is None or target.key.hidden:
            continue
        at, key = f"child.{quoted(column.name)}", f"parent.{quoted(target.key.name)}"
        on = f"{at} = {key}" if column.type == target.key.type else f"{at} = {key}::VARCHAR"
        yield Query(
            table.name,
            f"{column.name} is in {target.name} where {column.by} is {value}",
            f"""SELECT child.* FROM {quoted(table.name)} AS child ANTI JOIN {quoted(target.name)} AS parent ON {on}
            WHERE child.{quoted(column.by)} = {literal(value)} AND {at} IS NOT NULL""",
        )


def _levels(table: TableInfo, column: Level) -> Iterator[Query]:
    """A row is one level below the row above it."""
    tree, key = table.columns[column.tree], table.key
    if tree.hidden or key is None or key.hidden or column.nullable or tree.missing_share or tree.when:
        return
    at = quoted(column.name)
    yield Query(
        table.name,
        f"{column.name} is one more than that of {tree.name}, and 1 at the top",
        f"""SELECT child.*, above.{at} AS {_FOUND} FROM {quoted(table.name)} AS child LEFT JOIN {quoted(table.name)} AS above
        ON child.{quoted(tree.name)} = above.{quoted(key.name)} WHERE child.{at} <> coalesce(above.{at}, 0) + 1""",
    )


def _in_scope(table: TableInfo, column: ForeignKey, scope: Scope, manifest: Manifest) -> Iterator[Query]:
    """The row that is referred to belongs to the same row further up, where both sides say which that is."""
    other, own, theirs = column.other, _naming(table, scope.ancestor), _naming(column.other, scope.ancestor)
    if own is None or theirs is None or other.name not in manifest.tables or other.key is None or other.key.hidden:
        return
    yield Query(
        table.name,
        f"{column.name} belongs to the same row of {scope.ancestor.name}",
        f"""SELECT child.* FROM {quoted(table.name)} AS child JOIN {quoted(other.name)} AS parent
        ON child.{quoted(column.name)} = parent.{quoted(other.key.name)} WHERE child.{quoted(own.name)} <> parent.{quoted(theirs.name)}""",
    )


def _naming(table: TableInfo, ancestor: TableInfo) -> Column | None:
    """The written column that says which row of a table further up a row belongs to."""
    if table == ancestor:
        return table.key if table.key is not None and not table.key.hidden else None

    def names_it(column: Column) -> bool:
        return column.references == ancestor or (isinstance(column, Lookup) and (column.column is ancestor.key or names_it(column.column)))

    return next((column for column in table.written_columns if names_it(column)), None)


def _rolled_up(
    table: TableInfo, column: Column, below: TableInfo, rule: str, manifest: Manifest, model: Model, summed: Column | None = None
) -> Iterator[Query]:
    """A column that sums up rows fanned out from its own, or from those; each must know the row above it by a written key.

    summed : what is summed up of the rows below, which are counted if it is None
    """
    line = [below, *below.ancestors]
    line = line[: line.index(table)]
    links = [link for level in line if level.keeps_whole_parents and (link := _link(level, manifest, model)) is not None]
    if len(links) < len(line):
        return
    joins = "".join(
        f" JOIN {quoted(level.name)} AS row{number} ON {_on(f'row{number - 1}', f'row{number}', links[number - 1])}"
        for number, level in enumerate(line[1:], 1)
    )
    total = "count(*)" if summed is None else f"sum(row0.{quoted(summed.name)})"
    of_children = "count(*)" if summed is None else f"sum({quoted(summed.name)})"
    last = links[-1]
    yield Query(
        table.name,
        f"{column.name} is {rule}",
        f"""SELECT parent.*, {_FOUND} FROM {quoted(table.name)} AS parent LEFT JOIN (
            SELECT {_listed(last.columns, f"row{len(line) - 1}")}, {total} AS {_FOUND} FROM {quoted(below.name)} AS row0{joins} GROUP BY ALL
        ) AS below ON {_on("below", "parent", last)} WHERE parent.{quoted(column.name)} <> coalesce(below.{_FOUND}, 0)""",
        PerParent(
            below.name,
            last.columns[0].name,
            table.name,
            last.targets[0].name,
            (of_children,),
            f"parent.{quoted(column.name)} <> coalesce(below.{total_name(of_children)}, 0)",
        )
        if len(line) == 1 and len(last.columns) == 1
        else None,
    )


def _distinct(table: TableInfo, column: Column, parents: Sequence[Column]) -> Query:
    columns = [*parents, column]
    there = f" WHERE {quoted(column.name)} IS NOT NULL" if column.nullable else ""
    return Query(
        table.name,
        f"{column.name} comes once for each {_names(parents)}",
        f"SELECT {_listed(columns)}, count(*) AS {_TIMES} FROM {quoted(table.name)}{there} GROUP BY {_listed(columns)} HAVING {_TIMES} > 1",
    )


def _ordinal(table: TableInfo, column: Ordinal, parents: Sequence[Column]) -> Query:
    name, at, by = quoted(table.name), quoted(column.name), _listed(parents)
    proof = None
    if len(parents) == 1 and parents[0].role == "parent":
        of = parents[0].name
        at_before, by_before = InOrder.before(column.name), InOrder.before(of)
        is_first = f"{POSITION} = 1 OR {by} > {by_before}"  # of its parent's: no other has come before
        if table.keeps_whole_parents:
            follows = f"CASE WHEN {by} = {by_before} THEN {at} = {at_before} + 1 ELSE {at} = 1 AND ({is_first}) END"
        else:
            follows = f"CASE WHEN {by} = {by_before} THEN {at} > {at_before} ELSE {at} >= 1 AND ({is_first}) END"
        proof = InOrder((of, column.name), f"NOT coalesce({follows}, false)")
    if not table.keeps_whole_parents:
        sql = f"SELECT {by}, {at}, count(*) AS {_TIMES} FROM {name} GROUP BY {by}, {at} HAVING {_TIMES} > 1 OR {at} < 1"
        return Query(table.name, f"{column.name} is 1 or more, each once within each {_names(parents)}", sql, proof)
    sql = f"""SELECT {by}, count(*) AS {_ROWS}, count(DISTINCT {at}) AS "(numbers)", min({at}) AS "(first)", max({at}) AS "(last)"
        FROM {name} GROUP BY {by} HAVING "(first)" <> 1 OR "(last)" <> {_ROWS} OR "(numbers)" <> {_ROWS}"""
    return Query(table.name, f"{column.name} is 1, 2, 3 … within each {_names(parents)}", sql, proof)


def _fan_out(table: TableInfo, link: Reference, settings: Mapping[str, int]) -> Iterator[Query]:
    """As many children as were asked for, for each parent."""
    rows, parent = table.rows, link.target
    assert isinstance(rows, FanOut)
    if isinstance(rows.count, str):
        if parent.columns[rows.count].hidden:
            return
        low = high = f"parent.{quoted(rows.count)}"
        rule = f"as many of them as {rows.count} says for each of {parent.name}"
    else:
        least, most = rows.limits(settings)
        if most is None:
            return
        low, high = str(least), str(most)
        rule = f"{low} to {high} of them for each of {parent.name}" if low != high else f"{low} of them for each of {parent.name}"
    if rows.at_most:
        low, rule = "0", f"at most {high} of them for each of {parent.name}"
    yield Query(
        table.name,
        rule,
        f"""SELECT {_listed(link.targets, "parent")}, coalesce(below.{_FOUND}, 0) AS {_ROWS} FROM {quoted(parent.name)} AS parent LEFT JOIN (
            SELECT {_listed(link.columns)}, count(*) AS {_FOUND} FROM {quoted(table.name)} GROUP BY ALL
        ) AS below ON {_on("below", "parent", link)} WHERE coalesce(below.{_FOUND}, 0) NOT BETWEEN {low} AND {high}""",
        PerParent(
            table.name,
            link.columns[0].name,
            parent.name,
            link.targets[0].name,
            ("count(*)",),
            f"coalesce(below.{total_name('count(*)')}, 0) NOT BETWEEN {low} AND {high}",
        )
        if len(link.columns) == 1
        else None,
    )
