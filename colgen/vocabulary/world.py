"""People and places of several countries. Everything is drawn within a country, so that names, streets and postal codes match."""

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
    """The countries in `countries.csv`, each with names, streets, cities, postal codes and telephone numbers.

    A country is given by its row number in `countries.csv`, a city by its row number in `cities.csv`. First and last names are grouped by
    country and gender, as `country * 2 + man`.

    countries : a list to draw countries from
    first_names, last_names, streets : words within a group
    cities, regions, currencies, languages : types of columns
    city, region : by city, its code; currency, language : by country, its code
    tax : by country, the VAT or sales tax in 1/10,000
    phones, postal_codes : patterns by country, and by city
    most : by country, the usual highest house number
    number_first : by country, whether the house number precedes the street
    street_marks, street_mark : the type of texts that precede a street, such as "ul. ", and by country its code
    """

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
        self.number_first = np.array([pattern.startswith("{number}") for pattern in address])
        self.street_marks, self.street_mark = distinct([pattern.partition("{street}")[0].replace("{number} ", "") for pattern in address])

        def group(name: str, kind: str | None = None) -> Array:
            country = np.array([codes.index(code) for code in column(name, "code").to_pylist()])
            if kind is None:
                return country
            words = column(name, kind).to_pylist()
            return country * 2 + np.array([word.endswith("male") and not word.endswith("female") for word in words])

        kinds = np.array(names["kind"].to_pylist())
        people = group("names", "kind")

        def grouped_names(last: bool) -> Grouped:
            chosen = np.flatnonzero(np.char.startswith(kinds, "last") == last)
            chosen = chosen[np.argsort(people[chosen], kind="stable")]
            rows = names.take(pa.array(chosen))
            return Grouped(
                "last names" if last else "first names", rows["name"].combine_chunks(), people[chosen], rows["weight"].to_numpy()
            )

        self.first_names, self.last_names = grouped_names(last=False), grouped_names(last=True)
        self.streets = Grouped(
            "streets", column("streets_world", "street"), group("streets_world"), column("streets_world", "weight").to_numpy()
        )
        country = group("cities")
        # cities are identified by their row, since two countries may have a London
        self._city = Grouped("cities", [str(row) for row in range(len(country))], country, column("cities", "weight").to_numpy())
        self.cities, self.city = distinct(column("cities", "city"))
        self.regions, self.region = distinct(column("cities", "region"))
        self.postal_codes = Patterns("postal codes", cities["postal"].to_pylist())

    def place(self, draw: Draw, country: Array) -> Array:
        """A city in each row's country, drawn in proportion to population: row numbers, int64."""
        return self._city.pick(draw, country)


@cache
def world() -> World:
    """Ten countries, read once."""
    return World()
