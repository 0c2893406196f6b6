"""Where the metadata of a lake's tables lies in the folder of a build."""

from __future__ import annotations

from collections.abc import Container

FOLDERS = {"delta": "_delta_log", "iceberg": "metadata"}
"""The folder in that of each table, by table format."""

CATALOGS = {"iceberg": "iceberg.db", "ducklake": "lake.ducklake"}
"""The file that knows all tables, by table format; what lies beside it under its name and more is its database's."""


def is_metadata(table_format: str, file: str, tables: Container[str]) -> bool:
    """Whether a file belongs to the metadata of a lake's tables, whoever wrote it.

    file : relative to the build's folder

    >>> is_metadata("delta", "orders/_delta_log/00000000000000000001.json", ["orders"])
    True
    >>> is_metadata("ducklake", "lake.ducklake.wal", []), is_metadata("ducklake", "orders/part-00000.parquet", ["orders"])
    (True, False)
    """
    table, _, inner = file.partition("/")
    if not inner:
        return table_format in CATALOGS and file.startswith(CATALOGS[table_format])
    return table_format in FOLDERS and table in tables and inner.startswith(f"{FOLDERS[table_format]}/")
