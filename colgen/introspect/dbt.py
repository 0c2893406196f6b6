"""A schema that a dbt project declares: models, seeds, snapshots and sources of target/manifest.json, with their types, constraints and tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from colgen.errors import RequestError
from colgen.introspect import checks
from colgen.introspect.names import rules_of
from colgen.introspect.reading import Reading, read_text
from colgen.introspect.shapes import ColumnShape, ForeignKeyShape, SchemaShape, TableShape
from colgen.introspect.spelling import check_of
from colgen.introspect.type_names import column_of

_TABLES = ("model", "seed", "snapshot", "source")
_BY_NAME = [
    (r"(^|_)(id|sk)$|_count$|^(count|num|n)_", "bigint"),
    (r"_at$|timestamp|(^|_)time$", "timestamp without time zone"),
    (r"_on$|(^|_)(date|day)$", "date"),
    (r"^(is|has|was|can)_", "boolean"),
    (r"amount|price|cost|total|revenue|tax|balance|subtotal|discount|fee", "numeric"),
    (r"quantity|qty|age$|year$|month$|rank|position", "integer"),
]
"""Types that go by names, where none is declared."""


def read(reading: Reading) -> SchemaShape:
    """The tables of a project. RequestError where the file is not a manifest, or has the columns of no table."""
    path = Path(reading.source)
    manifest = _json(path)
    if not isinstance(manifest.get("nodes"), dict) or "metadata" not in manifest:
        raise RequestError(f"{str(path)!r} is not a manifest of dbt: give target/manifest.json, which `dbt parse` writes")
    catalogue = _json(path.with_name("catalog.json")) if path.with_name("catalog.json").is_file() else {}
    nodes = {**manifest["nodes"], **(manifest.get("sources") or {})}
    wanted = {
        key: node
        for key, node in nodes.items()
        if node.get("resource_type") in _TABLES and _materialized(node) != "ephemeral" and reading.wants(str(node.get("schema", "")))
    }
    schemas = {node.get("schema") for node in wanted.values()}
    shape, tables = SchemaShape(), dict[str, TableShape]()
    for key, node in wanted.items():
        types = {**(catalogue.get("nodes") or {}), **(catalogue.get("sources") or {})}.get(key, {}).get("columns") or {}
        table = _table(node, types, shape.notes)
        table.schema = str(node.get("schema") or "") if len(schemas) > 1 else ""
        if table.columns:
            tables[key] = table
        else:
            shape.notes.append(f"{table.full_name}: none of its columns is documented, and it is left out")
    if not tables:
        raise RequestError(f"{str(path)!r}: no table has columns; name them in the project's YAML, or run `dbt docs generate` beside it")
    shape.tables = list(tables.values())
    for key, table in tables.items():
        for constraint in wanted[key].get("constraints") or []:
            _constrain(table, constraint, tuple(constraint.get("columns") or ()), tables)
        for name, column in (wanted[key].get("columns") or {}).items():
            for constraint in column.get("constraints") or []:
                _constrain(table, constraint, (str(column.get("name") or name),), tables)
    for node in manifest["nodes"].values():
        if node.get("resource_type") == "test" and node.get("test_metadata"):
            _apply_test(node, tables, shape.notes)
    for table in shape.tables:
        _choose_key(table)
        table.checks = checks.apply(table)
    shape.source = f"the dbt project {(manifest['metadata'] or {}).get('project_name') or path.parent.resolve().parent.name}"
    return shape


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{str(path)!r} is not valid JSON: {error}") from None
    if not isinstance(content, dict):
        raise RequestError(f"{str(path)!r} is not a manifest of dbt")
    return content


def _materialized(node: Mapping[str, Any]) -> str:
    return str((node.get("config") or {}).get("materialized", ""))


def _table(node: Mapping[str, Any], types: Mapping[str, Any], notes: list[str]) -> TableShape:
    """A table with the columns that are documented, or else those of the catalogue."""
    table = TableShape(str(node.get("identifier") or node.get("alias") or node.get("name")), comment=str(node.get("description") or ""))
    known = {name.lower(): str(column.get("type") or "") for name, column in types.items()}
    documented = {str(column.get("name") or name): column for name, column in (node.get("columns") or {}).items()}
    names = {name.lower(): name for name in [*documented, *types]}
    guessed = []
    for lower, name in {**names, **{name.lower(): name for name in documented}}.items():
        said = documented.get(name, {})
        declared = str(said.get("data_type") or known.get(lower) or "")
        guessed += [name] if not declared else []
        column = column_of(name, declared or _type_by_name(name))
        column.comment = str(said.get("description") or "")
        table.columns.append(column)
    if guessed:
        notes.append(f"{table.name}: types guessed from names: {', '.join(guessed)}")
    return table


def _type_by_name(name: str) -> str:
    return next((type for pattern, type in _BY_NAME if re.search(pattern, rules_of(name))), "text")


def _columns(table: TableShape, names: tuple[str, ...]) -> list[ColumnShape]:
    """The columns of these names, upper and lower case alike; none if one of them is not there."""
    by_name = {column.name.lower(): column for column in table.columns}
    columns = [by_name.get(str(name).strip('"`').lower()) for name in names]
    return [column for column in columns if column is not None] if all(columns) else []


def _constrain(table: TableShape, constraint: Mapping[str, Any], names: tuple[str, ...], tables: Mapping[str, TableShape]) -> None:
    """Notes a constraint of a model's contract."""
    kind, expression = constraint.get("type"), str(constraint.get("expression") or "")
    columns = _columns(table, names)
    if kind == "check" and expression:
        table.checks.append(check_of(expression, [column.name for column in table.columns]))
    if not columns:
        return
    if kind in ("not_null", "primary_key"):
        for column in columns:
            column.nullable = False
    if kind == "primary_key":
        table.key = tuple(column.name for column in columns)
    elif kind == "unique":
        _add_unique(table, columns)
    elif kind == "foreign_key":
        to, fields = str(constraint.get("to") or ""), tuple(constraint.get("to_columns") or ())
        if not to and (said := re.fullmatch(r"\s*(?:references\s+)?([\w.\"`]+)\s*\(([^()]*)\)\s*", expression, re.IGNORECASE)):
            to, fields = said[1], tuple(field.strip() for field in said[2].split(","))
        _refer(table, columns, _named(to, tables), fields)


def _add_unique(table: TableShape, columns: list[ColumnShape]) -> None:
    names = tuple(column.name for column in columns)
    if names not in table.uniques:
        table.uniques.append(names)


def _named(text: str, tables: Mapping[str, TableShape]) -> TableShape | None:
    """The table that `ref('x')`, `source('a', 'x')` or `"db"."schema"."x"` means; the last name counts. It is read, never run."""
    text = re.sub(r",\s*(v|version)\s*=.*", "", text.removeprefix("ref").removeprefix("source"))
    words = re.findall(r"\w[\w$ -]*", text)
    name = words[-1].strip().lower() if words else ""
    return next((table for key, table in tables.items() if name in (table.name.lower(), key.rpartition(".")[2].lower())), None)


def _refer(table: TableShape, columns: list[ColumnShape], target: TableShape | None, fields: tuple[str, ...]) -> None:
    targets = _columns(target, fields) if target is not None else []
    if target is None or len(targets) != len(columns):
        return
    names = tuple(column.name for column in columns)
    if all(key.columns != names for key in table.foreign_keys):
        table.foreign_keys.append(ForeignKeyShape(names, target.full_name, tuple(column.name for column in targets)))


def _apply_test(node: Mapping[str, Any], tables: Mapping[str, TableShape], notes: list[str]) -> None:
    """Notes what a test of the data promises of it; what is only warned of, or holds for some rows only, is not a promise."""
    test, kwargs = node["test_metadata"], node["test_metadata"].get("kwargs") or {}
    kwargs = {**kwargs, **(kwargs.get("arguments") or {})}
    depends = list((node.get("depends_on") or {}).get("nodes") or [])
    table = tables.get(str(node.get("attached_node") or "")) or _named(_last_call(str(kwargs.get("model") or "")), tables)
    if table is None and len(depends) == 1:
        table = tables.get(depends[0])
    config = node.get("config") or {}
    if table is None or config.get("where") or str(config.get("severity", "error")).lower() == "warn" or config.get("enabled") is False:
        return
    name = str(test.get("name"))
    columns = _columns(table, (str(node.get("column_name") or kwargs.get("column_name") or ""),))
    if name == "unique_combination_of_columns":
        if several := _columns(table, tuple(kwargs.get("combination_of_columns") or ())):
            _add_unique(table, several)
    elif not columns:
        return
    elif name == "not_null":
        columns[0].nullable = False
    elif name == "unique":
        _add_unique(table, columns)
    elif name == "accepted_values":
        _accept(columns[0], [str(value) for value in kwargs.get("values") or ()])
    elif name in ("accepted_range", "expect_column_values_to_be_between"):
        bounds = [
            f'"{columns[0].name}" {sign} {kwargs[bound]}'
            for sign, bound in ((">=", "min_value"), ("<=", "max_value"))
            if _is_number(kwargs.get(bound))
        ]
        table.checks += [check_of(bound, [columns[0].name]) for bound in bounds]
    elif name == "relationships":
        _refer(table, columns, _named(str(kwargs.get("to") or ""), tables), (str(kwargs.get("field") or ""),))
    else:
        notes.append(f"{table.full_name}.{columns[0].name}: the test {name}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _last_call(text: str) -> str:
    """The `ref(…)` or `source(…)` in what a test is given as its model."""
    calls = re.findall(r"(?:ref|source)\([^()]*\)", text)
    return calls[-1] if calls else ""


def _accept(column: ColumnShape, words: list[str]) -> None:
    """Limits a column to some words, or numbers."""
    if column.type in ("smallint", "integer", "bigint", "numeric"):
        numbers = sorted(int(word) for word in words if re.fullmatch(r"-?\d+", word))
        if numbers:
            in_a_row = numbers[-1] - numbers[0] == len(set(numbers)) - 1
            column.low, column.high = float(numbers[0]), float(numbers[-1] if in_a_row else numbers[0])
    elif column.type != "boolean":
        column.words = list(dict.fromkeys(words))


def _choose_key(table: TableShape) -> None:
    """Without a declared key, the first column that is unique and never missing is one, as dbt's own advice for tests has it."""
    if not table.key:
        whole = [names for names in table.uniques if all(not table.column(name).nullable for name in names)]
        table.key = min(whole, key=len, default=())
    if table.key in table.uniques:
        table.uniques.remove(table.key)
