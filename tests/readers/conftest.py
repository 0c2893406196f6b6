"""A build of the model in both encodings, and what is read of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import colgen
from tests.readers.model import model
from tests.readers.reading import ENCODINGS
from tests.support import part_of, write_build

BLOCK_CELLS = 1 << 18  # small blocks, between which a row group can end


@pytest.fixture(scope="session")
def expected() -> pa.Table:
    """The rows as they are generated, without any file."""
    return colgen.build(model).table("results")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A build of the same rows in each encoding."""
    folder = tmp_path_factory.mktemp("files")
    for encoding in ENCODINGS:
        write_build(model, folder / encoding, encoding=encoding, block_cells=BLOCK_CELLS)
    return {encoding: part_of(folder / encoding, "results") for encoding in ENCODINGS}


@pytest.fixture(scope="session")
def texts_in_lengths_and_letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of PyArrow's, whose text is encoded as colgen encoded text before, and is longer in later rows."""
    ids = range(1, 20_001)
    file = tmp_path_factory.mktemp("lengths") / "lengths.parquet"
    rows = pa.table({"id": ids, "text": [f"pupil {id}" for id in ids]})
    pq.write_table(rows, file, use_dictionary=False, column_encoding={"text": "DELTA_LENGTH_BYTE_ARRAY"})
    return file


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Mapping[str, pa.Table]]:
    """Calls a function with a new folder, and with the same arguments only once: a reader may take long to start."""
    found: dict[object, Mapping[str, pa.Table]] = {}

    def call(key: object, read: Callable[[Path], Mapping[str, pa.Table]]) -> Mapping[str, pa.Table]:
        if key not in found:
            found[key] = read(tmp_path_factory.mktemp("read"))
        return found[key]

    return call
