"""The United States by ZIP code."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import stats

from colgen.draws.draw import Draw, key
from colgen.vocabulary import readers, united_states
from tests.draws.fit import fits

N = 50_000
KEY = key(7, "vocabulary")
STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX "
    "UT VA VT WA WI WV WY"
)


def texts(name, field):
    return readers.column(name, field).to_pylist()


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
    places = united_states()
    drawn = Draw(KEY, 1, 500)(places.zip_codes)
    rows = readers.table("places").take(drawn)
    assert places.zip_codes.type.to_arrow(drawn).to_pylist() == rows["zip_code"].to_pylist()
    assert places.cities.to_arrow(places.city[drawn]).to_pylist() == rows["city"].to_pylist()
    assert places.states.to_arrow(places.state[drawn]).to_pylist() == rows["state"].to_pylist()


def test_states_of_places_are_numbered_as_in_their_file():
    assert united_states().states.words.to_pylist() == texts("states", "state")


def test_places_are_drawn_as_often_as_people_live_there():
    weights = readers.column("places", "weight").to_numpy()
    drawn = Draw(KEY, 1, N)(united_states().zip_codes)
    assert fits(drawn, weights) > 0.001
    states = united_states().state
    assert fits(states[drawn], np.bincount(states, weights)) > 0.001


def test_the_limit_fails_places_drawn_evenly():
    weights = readers.column("places", "weight").to_numpy()
    assert fits(Draw(KEY, 1, N).below(len(weights)), weights) < 1e-9


def test_an_area_code_is_one_in_use_at_the_place():
    places = united_states()
    drawn = Draw(KEY, 1, 2000)(places.zip_codes)
    codes = places.area_code(Draw(KEY, 1, 2000), drawn)
    in_use = readers.column("places", "area_codes").take(pa.array(drawn)).to_pylist()
    assert all(str(code) in of_place.split("/") for code, of_place in zip(codes.tolist(), in_use, strict=True))


def test_every_area_code_of_a_place_comes_up():
    at = texts("places", "area_codes").index("351/413/978")
    codes = united_states().area_code(Draw(KEY, 1, 3000), np.full(3000, at))
    counts = np.unique(codes, return_counts=True)
    assert counts[0].tolist() == [351, 413, 978]
    assert stats.chisquare(counts[1]).pvalue > 0.001
