"""The kind of columns whose values are structs.

| kind | values |
|---|---|
| `Struct("street", "city")` | other columns of the row under one name |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

import pyarrow as pa

from colgen.declare.arguments import fit_identifier, require_text, shown
from colgen.declare.column import Column, Options
from colgen.declare.rows import Rows
from colgen.errors import ModelError
from colgen.values.batch import as_declared
from colgen.values.fit import UnfitValue
from colgen.values.gather import to_arrow
from colgen.values.structs import struct_of
from colgen.values.text.composed import Composed

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo


class Struct(Column):
    """Other columns of the row put together under one name: `Struct("street", "city")`. They are mostly hidden, so as not to be written twice. Bytes,
    JSON and lists cannot be among them; another struct that stands above can.

    columns : the names of columns, which its fields have too; or a dictionary of fields, each with the column that it is, such as
        `{"name": "full_name", "town": "city"}`
    """

    def __init__(self, *columns: str | Mapping[str, str], **options: Unpack[Options]) -> None:
        place = f"Struct({', '.join(map(shown, columns))})"
        self.fields: dict[str, str] = {}
        for part in columns:
            if not isinstance(part, Mapping):
                require_text("Struct", column=part)
            for field, column in part.items() if isinstance(part, Mapping) else [(part, part)]:
                require_text("Struct", field=field, column=column)
                if not fit_identifier(field):
                    raise ModelError(f"{place}: {shown(field)} cannot be the name of a field; give it 1 to 63 printable bytes")
                if field.lower() in map(str.lower, self.fields):
                    raise ModelError(f"{place}: two of its fields are called {field!r}; DuckDB sees no difference of case")
                self.fields[field] = column
        if not self.fields:
            raise ModelError(f"{place}: name the columns that it puts together, such as Struct('street', 'city')")
        super().__init__(struct_of({}), ", ".join(self.fields.values()), **options)

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        above = list(table.columns)[: list(table.columns).index(name)]
        for word in self.fields.values():
            column = table.columns.get(word)
            if column is not None and column.references is not None and column.hidden:
                raise ModelError(
                    f"{self.qualified_name}: {word} is a hidden reference, whose values are the numbers of rows; look up what is to be written, such as "
                    f"{column.references.name}_id = Lookup({column.references.declared.__name__}.id, hidden=True)"
                )
            if isinstance(column, Struct) and word not in above:
                raise ModelError(f"{self.qualified_name}: {word} is a struct, too; declare it above this one")
        self._put_together()

    def take_type(self) -> None:
        for word in self.fields.values():
            self.table.columns[word].take_type()
        self._put_together()

    def _put_together(self) -> None:
        """Takes its type from those of its fields. The table names what is missing."""
        columns = {field: self.table.columns[word] for field, word in self.fields.items() if word in self.table.columns}
        try:
            self.type = struct_of({field: (column.type, column.nullable) for field, column in columns.items()})
        except ModelError as error:
            raise ModelError(f"{self.qualified_name}: {error}") from None

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.fields.values()))

    def make(self, rows: Rows) -> pa.StructArray:
        parts = [self._part(rows, word, field.type) for word, field in zip(self.fields.values(), self.type.arrow, strict=True)]
        return pa.StructArray.from_arrays(parts, fields=list(self.type.arrow))

    def _part(self, rows: Rows, word: str, arrow: pa.DataType) -> pa.Array:
        """The values of a field."""
        column, values = self.table.columns[word], rows.compact(word)
        try:
            array = to_arrow(column.type, values.spelled if isinstance(values, Composed) else values)
        except UnfitValue as error:
            row = "" if error.row is None else f", row {rows.ids[error.row]:,}"
            raise ModelError(f"{column.qualified_name}{row}: {error}") from error
        if array.null_count and not column.nullable:
            raise ModelError(f"{column.qualified_name} has {array.null_count:,} missing values; say nullable=True if it may")
        array = as_declared(array, arrow)
        return array if array.type == arrow else array.cast(arrow)
