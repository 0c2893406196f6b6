"""Structs of DuckDB's and composite types of PostgreSQL's, which a model puts together out of hidden columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from colgen.introspect.code import Call, call
from colgen.introspect.layout import TablePlan
from colgen.introspect.shapes import ColumnShape
from colgen.introspect.type_names import column_of, is_known
from colgen.introspect.values import value_of
from colgen.values.structs import is_struct

_NOT_WITHIN = ("bytea", "json", "jsonb", "xml")


def with_fields(column: ColumnShape) -> ColumnShape:
    """A column as DuckDB has it, with its fields if it is of structs that a model can have.

    >>> [field.name for field in with_fields(column_of("place", "STRUCT(town VARCHAR, since DATE)")).fields]
    ['town', 'since']
    """
    if is_struct(column.shown) and not column.is_array:
        import duckdb

        column.fields = _fields(duckdb.sqltype(column.shown))
    return column


def _fields(struct: Any) -> tuple[ColumnShape, ...]:
    """The fields of a type of DuckDB's; none where one of them cannot be in a struct of a model."""
    fields = [column_of(name, str(kind)) for name, kind in struct.children]
    for field, (_, kind) in zip(fields, struct.children, strict=True):
        if kind.id == "struct":
            field.fields = _fields(kind)
    return possible(fields)


def possible(fields: Sequence[ColumnShape]) -> tuple[ColumnShape, ...]:
    """The fields of a struct, of which none is missing; none where one of them cannot be in a struct of a model."""
    for field in fields:
        is_value = (is_known(field.type) or field.words is not None) and field.type not in _NOT_WITHIN
        if not field.fields and (field.is_array or not is_value):
            return ()
    return tuple(replace(field, nullable=False) for field in fields)


def declared(table_plan: TablePlan, column: ColumnShape, attribute_of: Callable[[str], str]) -> tuple[dict[str, tuple[Call, str]], Call]:
    """The hidden columns that a struct is put together out of, by their attributes and each with what it was guessed from; and the struct.

    attribute_of : the attribute for a column of a name, which no other one gets
    """
    hidden: dict[str, tuple[Call, str]] = {}
    fields: dict[str, str] = {}
    for field in column.fields:
        name = f"{column.name}_{field.name}"
        if field.fields:
            inner, value = declared(table_plan, replace(field, name=name), attribute_of)
            by, hidden = "", {**hidden, **inner}
        else:  # a column of the same name may have to differ, but not a field
            value, by, _ = value_of(replace(table_plan, unique=set(), distinct=set(), ordinals=set()), field, {})
        fields[field.name] = attribute_of(name)
        hidden[fields[field.name]] = value.with_named(hidden=True), by
    return hidden, call("Struct", fields)
