"""People and places of several countries: everything is drawn within a country, so that a name, a street and a postal code agree."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.draws.draw import Draw
from colgen.values.word_list import Grouped, WordList
from colgen.vocabulary.patterns import Patterns
from colgen.vocabulary.readers import column, distinct, table


class World:
    """The countries of `countries.csv`, each with names, streets, cities, postal codes and telephone numbers; values are row numbers."""

    def __init__(self) -> None:
        countries, cities, names = table("countries"), table("cities"), table("names")
        codes = countries["code"].to_pylist()
        self.codes = codes
        self.countries = WordList("countries", column("countries", "country"), countries["weight"].to_numpy().astype(np.float64))
        self.currencies, self.currency = distinct(column("countries", "currency"))
        self.languages, self.language = distinct(column("countries", "language"))
        self.tax = np.round(countries["tax"].to_numpy() * 10_000).astype(np.int64)
        self.phones = Patterns("telephone numbers", countries["phone"].to_pylist())
        self.most = countries["most"].to_numpy().astype(np.int64)
        address = countries["address"].to_pylist()
        self.number_first = np.array([one.startswith("{number}") for one in address])
        self.street_marks, self.street_mark = distinct([one.partition("{street}")[0].replace("{number} ", "") for one in address])

        def group(name: str, kind: str | None = None) -> Array:
            place = np.array([codes.index(code) for code in column(name, "code").to_pylist()])
            if kind is None:
                return place
            return place * 2 + np.array([one.endswith("male") and not one.endswith("female") for one in column(name, kind).to_pylist()])

        kinds = np.array(names["kind"].to_pylist())
        people = group("names", "kind")

        def some(last: bool) -> Grouped:
            chosen = np.flatnonzero(np.char.startswith(kinds, "last") == last)
            chosen = chosen[np.argsort(people[chosen], kind="stable")]
            part = names.take(pa.array(chosen))
            return Grouped(
                "last names" if last else "first names", part["name"].combine_chunks(), people[chosen], part["weight"].to_numpy()
            )

        self.first_names, self.last_names = some(False), some(True)
        self.streets = Grouped(
            "streets", column("streets_world", "street"), group("streets_world"), column("streets_world", "weight").to_numpy()
        )
        home = group("cities")
        # a city is told by its row: two countries may have a London
        self._city = Grouped("cities", [str(row) for row in range(len(home))], home, column("cities", "weight").to_numpy())
        self.cities, self.city = distinct(column("cities", "city"))
        self.regions, self.region = distinct(column("cities", "region"))
        self.postal_codes = Patterns("postal codes", cities["postal"].to_pylist())

    def place(self, draw: Draw, country: Array) -> Array:
        """A city of each country, as often as people live there: row numbers, int64."""
        return self._city.pick(draw, country)


@cache
def world() -> World:
    """Ten countries."""
    return World()
