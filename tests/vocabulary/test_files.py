"""The files of words: what ships, and what the models bring."""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from colgen.draws.draw import Draw, key
from colgen.models.ecommerce import lists as ecommerce
from colgen.models.erp import egypt
from colgen.vocabulary import readers, united_states
from tests.draws.fit import fits

N = 50_000
KEY = key(7, "vocabulary")
OWNERS = {"shipped": readers.SHIPPED, "ecommerce": ecommerce.LISTS, "erp": egypt.LISTS}
FILES = {
    "shipped": "brands cities coordinates countries country_codes currencies email_domains first_names ibans job_titles last_names mime_types names places "
    "product_kinds series states streets streets_world user_agents words",
    "ecommerce": "attributes categories channels clocks devices pages payments review_closings review_details review_openings review_titles search_words subcategories",
    "erp": "areas brands company_kinds company_words family_names first_names maintenance mobile_prefixes phrases products streets variants",
}
EMPTY = {  # fields that may be empty: a visitor comes from nowhere, nothing stands before or after what is searched for
    "channels": {"referrer", "utm_source", "utm_medium", "utm_campaign"},
    "search_words": {"before", "after"},
}
BRACES = {"review_openings": {"kind"}, "countries": {"street", "number"}, "company_kinds": {"word"}}  # what a file's texts leave open
WEIGHTED = [
    ("country_codes", "code"),
    ("currencies", "code"),
    ("email_domains", "domain"),
    ("mime_types", "type"),
    ("user_agents", "user_agent"),
    ("first_names", "name"),
    ("last_names", "name"),
    ("streets", "name"),
]


def texts(name, field):
    return readers.column(name, field).to_pylist()


each_file = pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, names in FILES.items() for name in names.split()])


@pytest.mark.parametrize("owner", FILES)
def test_every_file_is_tested_here(owner):
    assert sorted(path.stem for path in OWNERS[owner].folder.glob("*.csv")) == FILES[owner].split()


@each_file
def test_a_file_loads_whole(owner, name):
    table = OWNERS[owner].table(name)
    assert len(table) > 0
    assert all(column.null_count == 0 for column in table.columns)
    for field, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            assert pc.any(pc.equal(column, "")).as_py() == (field in EMPTY.get(name, ()))
            assert pc.all(pc.equal(pc.utf8_trim_whitespace(column), column)).as_py()


@each_file
def test_no_row_comes_twice(owner, name):
    rows = OWNERS[owner].table(name)
    said = list(zip(*[rows[column].to_pylist() for column in rows.column_names if column != "weight"], strict=True))
    if name == "search_words":  # the more often, the more people search for the thing alone
        said = [row for row in said if row[1:] != ("", "")]
    assert len(set(said)) == len(said)


@each_file
def test_texts_need_no_escape_in_json(owner, name):
    for column in OWNERS[owner].table(name).columns:
        for text in column.unique().to_pylist() if pa.types.is_string(column.type) else ():
            assert not set(text) & set('"\\\t\n\r')
            assert set(re.findall("{(.*?)}", text)) <= BRACES.get(name, set())
            assert not set(re.sub("{[a-z]+}", "", text)) & set("{}")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        *(("shipped", name) for name, _ in WEIGHTED),
        *(("shipped", name) for name in ("places", "product_kinds", "cities", "countries", "names", "streets_world")),
        *(("ecommerce", name) for name in ("channels", "devices", "pages")),
        *(("erp", name) for name in FILES["erp"].split() if "weight" in egypt.LISTS.table(name).column_names),
    ],
)
def test_every_weight_is_above_0(owner, name):
    assert min(OWNERS[owner].column(name, "popularity" if name == "product_kinds" else "weight").to_pylist()) > 0


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


@pytest.mark.parametrize(("name", "field"), WEIGHTED)
def test_words_are_drawn_by_their_weights(name, field):
    words = readers.words(name, field)
    assert fits(Draw(KEY, 1, 4 * N)(words), words._weights) > 0.001


def test_a_list_is_read_once():
    assert readers.words("streets", "name") is readers.words("streets", "name")
    assert united_states() is united_states()
