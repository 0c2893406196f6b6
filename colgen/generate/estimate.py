"""About how many bytes a build has."""

from __future__ import annotations

from colgen.declare.families import Family
from colgen.declare.table import TableInfo
from colgen.formats import Format, find_format
from colgen.generate.generation import Generation
from colgen.generate.spec import Spec

_PART_BYTES = 2_000  # of a table's first part, whatever its rows


def table_bytes(table: TableInfo, rows: int, spec: Spec) -> int:
    """About how many bytes the rows of a table take on disk, in the format of a build."""
    return round(rows * row_bytes(table, spec.file_format) + _PART_BYTES)


def row_bytes(table: TableInfo, format: Format) -> float:
    """About how many bytes a row of a table takes in a format."""
    return format.row_bytes([column.role for column in table.written_columns])


def bytes_per_root(generation: Generation, family: Family) -> float:
    """About how many bytes of Parquet one root and what is fanned out from it take: above 0."""
    parquet = find_format("parquet")
    sizes = {table: row_bytes(table, parquet) for table in family if not table.hidden}
    each = generation.counts.per_root(family)
    if not (size := sum(each[table] * of_row for table, of_row in sizes.items())):  # the first roots lead to nothing that is written
        rows = generation.counts.about(family)
        size = sum(rows[table] * of_row for table, of_row in sizes.items()) / rows[family[0]]
    return size or 1.0


def rough_rows(spec: Spec, generation: Generation) -> dict[str, int]:
    """About how many rows each table that is written has, from the first few hundred roots of each family: at once, however many."""
    rows = dict.fromkeys(spec.tables, 0)
    for family in generation.model.families:
        roots, each = generation.counts.of(family[0]), generation.counts.per_root(family)
        for table in family:
            target = table.written_as
            if target is not None and target.name in rows:
                rows[target.name] += round(each[table] * roots)
    return rows


def rough_bytes(spec: Spec, generation: Generation) -> int:
    """About how many bytes a build takes, as `rough_rows` has it."""
    return sum(table_bytes(generation.model.table(name), rows, spec) for name, rows in rough_rows(spec, generation).items())
