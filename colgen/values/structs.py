"""Structs: several values under one name, each of a type and a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from colgen.errors import ModelError
from colgen.values.lists import element_of
from colgen.values.text_types import Bytes, Json
from colgen.values.type import ColumnData, Type


class StructType(Type):
    """The type of a struct; `struct_of` makes it."""

    def to_arrow(self, values: ColumnData, compact: bool = False) -> pa.Array:
        if not isinstance(values, pa.StructArray) or values.type != self.arrow:
            actual = values.type if isinstance(values, pa.Array) else type(values).__name__
            raise TypeError(f"{self.name} expects a pyarrow.StructArray of {self.arrow}, not {actual}")
        return values


def struct_of(fields: Mapping[str, tuple[Type, bool]]) -> StructType:
    """The type of a struct of these fields, each with whether it may be missing. Words and repeated texts are plain texts in it. Raises ModelError
    for what cannot be in one: bytes and JSON, which have no form of their own in JSON, and lists.

    >>> from colgen.values.types import Categorical, Date
    >>> address = struct_of({"town": (Categorical(["Rome"]), False), "since": (Date, True)})
    >>> address.sql, str(address.arrow)
    ('STRUCT("town" VARCHAR, "since" DATE)', 'struct<town: string not null, since: date32[day]>')
    """
    for name, (kind, _) in fields.items():
        if kind in (Bytes, Json) or element_of(kind) is not kind:
            raise ModelError(f"{name} is of the type {kind.name}, and neither bytes, JSON nor lists can be in a struct; write it beside it")
    listed = ", ".join(f"{_quoted(name)} {kind.sql}" for name, (kind, _) in fields.items())
    arrow = pa.struct([pa.field(name, _plain(kind.arrow), nullable) for name, (kind, nullable) in fields.items()])
    return StructType(f"struct of {', '.join(fields)}", f"STRUCT({listed})", arrow, None, "struct")


def is_struct(sql: str) -> bool:
    """Whether an SQL type is that of a struct."""
    return sql.startswith("STRUCT(")


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
