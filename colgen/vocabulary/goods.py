"""Products: their kinds by category, each with its typical cost and weight; brands and series by category."""

from __future__ import annotations

import numpy as np

from colgen.arrays import Array
from colgen.values.word_list import Grouped, WordList
from colgen.vocabulary.readers import column, table

KINDS = table("product_kinds")
CATEGORIES: list[str] = list(dict.fromkeys(KINDS["category"].to_pylist()))
KIND_CATEGORY: Array = np.array([CATEGORIES.index(category) for category in KINDS["category"].to_pylist()])
KIND_COST: Array = np.round(KINDS["median_cost"].to_numpy() * 100).astype(np.int64)  # cents
KIND_WEIGHT: Array = np.round(KINDS["weight_kg"].to_numpy() * 1000).astype(np.int64)  # grams
KIND_NAMES = WordList("product kinds", column("product_kinds", "kind"), KINDS["popularity"].to_numpy().astype(np.float64))


def by_category(name: str, field: str) -> Grouped:
    """The words of a file, to be drawn within a category, which is given by its index in `CATEGORIES`."""
    groups = np.array([CATEGORIES.index(category) for category in column(name, "category").to_pylist()])
    return Grouped(name, column(name, field), groups)


BRANDS, SERIES = by_category("brands", "brand"), by_category("series", "series")
