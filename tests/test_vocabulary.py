"""The word lists, and what is drawn from them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from colgen import vocabulary
from colgen.draw import Draw, key
from colgen.vocabulary import Grouped, WordList

N = 50_000
KEY = key(7, "vocabulary")
FILES = ["brands", "email_domains", "first_names", "last_names", "places", "product_kinds", "series", "states", "streets"]
WEIGHTED = [("email_domains", "domain"), ("first_names", "name"), ("last_names", "name"), ("streets", "name")]
STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX "
    "UT VA VT WA WI WV WY"
)
law = settings(derandomize=True, deadline=None, max_examples=50)


def texts(name, field):
    return vocabulary.column(name, field).to_pylist()


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
    table = vocabulary.table(name)
    assert len(table) > 0
    assert all(column.null_count == 0 for column in table.columns)
    for column in table.columns:
        if pa.types.is_string(column.type):
            assert not pc.any(pc.equal(pc.utf8_trim_whitespace(column), "")).as_py()
            assert pc.all(pc.equal(pc.utf8_trim_whitespace(column), column)).as_py()


@pytest.mark.parametrize("name", FILES)
def test_no_row_comes_twice(name):
    rows = vocabulary.table(name)
    said = [rows[column].to_pylist() for column in rows.column_names if column != "weight"]
    assert len(set(zip(*said, strict=True))) == len(rows)


@pytest.mark.parametrize("name", [name for name, _ in WEIGHTED] + ["places", "product_kinds"])
def test_every_weight_is_above_0(name):
    assert min(texts(name, "popularity" if name == "product_kinds" else "weight")) > 0


@pytest.mark.parametrize(("name", "field"), WEIGHTED)
def test_words_have_no_duplicates(name, field):
    said = vocabulary.words(name, field).type.words.to_pylist()
    assert len(set(said)) == len(said)
    assert set(said) == set(texts(name, field))


def test_a_name_of_either_gender_has_both_weights():
    names = vocabulary.table("first_names")
    assert names.filter(pc.equal(names["name"], "Adrian"))["gender"].to_pylist() == ["F", "M"]
    names_drawn = vocabulary.words("first_names", "name")
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
    codes = vocabulary.column("places", "zip_code")
    assert pc.all(pc.match_substring_regex(codes, r"^\d{5}$")).as_py()
    assert len(codes.unique()) == len(codes)


def test_every_area_code_of_a_place_is_three_digits():
    assert pc.all(pc.match_substring_regex(vocabulary.column("places", "area_codes"), r"^[2-9]\d\d(/[2-9]\d\d)*$")).as_py()


def test_a_place_is_one_row_of_the_file():
    places = vocabulary.places()
    drawn = Draw(KEY, 1, 500)(places.zip_codes)
    rows = vocabulary.table("places").take(drawn)
    assert places.zip_codes.type.to_arrow(drawn).to_pylist() == rows["zip_code"].to_pylist()
    assert places.cities.to_arrow(places.city[drawn]).to_pylist() == rows["city"].to_pylist()
    assert places.states.to_arrow(places.state[drawn]).to_pylist() == rows["state"].to_pylist()


def test_states_of_places_are_numbered_as_in_their_file():
    assert vocabulary.places().states.words.to_pylist() == texts("states", "state")


def test_places_are_drawn_as_often_as_people_live_there():
    weights = vocabulary.column("places", "weight").to_numpy()
    drawn = Draw(KEY, 1, N)(vocabulary.places().zip_codes)
    assert fits(drawn, weights) > 0.001
    states = vocabulary.places().state
    assert fits(states[drawn], np.bincount(states, weights)) > 0.001


def test_the_limit_fails_places_drawn_evenly():
    weights = vocabulary.column("places", "weight").to_numpy()
    assert fits(Draw(KEY, 1, N).below(len(weights)), weights) < 1e-9


def test_an_area_code_is_one_in_use_at_the_place():
    places = vocabulary.places()
    drawn = Draw(KEY, 1, 2000)(places.zip_codes)
    codes = places.area_code(Draw(KEY, 1, 2000), drawn)
    in_use = vocabulary.column("places", "area_codes").take(pa.array(drawn)).to_pylist()
    assert all(str(code) in of_place.split("/") for code, of_place in zip(codes.tolist(), in_use, strict=True))


def test_every_area_code_of_a_place_comes_up():
    at = texts("places", "area_codes").index("351/413/978")
    codes = vocabulary.places().area_code(Draw(KEY, 1, 3000), np.full(3000, at))
    counts = np.unique(codes, return_counts=True)
    assert counts[0].tolist() == [351, 413, 978]
    assert stats.chisquare(counts[1]).pvalue > 0.001


# Word lists


@pytest.mark.parametrize(("name", "field"), WEIGHTED)
def test_words_are_drawn_by_their_weights(name, field):
    words = vocabulary.words(name, field)
    assert fits(Draw(KEY, 1, 4 * N)(words), words._weights) > 0.001


def test_words_without_weights_are_drawn_evenly():
    assert fits(Draw(KEY, 1, N)(WordList("letters", list("abcdefg"))), np.ones(7)) > 0.001


def test_a_list_is_read_once():
    assert vocabulary.words("streets", "name") is vocabulary.words("streets", "name")
    assert vocabulary.places() is vocabulary.places()


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


@pytest.mark.parametrize("name", ["brands", "series"])
def test_every_category_of_products_has_its_brands_and_series_in_the_same_order(name):
    kinds = list(dict.fromkeys(texts("product_kinds", "category")))
    of_words = texts(name, "category")
    assert list(dict.fromkeys(of_words)) == kinds
    assert of_words == sorted(of_words, key=kinds.index)  # words of a group stand together
