"""Degrees of latitude and longitude: near their city, and both near the same one."""

from __future__ import annotations

from typing import Any

import pytest

from colgen import Category, Decimal, Flag, Integer, Key, Latitude, Longitude, Money, Table, Vocabulary, vocabulary
from tests.support import model_of, refused, rows_of

CITIES = vocabulary.words("cities", "city")
WHERE = [
    (float(latitude), float(longitude))
    for latitude, longitude in zip(
        *(vocabulary.column("coordinates", field).to_pylist() for field in ("latitude", "longitude")), strict=True
    )
]
AROUND = 0.0801


def made(rows: int = 300, **columns: Any) -> list[dict[str, Any]]:
    things = type("Things", (Table,), {"rows": rows, "id": Key(), **columns})
    return rows_of(model_of(things), "things")


def is_near(row: dict[str, Any], latitude: float, longitude: float, around: float = AROUND) -> bool:
    return abs(float(row["lat"]) - latitude) < around and abs(float(row["lng"]) - longitude) < around


@pytest.mark.parametrize("of", ["city", "lat"])
def test_a_place_is_near_the_city_of_its_row(of: str) -> None:
    rows = made(city=Category(London=1, Warszawa=1, Toronto=1), lat=Latitude("city"), lng=Longitude(of))
    known = {"London": (51.5085, -0.1257), "Warszawa": (52.2298, 21.0118), "Toronto": (43.7064, -79.3986)}
    assert all(is_near(row, *known[row["city"]]) for row in rows)


def test_both_are_near_the_same_city_whichever_is_declared_first() -> None:
    for columns in ({"lat": Latitude(), "lng": Longitude("lat")}, {"lat": Latitude("lng"), "lng": Longitude()}):
        rows = made(**columns)
        assert all(any(is_near(row, *where) for where in WHERE) for row in rows)
        assert len({round(float(row["lat"])) for row in rows}) > 20


def test_a_missing_city_has_no_place() -> None:
    rows = made(city=Vocabulary(CITIES, nullable=0.3), lat=Latitude("city"), lng=Longitude("lat"))
    assert {row["city"] is None for row in rows} == {True, False}
    assert all((row["city"] is None) == (row["lat"] is None) == (row["lng"] is None) for row in rows)


def test_degrees_are_as_exact_as_their_type() -> None:
    rows = made(lat=Latitude(type=Decimal(4, 2)), lng=Longitude("lat", type=Decimal(10, 7)))
    assert {str(row["lat"])[::-1].index(".") for row in rows} == {2}
    assert {str(row["lng"])[::-1].index(".") for row in rows} == {7}
    assert all(any(is_near(row, *where, AROUND + 0.005) for where in WHERE) for row in rows)


def test_what_cannot_be_is_refused() -> None:
    with refused("value must be a whole number from -99999999 to 99999999".replace("99999999", "99,?999,?999")):
        Longitude(type=Decimal(8, 6))
    with refused(r"Latitude: its type is a Decimal, such as Decimal\(9, 6\), not integer"):
        Latitude(type=Integer)
    with refused("things.lat: where 'Atlantis' lies is not known"):
        made(city=Category(Atlantis=1), lat=Latitude("city"))
    with refused("things.lat: of='city' must name a column of cities"):
        made(city=Flag(0.5), lat=Latitude("city"))
    with refused("things.l(at|ng): of='l(at|ng)' must name a column that is not itself beside another one"):
        made(lat=Latitude("lng"), lng=Longitude("lat"))
    with refused("city"):
        made(lat=Latitude("city"))
    assert Latitude(type=Money).type is Money
