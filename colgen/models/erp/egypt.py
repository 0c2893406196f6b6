"""Egypt in Arabic and in Latin letters: people, areas, streets, companies, and what a distributor of coffee and drinks sells and mends.

One code stands for a word in both scripts: `areas` are in Latin letters, `areas_arabic` the same areas in Arabic ones. What belongs to
a word (the governorate of an area, the price of a part) is an array by that code, and has a name in the singular.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import Array, Categorical, Draw, Grouped, WordList, key, ranges, vocabulary

LISTS = vocabulary.Lists(Path(__file__).with_name("data"))
table, column = LISTS.table, LISTS.column

_ANY = "any"  # names that people of every community have


def _weighted(name: str, field: str) -> WordList:
    """The words of a file that has weights."""
    return WordList(name.replace("_", " "), column(name, field), column(name, "weight").to_numpy().astype(np.float64))


def _words(name: str, field: str) -> Categorical:
    return Categorical(column(name, field))


def _names(name: str, groups: list[pa.Array]) -> tuple[Grouped, Categorical]:
    """The names of each group, in Latin and in Arabic letters; a group is given by which rows are in it."""
    rows = np.concatenate([np.flatnonzero(mask.to_numpy(zero_copy_only=False)) for mask in groups])
    numbers = np.repeat(np.arange(len(groups)), [mask.true_count for mask in groups])
    found = table(name).take(pa.array(rows))
    latin, arabic, weights = (found[field].combine_chunks() for field in ("latin", "arabic", "weight"))
    return Grouped(name.replace("_", " "), latin, numbers, weights.to_numpy()), vocabulary.distinct(arabic)[0]


def _around(field: str) -> tuple[Categorical, Array, Categorical, Array]:
    """What stands before and after the word in each pattern of a company's name: words, and which of them each pattern has."""
    befores, _, afters = zip(*(pattern.partition("{word}") for pattern in column("company_kinds", field).to_pylist()), strict=True)
    return *vocabulary.distinct(list(befores)), *vocabulary.distinct(list(afters))


def _piastres(pounds: pa.ChunkedArray) -> Array:
    return pounds.to_numpy().astype(np.int64) * 100


def _code(name: str, field: str, listed: str) -> Array:
    """The place of each of a file's words in a list of phrases: int32."""
    return pc.index_in(column(name, field), phrases(listed).type.words).to_numpy()


@cache
def phrases(name: str) -> WordList:
    """One of the lists of `data/phrases.csv`, with its weights.

    >>> phrases("visit_kind").type.words.to_pylist()
    ['installation', 'preventive', 'repair', 'calibration', 'training']
    """
    rows = _listed(name)
    return WordList(name, rows["words"].combine_chunks(), rows["weight"].to_numpy().astype(np.float64))


@cache
def phrases_arabic(name: str) -> Categorical:
    """The same list in Arabic."""
    return Categorical(_listed(name)["words_arabic"].combine_chunks())


def _listed(name: str) -> pa.Table:
    rows = table("phrases")
    return rows.filter(pc.equal(rows["list"], name))


class Egypt:
    """What the files in `data/` hold; money is in piastres (1/100 of a pound), int64."""

    def __init__(self) -> None:
        self._people()
        self._places()
        self._companies()
        self._products()
        self._items()
        self._maintenance()

    def _people(self) -> None:
        """First names are by community and gender, `community * 2 + man`; family names by community."""
        self.communities = phrases("community")
        communities, genders = self.communities.type.words.to_pylist(), ["female", "male"]

        def borne(name: str, community: str) -> pa.Array:
            return pc.is_in(column(name, "community"), pa.array([community, _ANY]))

        first, family = "first_names", "family_names"
        by_gender = [pc.and_(borne(first, one), pc.equal(column(first, "gender"), gender)) for one in communities for gender in genders]
        self.first_names, self.first_names_arabic = _names(first, by_gender)
        self.family_names, self.family_names_arabic = _names(family, [borne(family, one) for one in communities])
        prefixes = table("mobile_prefixes")
        self.mobile_prefixes = WordList(
            "Egyptian mobile prefixes",
            prefixes["prefix"].combine_chunks().cast(pa.string()),
            prefixes["weight"].to_numpy().astype(np.float64),
        )
        self.operators, self.operators_arabic = (_words("mobile_prefixes", field) for field in ("operator", "operator_arabic"))

    def _places(self) -> None:
        self.areas, self.areas_arabic = _weighted("areas", "area"), _words("areas", "area_arabic")
        self.governorates, self.governorate = vocabulary.distinct(column("areas", "governorate"))
        self.governorates_arabic, _ = vocabulary.distinct(column("areas", "governorate_arabic"))
        self.regions, self.region = vocabulary.distinct(column("areas", "region"))
        self.streets, self.streets_arabic = _weighted("streets", "street"), _words("streets", "street_arabic")

    def _companies(self) -> None:
        """A name is what its pattern has before the word, the word, and what it has after it."""
        name = "company_kinds"
        self.company_words = WordList("words of companies", column("company_words", "word"))
        self.company_words_arabic = _words("company_words", "word_arabic")
        self.company_patterns, self.company_patterns_arabic = _weighted(name, "pattern"), _words(name, "pattern_arabic")
        self.company_befores, self.company_before, self.company_afters, self.company_after = _around("pattern")
        arabic = _around("pattern_arabic")
        self.company_befores_arabic, self.company_before_arabic, self.company_afters_arabic, self.company_after_arabic = arabic
        self.company_kinds, self.company_kinds_arabic = phrases("company_kind"), phrases_arabic("company_kind")
        self.company_sizes, self.company_sizes_arabic = phrases("company_size"), phrases_arabic("company_size")
        self.company_kind, self.company_size = _code(name, "kind", "company_kind"), _code(name, "size", "company_size")

    def _products(self) -> None:
        self.categories, self.categories_arabic = phrases("category"), phrases_arabic("category")
        self.units, self.units_arabic = phrases("unit"), phrases_arabic("unit")
        self.products, self.products_arabic = (_words("products", field) for field in ("name", "name_arabic"))
        self.brands, self.brands_arabic = (_words("brands", field) for field in ("brand", "brand_arabic"))
        self.variants, self.variants_arabic = (_words("variants", field) for field in ("variant", "variant_arabic"))
        self.product_category = _code("products", "category", "category")
        self.product_unit = _code("products", "unit", "unit")

    def _items(self) -> None:
        """Every product of every brand of its category in every variant.

        In an order in which no product comes again before every other one has, as long as there is more of it: the first n are
        an assortment.
        """
        brands = _code("brands", "category", "category")
        codes = {variant: code for code, variant in enumerate(self.variants.words.to_pylist())}
        found, factors = [], []
        for product, variants in enumerate(column("products", "variants").to_pylist()):
            for variant, _, factor in (one.partition(":") for one in variants.split("|")):
                some = np.flatnonzero(brands == self.product_category[product])
                found.append(np.stack([np.full_like(some, product), some, np.full_like(some, codes[variant])]))
                factors.append(np.full(len(some), float(factor)))
        product, brand, variant = np.concatenate(found, axis=1)
        chance = Draw(key("items of Egypt"), count=len(product)).bits()
        shuffled = np.lexsort((chance, product))
        of_each = np.bincount(product)
        turn = np.empty_like(shuffled)
        turn[shuffled] = ranges(0, of_each)
        order = np.lexsort((chance, turn))
        self.item_product, self.item_brand, self.item_variant = product[order], brand[order], variant[order]
        self.item_category, self.item_unit = self.product_category[self.item_product], self.product_unit[self.item_product]
        cost = _piastres(table("products")["cost"])[product] * np.concatenate(factors) * column("brands", "factor").to_numpy()[brand]
        self.item_cost = (np.round(cost / 25).astype(np.int64) * 25)[order]

    def _maintenance(self) -> None:
        """Spare parts that are changed at a visit, and services done there."""

        def some(kind: str) -> tuple[WordList, Categorical, Array]:
            found = table("maintenance")
            found = found.filter(pc.equal(found["kind"], kind))
            names = WordList(f"{kind}s", found["name"].combine_chunks())
            return names, Categorical(found["name_arabic"].combine_chunks()), _piastres(found["price"])

        self.parts, self.parts_arabic, self.part_price = some("part")
        self.services, self.services_arabic, self.service_price = some("service")


@cache
def egypt() -> Egypt:
    """Egypt."""
    return Egypt()
