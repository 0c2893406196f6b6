"""Countries, with names, streets, cities and telephone numbers that belong together."""

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from colgen.draws.draw import Draw, key
from colgen.values.text.mailbox import mailbox
from colgen.vocabulary import readers
from colgen.vocabulary.patterns import Patterns
from colgen.vocabulary.world import world
from tests.draws.fit import fits
from tests.support import first_of

N = 50_000
KEY = key(7, "vocabulary")


def texts(name, field):
    return readers.column(name, field).to_pylist()


COUNTRIES = {  # telephone and postal code, as those who live there write them
    "BR": (r"\+55 [1-9]\d 9\d{4}-\d{4}", r"\d{5}-\d{3}"),
    "CA": (r"\+1 [2-9]\d\d-[2-9]\d\d-\d{4}", r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d"),
    "DE": (r"\+49 1[567]\d{1,2} \d{7,8}", r"(0[1-9]|[1-9]\d)\d{3}"),
    "ES": (r"\+34 [67]\d\d( \d\d){3}", r"(0[1-9]|[1-4]\d|5[0-2])\d{3}"),
    "FR": (r"\+33 [67]( \d\d){4}", r"(0[1-9]|[1-8]\d|9[0-8])\d{3}"),
    "GB": (r"\+44 7\d{3} \d{6}", r"[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}"),
    "IT": (r"\+39 3\d\d \d{3} \d{4}", r"\d{5}"),
    "NL": (r"\+31 6 [1-9]\d{7}", r"[1-9]\d{3} [A-Z]{2}"),
    "PL": (r"\+48 [5-8]\d\d \d{3} \d{3}", r"\d\d-\d{3}"),
    "US": (r"\+1 [2-9]\d\d-[2-9]\d\d-\d{4}", r"\d{5}"),
}
CODES = sorted(COUNTRIES)


def texts_of_group(kind, group, n=2000):
    """So many texts of one group."""
    found = getattr(world(), kind)
    if isinstance(found, Patterns):
        return found.sample(Draw(KEY, 1, n), np.full(n, group)).to_pylist()
    return found.type.to_arrow(found.pick(Draw(KEY, 1, n), np.full(n, group))).to_pylist()


def rows_with(name, **fields):
    """The rows of a file with these values."""
    return [one for one in rows_of_file(name) if all(one[field] == value for field, value in fields.items())]


@cache
def rows_of_file(name):
    """The rows of a file."""
    return readers.table(name).to_pylist()


@pytest.mark.parametrize("name", ["countries", "cities", "names", "streets_world"])
def test_every_country_has_its_rows_in_the_same_order(name):
    of_rows = texts(name, "code")
    assert list(dict.fromkeys(of_rows)) == CODES == world().codes
    assert of_rows == sorted(of_rows)


def test_countries_are_drawn_by_their_weights():
    assert fits(Draw(KEY, 1, N)(world().countries), texts("countries", "weight")) > 0.001


def test_a_country_has_its_currency_language_and_tax():
    of = {one["code"]: one for one in rows_with("countries")}
    for place, code in enumerate(world().codes):
        assert world().currencies.words[world().currency[place]].as_py() == of[code]["currency"]
        assert world().languages.words[world().language[place]].as_py() == of[code]["language"]
        assert world().tax[place] == round(of[code]["tax"] * 10_000)
        assert world().most[place] == of[code]["most"] > 0
    assert of["DE"]["currency"] == of["FR"]["currency"] == "EUR"
    assert (of["GB"]["currency"], of["US"]["currency"], of["BR"]["language"]) == ("GBP", "USD", "pt")
    assert all(0 < one["tax"] < 0.3 for one in of.values())


def test_a_house_number_stands_where_the_country_puts_it():
    for place, code in enumerate(world().codes):
        mark = world().street_marks.words[world().street_mark[place]].as_py()
        address = mark + "{street}"
        address = "{number} " + address if world().number_first[place] else address + " {number}"
        assert rows_with("countries", code=code)[0]["address"] == address


@pytest.mark.parametrize("code", CODES)
def test_a_telephone_number_is_the_countrys(code):
    said = texts_of_group("phones", CODES.index(code))
    patterns = rows_with("countries", code=code)[0]["phone"].split("|")
    assert all(re.fullmatch(COUNTRIES[code][0], number) for number in said)
    assert {re.sub(r"\d", "#", number) for number in said} == {re.sub(r"\d", "#", pattern) for pattern in patterns}
    assert all(8 <= sum(letter.isdigit() for letter in number) <= 15 for number in said)


@pytest.mark.parametrize("code", CODES)
def test_a_city_is_the_countrys_and_its_postal_code_the_citys(code):
    rows = world().place(Draw(KEY, 1, 5000), np.full(5000, CODES.index(code)))
    cities = readers.table("cities").take(pa.array(rows)).to_pylist()
    assert {one["code"] for one in cities} == {code}
    assert world().cities.to_arrow(world().city[rows]).to_pylist() == [one["city"] for one in cities]
    assert world().regions.to_arrow(world().region[rows]).to_pylist() == [one["region"] for one in cities]
    for one, postal_code in zip(cities, world().postal_codes.sample(Draw(KEY, 1, 5000), rows).to_pylist(), strict=True):
        assert re.fullmatch(COUNTRIES[code][1], postal_code), postal_code
        expressions = one["postal"].replace("#", r"\d").replace("@", "[A-Z]")  # a bar is a bar
        assert re.fullmatch(expressions, postal_code), (one, postal_code)


@pytest.mark.parametrize("code", CODES)
def test_cities_are_drawn_as_often_as_people_live_there(code):
    cities = rows_with("cities", code=code)
    rows = world().place(Draw(KEY, 1, N), np.full(N, CODES.index(code)))
    assert fits(rows - texts("cities", "code").index(code), [one["weight"] for one in cities]) > 0.001
    assert len({one["city"] for one in cities}) == len(cities)


@pytest.mark.parametrize("code", first_of(CODES, quick=2))
@pytest.mark.parametrize(("man", "gender"), [(0, "female"), (1, "male")])
@pytest.mark.parametrize(("kind", "prefix"), [("first_names", ""), ("last_names", "last_")])
def test_names_are_the_countrys_and_the_genders_by_their_weights(code, man, gender, kind, prefix):
    weight = {one["name"]: one["weight"] for one in rows_with("names", code=code, kind=prefix + gender)}
    said = texts_of_group(kind, CODES.index(code) * 2 + man, N)
    assert set(said) <= set(weight)
    place = {name: number for number, name in enumerate(weight)}
    assert fits([place[name] for name in said], list(weight.values())) > 0.001 / 40


@pytest.mark.parametrize("code", first_of(CODES, quick=3))
def test_streets_are_the_countrys_by_their_weights(code):
    weight = {one["street"]: one["weight"] for one in rows_with("streets_world", code=code)}
    said = texts_of_group("streets", CODES.index(code), N)
    place = {street: number for number, street in enumerate(weight)}
    assert fits([place[street] for street in said], list(weight.values())) > 0.001


@pytest.mark.parametrize("code", ["DE", "FR", "GB", "IT"])
def test_men_and_women_of_most_countries_share_their_last_names(code):
    men, women = ([one["name"] for one in rows_with("names", code=code, kind=f"last_{gender}")] for gender in ("male", "female"))
    assert men == women


def test_last_names_of_polish_women_and_men_differ_in_their_ends():
    men, women = ({one["name"] for one in rows_with("names", code="PL", kind=f"last_{gender}")} for gender in ("male", "female"))
    assert {name[:-1] + "i" for name in women if name.endswith("ska")} == {name for name in men if name.endswith("ski")} != set()
    assert not any(name.endswith(("ska", "cka")) for name in men)


def test_every_letter_of_a_name_leaves_something_in_a_mailbox():
    letters = sorted({letter for name in texts("names", "name") for letter in name if letter.isalpha()})
    assert all(mailbox(pa.array(letters)).to_pylist())


def test_the_world_is_read_once():
    assert world() is world()


def test_area_codes_of_the_states_and_canada_are_not_shared():
    def area_codes(code):
        return {pattern[3:6] for pattern in rows_with("countries", code=code)[0]["phone"].split("|")}

    assert not area_codes("US") & area_codes("CA")
    assert area_codes("US") <= {code for some in texts("places", "area_codes") for code in some.split("/")}
