"""The pages of a Parquet file as they lie in it, found by a reading of Thrift's compact protocol that shares nothing with colgen's writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq


class Page(NamedTuple):
    """A page of a column.

    data : its bytes as they lie in the file
    uncompressed_size : how many bytes they stand for
    """

    column: str
    compression: str
    data: bytes
    uncompressed_size: int


def pages(file: Path) -> Iterator[Page]:
    data, metadata = file.read_bytes(), pq.read_metadata(file)
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(number)
            position = chunk.dictionary_page_offset or chunk.data_page_offset
            end = position + chunk.total_compressed_size
            while position < end:
                header, start = _struct(data, position)
                uncompressed_size, size = header[2], header[3]
                yield Page(chunk.path_in_schema, chunk.compression, data[start : start + size], uncompressed_size)
                position = start + size
            assert position == end, f"{chunk.path_in_schema}: its last page ends {position - end} bytes behind its end"


def _varint(data: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while data[position] & 0x80:
        number |= (data[position] & 0x7F) << shift
        position, shift = position + 1, shift + 7
    return number | data[position] << shift, position + 1


_BOOLEANS, _INTEGERS, _STRUCT = (1, 2), (4, 5, 6), 12


def _struct(data: bytes, position: int) -> tuple[dict[int, Any], int]:
    """The fields of a struct by their numbers, and where it ends; those of a page header are integers, booleans and structs."""
    fields: dict[int, Any] = {}
    number = 0
    while data[position]:
        step, kind = divmod(data[position], 16)
        assert step, "fields that are more than fifteen apart do not occur in a page header"
        number, position = number + step, position + 1
        if kind in _BOOLEANS:
            fields[number] = kind == 1
        elif kind in _INTEGERS:
            zigzag, position = _varint(data, position)
            fields[number] = zigzag >> 1 ^ -(zigzag & 1)
        else:
            assert kind == _STRUCT, f"a field of the type {kind} does not occur in a page header"
            fields[number], position = _struct(data, position)
    return fields, position + 1
