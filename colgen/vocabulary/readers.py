"""Lists of words in CSV files: read once, then arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from colgen.arrays import Array
from colgen.values.types import Categorical
from colgen.values.word_list import WordList


class Lists:
    """A folder of CSV files, each a table of words and what is known of them.

    A model keeps its own words in such a folder beside its file: `Lists(Path(__file__).with_name("data"))`.

    >>> SHIPPED.table("states").column_names
    ['state', 'name', 'region', 'sales_tax']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tables: dict[str, pa.Table] = {}
        self._words: dict[tuple[str, str], WordList] = {}

    def table(self, name: str) -> pa.Table:
        """One of the files as an Arrow table; codes with leading zeros stay text."""
        if name not in self._tables:
            text = {column: pa.string() for column in ("zip_code", "area_codes")}
            convert, read = pyarrow.csv.ConvertOptions(column_types=text), pyarrow.csv.ReadOptions(use_threads=False)
            self._tables[name] = pyarrow.csv.read_csv(
                self.folder / f"{name}.csv", convert_options=convert, read_options=read
            ).combine_chunks()
        return self._tables[name]

    def column(self, name: str, field: str) -> pa.Array:
        """One column of one of the files."""
        return self.table(name)[field].combine_chunks()

    def words(self, name: str, field: str) -> WordList:
        """A file's words with the weights in its column `weight`; a word that comes twice (a name of either gender) has both."""
        if (name, field) not in self._words:
            found = self.column(name, field).dictionary_encode()
            weights = np.bincount(found.indices.to_numpy(), self.column(name, "weight").to_numpy())
            self._words[name, field] = WordList(name.replace("_", " "), found.dictionary, weights)
        return self._words[name, field]


SHIPPED = Lists(Path(__file__).with_name("data"))
"""The files that ship with colgen; `data/README.md` says what each holds and where it comes from."""

table, column, words = SHIPPED.table, SHIPPED.column, SHIPPED.words


def distinct(texts: pa.StringArray | Sequence[str], sql: str = "VARCHAR") -> tuple[Categorical, Array]:
    """Words, each once, in the order in which they first come; and which of them each text is: int32.

    >>> distinct(["b", "a", "b"])[1].tolist()
    [0, 1, 0]
    """
    encoded = (texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())).dictionary_encode()
    return Categorical(encoded.dictionary, sql), encoded.indices.to_numpy()
