"""The word lists, and what is drawn from them."""

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from colgen.draws.draw import Draw, key
from colgen.models.erp.egypt import Egypt, egypt, phrases, phrases_arabic
from colgen.values.text.mailbox import mailbox
from colgen.values.types import Categorical
from colgen.values.word_list import Grouped, WordList
from colgen.vocabulary import readers, united_states
from colgen.vocabulary.patterns import Patterns
from colgen.vocabulary.world import world

N = 50_000
KEY = key(7, "vocabulary")
FILES = [
    "attributes",
    "brands",
    "channels",
    "cities",
    "countries",
    "devices",
    "areas",
    "brands",
    "company_kinds",
    "company_words",
    "family_names",
    "first_names",
    "maintenance",
    "mobile_prefixes",
    "phrases",
    "products",
    "streets",
    "variants",
    "email_domains",
    "first_names",
    "last_names",
    "names",
    "pages",
    "places",
    "product_kinds",
    "review_closings",
    "review_details",
    "review_openings",
    "review_titles",
    "search_words",
    "series",
    "states",
    "streets",
    "streets_world",
    "subcategories",
]
EMPTY = {  # fields that may be empty: a visitor comes from nowhere, nothing stands before or after what is searched for
    "channels": {"referrer", "utm_source", "utm_medium", "utm_campaign"},
    "search_words": {"before", "after"},
}
BRACES = {"review_openings": {"kind"}, "countries": {"street", "number"}, "company_kinds": {"word"}}  # what a file's texts leave open
WEIGHTED = [("email_domains", "domain"), ("first_names", "name"), ("last_names", "name"), ("streets", "name")]
STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX "
    "UT VA VT WA WI WV WY"
)
law = settings(derandomize=True, deadline=None, max_examples=50)


def texts(name, field):
    return readers.column(name, field).to_pylist()


def fits(values, weights, at_least=20):
    """The p-value of codes against weights; rare words are put together, in order, until so many are expected."""
    expected = np.asarray(weights) / np.sum(weights) * len(values)
    bin_of = np.minimum((np.cumsum(expected) - expected / 2) // at_least, len(values) // at_least - 1).astype(int)
    _, bin_of = np.unique(bin_of, return_inverse=True)
    return stats.chisquare(np.bincount(bin_of, np.bincount(values, minlength=len(expected))), np.bincount(bin_of, expected)).pvalue


# The files


def test_every_file_is_tested_here():
    folder = vocabulary.Path(vocabulary.__file__).parent
    assert sorted(path.stem for path in folder.glob("*.csv")) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_file_loads_whole(name):
    table = readers.table(name)
    assert len(table) > 0
    assert all(column.null_count == 0 for column in table.columns)
    for field, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            assert pc.any(pc.equal(column, "")).as_py() == (field in EMPTY.get(name, ()))
            assert pc.all(pc.equal(pc.utf8_trim_whitespace(column), column)).as_py()


@pytest.mark.parametrize("name", FILES)
def test_no_row_comes_twice(name):
    rows = readers.table(name)
    said = list(zip(*[rows[column].to_pylist() for column in rows.column_names if column != "weight"], strict=True))
    if name == "search_words":  # the more often, the more people search for the thing alone
        said = [row for row in said if row[1:] != ("", "")]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", FILES)
def test_texts_need_no_escape_in_json(name):
    for column in readers.table(name).columns:
        for text in column.unique().to_pylist() if pa.types.is_string(column.type) else ():
            assert not set(text) & set('"\\\t\n\r')
            assert set(re.findall("{(.*?)}", text)) <= BRACES.get(name, set())
            assert not set(re.sub("{[a-z]+}", "", text)) & set("{}")


@pytest.mark.parametrize(
    "name",
    [name for name, _ in WEIGHTED]
    + ["places", "product_kinds", "channels", "cities", "countries", "devices", "names", "pages", "streets_world"],
)
def test_every_weight_is_above_0(name):
    assert min(texts(name, "popularity" if name == "product_kinds" else "weight")) > 0


@pytest.mark.parametrize(("name", "field"), WEIGHTED)
def test_words_have_no_duplicates(name, field):
    said = readers.words(name, field).type.words.to_pylist()
    assert len(set(said)) == len(said)
    assert set(said) == set(texts(name, field))


def test_a_name_of_either_gender_has_both_weights():
    names = readers.table("first_names")
    assert names.filter(pc.equal(names["name"], "Adrian"))["gender"].to_pylist() == ["F", "M"]
    names_drawn = readers.words("first_names", "name")
    weight = dict(zip(names_drawn.type.words.to_pylist(), names_drawn._weights.tolist(), strict=True))
    assert weight["Adrian"] == pc.sum(names.filter(pc.equal(names["name"], "Adrian"))["weight"]).as_py()
    assert sum(weight.values()) == pc.sum(names["weight"]).as_py()


def test_email_domains_are_reserved_ones_that_reach_nobody():
    assert all(f".{domain}".endswith((".example.com", ".example.net", ".example.org")) for domain in texts("email_domains", "domain"))


# States and places


def test_the_states_are_the_fifty_and_dc():
    assert " ".join(texts("states", "state")) == STATES
    assert len(texts("states", "state")) == 51


def test_every_state_has_a_region_and_a_believable_tax():
    assert set(texts("states", "region")) == {"Midwest", "Northeast", "South", "West"}
    assert all(0 <= tax < 0.1 for tax in texts("states", "sales_tax"))


def test_every_state_has_places_and_every_place_a_state():
    assert set(texts("places", "state")) == set(STATES.split())


def test_zip_codes_are_five_digits_and_distinct():
    codes = readers.column("places", "zip_code")
    assert pc.all(pc.match_substring_regex(codes, r"^\d{5}$")).as_py()
    assert len(codes.unique()) == len(codes)


def test_every_area_code_of_a_place_is_three_digits():
    assert pc.all(pc.match_substring_regex(readers.column("places", "area_codes"), r"^[2-9]\d\d(/[2-9]\d\d)*$")).as_py()


def test_a_place_is_one_row_of_the_file():
    places = united_states.united_states()
    drawn = Draw(KEY, 1, 500)(places.zip_codes)
    rows = readers.table("places").take(drawn)
    assert places.zip_codes.type.to_arrow(drawn).to_pylist() == rows["zip_code"].to_pylist()
    assert places.cities.to_arrow(places.city[drawn]).to_pylist() == rows["city"].to_pylist()
    assert places.states.to_arrow(places.state[drawn]).to_pylist() == rows["state"].to_pylist()


def test_states_of_places_are_numbered_as_in_their_file():
    assert united_states.united_states().states.words.to_pylist() == texts("states", "state")


def test_places_are_drawn_as_often_as_people_live_there():
    weights = readers.column("places", "weight").to_numpy()
    drawn = Draw(KEY, 1, N)(united_states.united_states().zip_codes)
    assert fits(drawn, weights) > 0.001
    states = united_states.united_states().state
    assert fits(states[drawn], np.bincount(states, weights)) > 0.001


def test_the_limit_fails_places_drawn_evenly():
    weights = readers.column("places", "weight").to_numpy()
    assert fits(Draw(KEY, 1, N).below(len(weights)), weights) < 1e-9


def test_an_area_code_is_one_in_use_at_the_place():
    places = united_states.united_states()
    drawn = Draw(KEY, 1, 2000)(places.zip_codes)
    codes = places.area_code(Draw(KEY, 1, 2000), drawn)
    in_use = readers.column("places", "area_codes").take(pa.array(drawn)).to_pylist()
    assert all(str(code) in of_place.split("/") for code, of_place in zip(codes.tolist(), in_use, strict=True))


def test_every_area_code_of_a_place_comes_up():
    at = texts("places", "area_codes").index("351/413/978")
    codes = united_states.united_states().area_code(Draw(KEY, 1, 3000), np.full(3000, at))
    counts = np.unique(codes, return_counts=True)
    assert counts[0].tolist() == [351, 413, 978]
    assert stats.chisquare(counts[1]).pvalue > 0.001


# Word lists


@pytest.mark.parametrize(("name", "field"), WEIGHTED)
def test_words_are_drawn_by_their_weights(name, field):
    words = readers.words(name, field)
    assert fits(Draw(KEY, 1, 4 * N)(words), words._weights) > 0.001


def test_words_without_weights_are_drawn_evenly():
    assert fits(Draw(KEY, 1, N)(WordList("letters", list("abcdefg"))), np.ones(7)) > 0.001


def test_a_list_is_read_once():
    assert readers.words("streets", "name") is readers.words("streets", "name")
    assert united_states.united_states() is places.places()


# Words in groups


groups_of_words = st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=5, unique=True), min_size=1, max_size=6)


@law
@given(groups_of_words, st.integers(0, 1 << 60))
def test_a_pick_is_a_word_of_the_group_and_any_word_of_it(listed, seed):
    """A word may stand in several groups, as a brand sells in several categories."""
    grouped = Grouped("letters", [word for words in listed for word in words], np.repeat(np.arange(len(listed)), [len(w) for w in listed]))
    for group, words in enumerate(listed):
        codes = grouped.pick(Draw(seed, 1, 200), np.full(200, group))
        assert set(grouped.type.to_arrow(codes).to_pylist()) == set(words)


def test_a_pick_is_equally_likely_within_its_group():
    grouped = Grouped("letters", list("abcdefg"), np.array([0, 0, 1, 1, 1, 1, 1]))
    assert fits(grouped.pick(Draw(KEY, 1, N), np.ones(N, int)) - 2, np.ones(5)) > 0.001


def test_groups_may_differ_by_row_and_a_row_alone_picks_what_it_picks_among_others():
    grouped, groups = Grouped("letters", list("abcdefg"), np.array([0, 0, 1, 1, 1, 2, 2])), np.arange(300) % 3
    whole = grouped.pick(Draw(KEY, 1, 300), groups)
    assert grouped.pick(Draw(KEY, 101, 7), groups[100:107]).tolist() == whole[100:107].tolist()
    assert set(zip(groups.tolist(), whole.tolist(), strict=True)) == {(0, 0), (0, 1), (1, 2), (1, 3), (1, 4), (2, 5), (2, 6)}


@pytest.mark.parametrize("name", ["attributes", "brands", "search_words", "series", "subcategories"])
def test_every_category_of_products_has_its_rows_in_the_same_order(name):
    kinds = list(dict.fromkeys(texts("product_kinds", "category")))
    of_words = texts(name, "category")
    assert list(dict.fromkeys(of_words)) == kinds
    assert of_words == sorted(of_words, key=kinds.index)  # words of a group stand together


@pytest.mark.parametrize("times", [1, 1 << 20], ids=["in a list", "in a sum to be searched"])
def test_a_pick_follows_the_weights_of_its_group(times):
    weights = np.array([1, 9, 5, 1, 3, 4, 4, 90]) * times
    groups = np.array([0, 0, 1, 1, 1, 2, 2, 2])
    grouped = Grouped("letters", list("abcdefgh"), groups, weights)
    for group in range(3):
        codes = grouped.pick(Draw(KEY, 1, N), np.full(N, group))
        assert fits(codes - np.argmax(groups == group), weights[groups == group]) > 0.001


def test_equal_weights_are_no_weights():
    listed, groups, row = list("abcdefg"), np.array([0, 0, 1, 1, 1, 2, 2]), np.arange(300) % 3
    even, none = Grouped("letters", listed, groups, np.ones(7)), Grouped("letters", listed, groups)
    assert even.pick(Draw(KEY, 1, 300), row).tolist() == none.pick(Draw(KEY, 1, 300), row).tolist()


def test_weights_in_a_list_and_in_a_sum_pick_alike(monkeypatch):
    arguments = "letters", list("abcdeab"), np.array([0, 0, 1, 1, 1, 2, 2]), np.array([3, 1, 1, 7, 2, 5, 5])
    row = np.arange(300) % 3
    listed = Grouped(*arguments).pick(Draw(KEY, 1, 300), row)
    monkeypatch.setattr(vocabulary, "_LISTED", 0)
    assert Grouped(*arguments).pick(Draw(KEY, 1, 300), row).tolist() == listed.tolist()


def test_a_word_of_no_weight_is_never_picked():
    grouped = Grouped("letters", list("abcd"), np.array([0, 0, 1, 1]), np.array([0, 1, 5, 0]))
    assert set(grouped.pick(Draw(KEY, 1, 500), np.arange(500) % 2).tolist()) == {1, 2}


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [0, 2, 2],
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 2],
    ],
)
def test_groups_are_numbered_in_order_from_0(groups):
    with pytest.raises(ValueError, match="letters: groups must be 0, 1, 2 … in ascending order"):
        Grouped("letters", ["a", "b", "c"][: len(groups)], np.array(groups, int))


# What is sold, searched for and said of it


def test_every_kind_of_product_has_a_subcategory():
    assert texts("subcategories", "kind") == texts("product_kinds", "kind")
    assert texts("subcategories", "category") == texts("product_kinds", "category")
    home = dict(zip(texts("subcategories", "subcategory"), texts("subcategories", "category"), strict=True))
    assert all(home[one["subcategory"]] == one["category"] for one in readers.table("subcategories").to_pylist())


def test_every_attribute_has_values_each_with_a_weight():
    for one in readers.table("attributes").to_pylist():
        values, weights = one["values"].split("|"), one["weights"].split("|")
        assert len(values) == len(set(values)) == len(weights) > 1
        assert all(values)
        assert all(int(weight) > 0 for weight in weights)
        assert re.fullmatch("[a-z_]+", one["key"])


def test_every_thing_is_searched_for_alone_now_and_then():
    rows = readers.table("search_words").to_pylist()
    assert {one["category"] for one in rows if not one["before"] and not one["after"]} == set(texts("product_kinds", "category"))
    assert all(one["before"] == one["before"].lower() and one["after"] == one["after"].lower() for one in rows)


@pytest.mark.parametrize("name", ["review_titles", "review_openings", "review_details", "review_closings"])
def test_reviews_have_texts_for_one_to_five_stars_in_order(name):
    ratings = texts(name, "rating")
    assert ratings == sorted(ratings)
    assert set(ratings) == {1, 2, 3, 4, 5}
    assert min(np.bincount(ratings)[1:]) >= 25


@pytest.mark.parametrize("name", ["review_openings", "review_details", "review_closings"])
def test_reviews_are_made_of_whole_sentences(name):
    for text in texts(name, "text"):
        assert re.fullmatch(r"[A-Z0-9].*[.!?]", text), text
        assert text.count("{kind}") <= 1


def test_some_openings_name_the_thing_whatever_the_stars():
    openings = readers.table("review_openings").to_pylist()
    assert {one["rating"] for one in openings if "{kind}" in one["text"]} == {1, 2, 3, 4, 5}


# How visitors come


def test_a_campaign_is_named_in_full_or_not_at_all():
    for one in readers.table("channels").to_pylist():
        named = [one[field] for field in ("utm_source", "utm_medium", "utm_campaign")]
        assert all(named) or not any(named)
        assert all(re.fullmatch("[a-z_]*", name) for name in named)
        assert re.fullmatch(r"(https|android-app)://[a-z0-9.]+/[a-z/]*|", one["referrer"])
        assert one["conversion"] > 0


def test_invented_sites_are_below_example_com():
    invented = [one["referrer"] for one in readers.table("channels").to_pylist() if one["channel"] in ("affiliate", "display")]
    assert invented
    assert all(site.endswith(".example.com/") for site in invented)


def test_devices_have_screens_and_systems_that_go_together():
    systems = {
        "desktop": {"ChromeOS", "Linux", "Ubuntu", "Windows", "macOS"},
        "mobile": {"Android", "iOS"},
        "tablet": {"Android", "Fire OS", "iPadOS"},
    }
    for one in readers.table("devices").to_pylist():
        assert one["os"] in systems[one["device"]]
        width, height = map(int, one["screen"].split("x"))
        assert (width > height) == (one["device"] == "desktop")
        assert one["browser"] != "Safari" or one["os"] in ("macOS", "iOS", "iPadOS")


def test_pages_are_paths():
    assert set(texts("pages", "kind")) == {"landing", "category", "cart", "info"}
    assert all(re.fullmatch("/([a-z0-9-]+(/[a-z0-9-]+)*)?", path) for path in texts("pages", "path"))
    assert "/" in texts("pages", "path")


# Countries

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


def drawn(kind, group, n=2000):
    """So many texts of one group."""
    found = getattr(world(), kind)
    if isinstance(found, Patterns):
        return found.sample(Draw(KEY, 1, n), np.full(n, group)).to_pylist()
    return found.type.to_arrow(found.pick(Draw(KEY, 1, n), np.full(n, group))).to_pylist()


def listed(name, **fields):
    """The rows of a file with these values."""
    return [one for one in every(name) if all(one[field] == value for field, value in fields.items())]


@cache
def every(name):
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
    of = {one["code"]: one for one in listed("countries")}
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
        assert listed("countries", code=code)[0]["address"] == address


@pytest.mark.parametrize("code", CODES)
def test_a_telephone_number_is_the_countrys(code):
    said = drawn("phones", CODES.index(code))
    patterns = listed("countries", code=code)[0]["phone"].split("|")
    assert all(re.fullmatch(COUNTRIES[code][0], number) for number in said)
    assert {re.sub(r"\d", "#", number) for number in said} == {re.sub(r"\d", "#", pattern) for pattern in patterns}
    assert all(8 <= sum(letter.isdigit() for letter in number) <= 15 for number in said)


def test_area_codes_of_the_states_and_canada_are_not_shared():
    def area_codes(code):
        return {pattern[3:6] for pattern in listed("countries", code=code)[0]["phone"].split("|")}

    assert not area_codes("US") & area_codes("CA")
    assert area_codes("US") <= {code for some in texts("places", "area_codes") for code in some.split("/")}


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
    cities = listed("cities", code=code)
    rows = world().place(Draw(KEY, 1, N), np.full(N, CODES.index(code)))
    assert fits(rows - texts("cities", "code").index(code), [one["weight"] for one in cities]) > 0.001
    assert len({one["city"] for one in cities}) == len(cities)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("man", "gender"), [(0, "female"), (1, "male")])
@pytest.mark.parametrize(("kind", "prefix"), [("first_names", ""), ("last_names", "last_")])
def test_names_are_the_countrys_and_the_genders_by_their_weights(code, man, gender, kind, prefix):
    weight = {one["name"]: one["weight"] for one in listed("names", code=code, kind=prefix + gender)}
    said = drawn(kind, CODES.index(code) * 2 + man, N)
    assert set(said) <= set(weight)
    place = {name: number for number, name in enumerate(weight)}
    assert fits([place[name] for name in said], list(weight.values())) > 0.001 / 40


@pytest.mark.parametrize("code", CODES)
def test_streets_are_the_countrys_by_their_weights(code):
    weight = {one["street"]: one["weight"] for one in listed("streets_world", code=code)}
    said = drawn("streets", CODES.index(code), N)
    place = {street: number for number, street in enumerate(weight)}
    assert fits([place[street] for street in said], list(weight.values())) > 0.001


@pytest.mark.parametrize("code", ["DE", "FR", "GB", "IT"])
def test_men_and_women_of_most_countries_share_their_last_names(code):
    men, women = ([one["name"] for one in listed("names", code=code, kind=f"last_{gender}")] for gender in ("male", "female"))
    assert men == women


def test_last_names_of_polish_women_and_men_differ_in_their_ends():
    men, women = ({one["name"] for one in listed("names", code="PL", kind=f"last_{gender}")} for gender in ("male", "female"))
    assert {name[:-1] + "i" for name in women if name.endswith("ska")} == {name for name in men if name.endswith("ski")} != set()
    assert not any(name.endswith(("ska", "cka")) for name in men)


def test_every_letter_of_a_name_leaves_something_in_a_mailbox():
    letters = sorted({letter for name in texts("names", "name") for letter in name if letter.isalpha()})
    assert all(mailbox(pa.array(letters)).to_pylist())


def test_the_world_is_read_once():
    assert world() is world()


# Patterns


def test_a_pattern_is_one_of_the_groups_each_as_often():
    patterns = Patterns("codes", ["A#|B##", "C", "D@|E@|F@|G@"])
    for group, first_ids in enumerate(["AB", "C", "DEFG"]):
        said = patterns.sample(Draw(KEY, 1, 8000), np.full(8000, group)).to_pylist()
        counts = np.unique([text[0] for text in said], return_counts=True)
        assert "".join(counts[0]) == first_ids
        assert len(first_ids) == 1 or stats.chisquare(counts[1]).pvalue > 0.001
    mixed = patterns.sample(Draw(KEY, 1, 300), np.arange(300) % 3).to_pylist()
    assert all(re.fullmatch(["A\\d|B\\d\\d", "C", "[D-G][A-Z]"][place % 3], text) for place, text in enumerate(mixed))


def test_a_pattern_may_serve_several_groups():
    patterns = Patterns("codes", ["A#", "A#", "B#"])
    said = patterns.sample(Draw(KEY, 1, 300), np.arange(300) % 3).to_pylist()
    assert {text[0] for text in said[0::3]} == {text[0] for text in said[1::3]} == {"A"}
    assert {text[0] for text in said[2::3]} == {"B"}


def test_the_pattern_and_what_is_filled_in_are_independent():
    said = Patterns("codes", ["A#|B#"]).sample(Draw(KEY, 1, 20_000), np.zeros(20_000, int)).to_pylist()
    counts = np.unique(said, return_counts=True)
    assert len(counts[0]) == 20
    assert np.abs(counts[1] / 20_000 - 1 / 20).max() < 0.05 / 20 + 5 * np.sqrt(1 / 20 / 20_000)


# Egypt

EGYPT = [name for name in FILES if name.startswith("egypt_")]
LATIN_AND_ARABIC = [  # each word of the one script has one of the other
    ("areas", "area", "area_arabic"),
    ("areas", "governorate", "governorate_arabic"),
    ("brands", "brand", "brand_arabic"),
    ("company_kinds", "pattern", "pattern_arabic"),
    ("company_words", "word", "word_arabic"),
    ("family_names", "latin", "arabic"),
    ("first_names", "latin", "arabic"),
    ("mobile_prefixes", "operator", "operator_arabic"),
    ("products", "name", "name_arabic"),
    ("streets", "street", "street_arabic"),
    ("variants", "variant", "variant_arabic"),
]
GOVERNORATES = (
    "Alexandria, Assiut, Aswan, Beheira, Beni Suef, Cairo, Dakahlia, Damietta, Fayoum, Gharbia, Giza, Ismailia, Kafr El-Sheikh, Luxor, "
    "Matrouh, Minya, Monufia, New Valley, North Sinai, Port Said, Qalyubia, Qena, Red Sea, Sharqia, Sohag, South Sinai, Suez"
)
POUNDS = {  # from the least to the most that an item of the category may cost
    "coffee": (20, 2000),
    "tea": (8, 1000),
    "syrup": (40, 800),
    "machine": (2000, 300_000),
    "spare part": (30, 20_000),
    "consumable": (20, 2000),
}
REASONS = ["cancel_reason", "discount_reason", "failure_reason", "refund_reason", "refund_rejection", "return_reason", "visit_kind"]
CODES_IN_BOTH = [
    ("areas", "area"),
    ("governorates", "governorate"),
    ("streets", "street"),
    ("company_words", "word"),
    ("company_patterns", "pattern"),
    ("products", "name"),
    ("brands", "brand"),
    ("variants", "variant"),
    ("operators", "operator"),
]


def words_of(words, codes):
    return (words if isinstance(words, Categorical) else words.type).to_arrow(np.asarray(codes)).to_pylist()


def egyptian(of, codes):
    """What codes are in Latin and in Arabic letters, as pairs."""
    return list(zip(words_of(getattr(egypt(), of), codes), words_of(getattr(egypt(), f"{of}_arabic"), codes), strict=True))


@pytest.mark.parametrize("name", EGYPT)
def test_a_text_is_in_the_script_that_its_column_says(name):
    for field in readers.table(name).column_names:
        for text in texts(name, field):
            if "arabic" in field:
                assert re.fullmatch("[\u0621-\u063a\u0641-\u064a0-9. ]+", text.replace("{word}", "")), text
                assert re.search("[\u0621-\u064a]", text), text
            else:
                assert str(text).isascii()
            assert "  " not in str(text)


@pytest.mark.parametrize(("name", "latin", "arabic"), LATIN_AND_ARABIC)
def test_each_word_of_a_script_has_one_of_the_other(name, latin, arabic):
    pairs = set(zip(texts(name, latin), texts(name, arabic), strict=True))
    assert len({one for one, _ in pairs}) == len({one for _, one in pairs}) == len(pairs)


@pytest.mark.parametrize("name", [name for name in EGYPT if "weight" in readers.table(name).column_names])
def test_every_weight_of_egypt_is_above_0(name):
    assert min(texts(name, "weight")) > 0


@pytest.mark.parametrize(("of", "field"), CODES_IN_BOTH)
def test_a_code_is_the_same_word_in_both_scripts(of, field):
    words = getattr(egypt(), f"{of}_arabic").words
    listed = [(one[field], one[f"{field}_arabic"]) for name in EGYPT for one in readers.table(name).to_pylist() if f"{field}_arabic" in one]
    assert set(egyptian(of, np.arange(len(words)))) <= set(listed)


def test_there_are_enough_names_of_men_and_women():
    names = readers.table("first_names").to_pylist()
    assert sum(one["gender"] == "male" for one in names) >= 120
    assert sum(one["gender"] == "female" for one in names) >= 100
    assert {one["gender"] for one in names} == {"male", "female"}
    assert {one["community"] for one in names} == {"muslim", "coptic", "any"}
    assert len({(one["latin"], one["gender"]) for one in names}) == len(names)
    assert sorted(names, key=lambda one: -one["weight"])[0]["latin"] == "Mohamed"
    assert sorted(names, key=lambda one: -one["weight"])[1]["latin"] == "Ahmed"


@pytest.mark.parametrize("community", [0, 1])
@pytest.mark.parametrize("man", [0, 1])
def test_first_names_are_of_the_community_and_the_gender(community, man):
    codes = egypt().first_names.pick(Draw(KEY, 1, N), np.full(N, community * 2 + man))
    groups = {"any", ["muslim", "coptic"][community]}
    rows = [
        one for one in readers.table("first_names").to_pylist() if one["gender"] == ["female", "male"][man] and one["community"] in groups
    ]
    pairs = list(
        zip(egypt().first_names.type.to_arrow(codes).to_pylist(), egypt().first_names_arabic.to_arrow(codes).to_pylist(), strict=True)
    )
    place = {(one["latin"], one["arabic"]): number for number, one in enumerate(rows)}
    assert fits([place[pair] for pair in pairs], [one["weight"] for one in rows]) > 0.001


@pytest.mark.parametrize("community", [0, 1])
def test_family_names_are_of_the_community(community):
    codes = egypt().family_names.pick(Draw(KEY, 1, N), np.full(N, community))
    groups = {"any", ["muslim", "coptic"][community]}
    rows = [one for one in readers.table("family_names").to_pylist() if one["community"] in groups]
    place = {(one["latin"], one["arabic"]): number for number, one in enumerate(rows)}
    pairs = zip(egypt().family_names.type.to_arrow(codes).to_pylist(), egypt().family_names_arabic.to_arrow(codes).to_pylist(), strict=True)
    assert fits([place[pair] for pair in pairs], [one["weight"] for one in rows]) > 0.001


def test_every_governorate_is_there_and_an_area_is_in_one_of_them():
    assert sorted(set(texts("areas", "governorate"))) == GOVERNORATES.split(", ")
    areas = texts("areas", "area")
    assert len(areas) == len(set(areas)) >= 140
    here = egypt()
    assert words_of(here.areas, np.arange(len(areas))) == areas
    assert words_of(here.governorates, here.governorate) == texts("areas", "governorate")
    assert words_of(here.regions, here.region) == texts("areas", "region")


def test_about_half_of_the_people_are_in_each_region():
    here = egypt()
    assert here.regions.words.to_pylist() == ["A", "B"]
    weights = np.bincount(here.region, readers.column("areas", "weight").to_numpy())
    assert 0.4 < weights[0] / weights.sum() < 0.6
    drawn = Draw(KEY, 1, N)(here.areas)
    assert fits(drawn, readers.column("areas", "weight").to_numpy()) > 0.001


def test_a_governorate_is_in_one_region():
    homes = set(zip(texts("areas", "governorate"), texts("areas", "region"), strict=True))
    assert len(homes) == 27


def test_mobile_prefixes_are_the_four_of_egypt():
    prefixes = egypt().mobile_prefixes
    assert prefixes.type.words.to_pylist() == ["10", "11", "12", "15"]
    assert prefixes._weights.tolist() == [40, 24, 24, 12]


@pytest.mark.parametrize("script", ["", "_arabic"])
def test_a_companys_name_is_its_pattern_with_a_word(script):
    here, patterns = egypt(), texts("company_kinds", f"pattern{script}")
    assert all(pattern.count("{word}") == 1 for pattern in patterns)
    before, after = (
        words_of(getattr(here, f"company_{side}s{script}"), getattr(here, f"company_{side}{script}")) for side in ("before", "after")
    )
    assert [f"{one}{{word}}{other}" for one, other in zip(before, after, strict=True)] == patterns
    assert all(not one or one.endswith(" ") for one in before)
    assert all(not other or other.startswith(" ") for other in after)


def test_every_kind_and_size_of_company_comes_up():
    here = egypt()
    assert words_of(here.company_kinds, here.company_kind) == texts("company_kinds", "kind")
    assert words_of(here.company_sizes, here.company_size) == texts("company_kinds", "size")
    assert set(here.company_kind) == set(range(len(here.company_kinds.type.words)))
    assert len(here.company_words.type.words) * len(here.company_patterns.type.words) > 5000


def test_there_are_enough_products_and_brands():
    here = egypt()
    assert len(here.products.words) >= 140
    assert min(np.bincount(here.product_category)) >= 15
    assert here.product_unit.min() == 0
    assert set(texts("brands", "category")) == set(POUNDS)
    assert all(texts("brands", "category").count(category) >= 6 for category in POUNDS)
    assert all(0.5 <= factor <= 1.5 for factor in texts("brands", "factor"))


def test_every_variant_is_in_its_file_and_used():
    used = [one.split(":") for variants in texts("products", "variants") for one in variants.split("|")]
    assert {name for name, _ in used} == set(texts("variants", "variant"))
    assert all(0 < float(factor) < 5 for _, factor in used)
    assert all(len(set(variants.split("|"))) == variants.count("|") + 1 > 1 for variants in texts("products", "variants"))


def test_items_differ_and_the_first_ones_are_an_assortment():
    here = egypt()
    rows = np.stack([here.item_product, here.item_brand, here.item_variant], axis=1)
    assert len(np.unique(rows, axis=0)) == len(rows) > 1000
    products = len(here.products.words)
    assert sorted(here.item_product[:products]) == list(range(products))
    assert set(here.item_category[:50]) == set(range(6))
    assert np.bincount(here.item_product[:1000]).max() <= 1000 // products + 1


def test_an_item_is_of_a_brand_of_its_category_and_costs_what_such_things_do():
    here = egypt()
    homes = dict(zip(texts("brands", "brand"), texts("brands", "category"), strict=True))
    categories = words_of(here.categories, here.item_category)
    assert [homes[brand] for brand in words_of(here.brands, here.item_brand)] == categories
    assert all(POUNDS[category][0] <= cost / 100 <= POUNDS[category][1] for category, cost in zip(categories, here.item_cost, strict=True))
    assert here.item_cost.dtype == np.int64


def test_an_items_cost_is_its_products_by_its_brands_and_its_variants_factor():
    here = egypt()
    product = readers.table("products").to_pylist()
    factor = texts("brands", "factor")
    variants = here.variants.words.to_pylist()
    for place in range(0, len(here.item_cost), 37):
        one = product[here.item_product[place]]
        of_variant = dict(text.split(":") for text in one["variants"].split("|"))[variants[here.item_variant[place]]]
        asked = one["cost"] * 100 * float(of_variant) * factor[here.item_brand[place]]
        assert abs(here.item_cost[place] - asked) <= 12.5 + 1e-6


@pytest.mark.parametrize("name", REASONS)
def test_a_list_of_reasons_has_five_to_ten_in_both_scripts(name):
    listed = [one for one in readers.table("phrases").to_pylist() if one["list"] == name]
    assert 5 <= len(listed) <= 10
    assert phrases(name).type.words.to_pylist() == [one["words"] for one in listed]
    assert phrases_arabic(name).words.to_pylist() == [one["words_arabic"] for one in listed]
    assert fits(Draw(KEY, 1, N)(phrases(name)), [one["weight"] for one in listed]) > 0.001


@pytest.mark.parametrize("name", ["driver", "technician"])
def test_drivers_and_technicians_have_names_in_both_scripts(name):
    assert len(phrases(name).type.words) == len(phrases_arabic(name).words) >= 12


@pytest.mark.parametrize(("kind", "price", "least"), [("parts", "part_price", 25), ("services", "service_price", 12)])
def test_parts_and_services_have_a_price_each(kind, price, least):
    here = egypt()
    names, prices = getattr(here, kind).type.words, getattr(here, price)
    assert len(names) == len(prices) == len(getattr(here, f"{kind}_arabic").words) >= least
    assert prices.dtype == np.int64
    assert 5000 <= prices.min() <= prices.max() <= 2_000_000
    rows = [one for one in readers.table("maintenance").to_pylist() if one["kind"] == kind[:-1]]
    assert names.to_pylist() == [one["name"] for one in rows]
    assert (prices == [one["price"] * 100 for one in rows]).all()


def test_egypt_is_read_once_and_twice_alike():
    assert egypt() is egypt()
    assert (Egypt().item_cost == egypt().item_cost).all()
