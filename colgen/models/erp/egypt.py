"""Egypt in Latin and Arabic script: people, areas, streets, companies, and what a distributor of coffee sells and services.

A code stands for the same word in both scripts: `areas` are in Latin script, `areas_arabic` are the same areas in Arabic. Facts about a
word, such as the governorate of an area or the price of a part, are arrays that are indexed by its code; their names are singular.
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

_ANY = "any"  # the community of names that people of every community have


def _weighted(name: str, field: str) -> WordList:
    """The words of a file with their weights."""
    return WordList(name.replace("_", " "), column(name, field), column(name, "weight").to_numpy().astype(np.float64))


def _words(name: str, field: str) -> Categorical:
    return Categorical(column(name, field))


def _names(name: str, groups: list[pa.Array]) -> tuple[Grouped, Categorical]:
    """The names of each group in Latin script, and all names in Arabic. A group is given as a mask of the rows that belong to it."""
    rows = np.concatenate([np.flatnonzero(mask.to_numpy(zero_copy_only=False)) for mask in groups])
    numbers = np.repeat(np.arange(len(groups)), [mask.true_count for mask in groups])
    chosen = table(name).take(pa.array(rows))
    latin, arabic, weights = (chosen[field].combine_chunks() for field in ("latin", "arabic", "weight"))
    return Grouped(name.replace("_", " "), latin, numbers, weights.to_numpy()), vocabulary.distinct(arabic)[0]


def _around(field: str) -> tuple[Categorical, Array, Categorical, Array]:
    """The texts before and after the word in the patterns of company names: the distinct texts, and for each pattern which one it has."""
    befores, _, afters = zip(*(pattern.partition("{word}") for pattern in column("company_kinds", field).to_pylist()), strict=True)
    return *vocabulary.distinct(list(befores)), *vocabulary.distinct(list(afters))


def _piastres(pounds: pa.ChunkedArray) -> Array:
    return pounds.to_numpy().astype(np.int64) * 100


def _code(name: str, field: str, listed: str) -> Array:
    """The code of each of a file's words in a list of phrases: int32."""
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
    """The contents of the files in `data/`. Money is in piastres (1/100 of a pound), int64."""

    def __init__(self) -> None:
        self._people()
        self._places()
        self._companies()
        self._products()
        self._items()
        self._maintenance()

    def _people(self) -> None:
        """First names are grouped by community and gender, as `community * 2 + man`, family names by community."""
        self.communities = phrases("community")
        communities, genders = self.communities.type.words.to_pylist(), ["female", "male"]

        def used_in(name: str, community: str) -> pa.Array:
            return pc.is_in(column(name, "community"), pa.array([community, _ANY]))

        first, family = "first_names", "family_names"
        by_gender = [
            pc.and_(used_in(first, community), pc.equal(column(first, "gender"), gender)) for community in communities for gender in genders
        ]
        self.first_names, self.first_names_arabic = _names(first, by_gender)
        self.family_names, self.family_names_arabic = _names(family, [used_in(family, community) for community in communities])
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
        # Neighbouring areas lie beside one another in the file: each has a stretch of its region, and of the country, as long as its population.
        people = self.areas.weights
        self.stretch = people / np.bincount(self.region, people)[self.region]
        self.stretch_start = sum((np.cumsum(self.stretch * mine) - self.stretch) * mine for mine in (self.region == 0, self.region == 1))
        self.position = (np.cumsum(people) - people / 2) / people.sum()

    def _companies(self) -> None:
        """A name consists of the text before the word in its pattern, the word, and the text after it."""
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
        self._by_size = np.argsort(self.company_size, kind="stable")
        weights = self.company_patterns.weights[self._by_size]
        self._of_size = Grouped("companies of a size", [str(row) for row in self._by_size], self.company_size[self._by_size], weights)

    def company_pattern(self, draw: Draw, size: Array) -> Array:
        """A pattern of names for each company, of those that companies of its size have."""
        return self._by_size[self._of_size.pick(draw, size)]

    def _products(self) -> None:
        self.categories, self.categories_arabic = phrases("category"), phrases_arabic("category")
        self.units, self.units_arabic = phrases("unit"), phrases_arabic("unit")
        self.products, self.products_arabic = (_words("products", field) for field in ("name", "name_arabic"))
        self.brands, self.brands_arabic = (_words("brands", field) for field in ("brand", "brand_arabic"))
        self.variants, self.variants_arabic = (_words("variants", field) for field in ("variant", "variant_arabic"))
        self.product_category = _code("products", "category", "category")
        self.product_unit = _code("products", "unit", "unit")

    def _items(self) -> None:
        """Every combination of a product, a brand of its category and a variant.

        They are in an order in which no product occurs again before all others that are not yet used up have, so that the first n make a
        varied assortment for any n.
        """
        brands = _code("brands", "category", "category")
        codes = {variant: code for code, variant in enumerate(self.variants.words.to_pylist())}
        items, factors = [], []
        for product, variants in enumerate(column("products", "variants").to_pylist()):
            for variant, _, factor in (entry.partition(":") for entry in variants.split("|")):
                suitable = np.flatnonzero(brands == self.product_category[product])
                items.append(np.stack([np.full_like(suitable, product), suitable, np.full_like(suitable, codes[variant])]))
                factors.append(np.full(len(suitable), float(factor)))
        product, brand, variant = np.concatenate(items, axis=1)
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
        """Spare parts that are replaced during a visit, and services."""

        def of_kind(kind: str) -> tuple[WordList, Categorical, Array]:
            rows = table("maintenance")
            rows = rows.filter(pc.equal(rows["kind"], kind))
            names = WordList(f"{kind}s", rows["name"].combine_chunks())
            return names, Categorical(rows["name_arabic"].combine_chunks()), _piastres(rows["price"])

        self.parts, self.parts_arabic, self.part_price = of_kind("part")
        self.services, self.services_arabic, self.service_price = of_kind("service")


@cache
def egypt() -> Egypt:
    """The vocabulary, read once."""
    return Egypt()
