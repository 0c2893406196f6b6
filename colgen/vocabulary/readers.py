"""Reads lists of words from CSV files, each only once."""

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
    """A folder of CSV files, each of which is a table of words and facts about them.

    A model keeps its own vocabulary in such a folder beside its file: `Lists(Path(__file__).with_name("data"))`.

    >>> SHIPPED.table("states").column_names
    ['state', 'name', 'region', 'sales_tax']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tables: dict[str, pa.Table] = {}
        self._words: dict[tuple[str, str], WordList] = {}

    def table(self, name: str) -> pa.Table:
        """A file as an Arrow table. ZIP codes and area codes are text, since they have leading zeros."""
        if name not in self._tables:
            text = {column: pa.string() for column in ("zip_code", "area_codes")}
            convert, read = pyarrow.csv.ConvertOptions(column_types=text), pyarrow.csv.ReadOptions(use_threads=False)
            self._tables[name] = pyarrow.csv.read_csv(
                self.folder / f"{name}.csv", convert_options=convert, read_options=read
            ).combine_chunks()
        return self._tables[name]

    def column(self, name: str, field: str) -> pa.Array:
        """A column of a file."""
        return self.table(name)[field].combine_chunks()

    def words(self, name: str, field: str) -> WordList:
        """The words of a file with the weights in its column `weight`. The weights of a word that occurs twice, as some names do, add up."""
        if (name, field) not in self._words:
            encoded = self.column(name, field).dictionary_encode()
            weights = np.bincount(encoded.indices.to_numpy(), self.column(name, "weight").to_numpy())
            self._words[name, field] = WordList(name.replace("_", " "), encoded.dictionary, weights)
        return self._words[name, field]


SHIPPED = Lists(Path(__file__).with_name("data"))
"""The files that ship with colgen; `data/README.md` describes each and its source."""

table, column, words = SHIPPED.table, SHIPPED.column, SHIPPED.words


def distinct(texts: pa.StringArray | Sequence[str], sql: str = "VARCHAR") -> tuple[Categorical, Array]:
    """The type of the distinct texts, in the order of their first occurrence, and the code of each text: int32.

    sql : the type in SQL

    >>> distinct(["b", "a", "b"])[1].tolist()
    [0, 1, 0]
    """
    encoded = (texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())).dictionary_encode()
    return Categorical(encoded.dictionary, sql), encoded.indices.to_numpy()
