"""Egypt's names, streets, companies and goods, in two scripts."""

import re

import numpy as np
import pytest

from colgen.draws.draw import Draw, key
from colgen.models.erp.egypt import LISTS, Egypt, egypt, phrases, phrases_arabic
from colgen.values.types import Categorical
from tests.draws.fit import fits

N = 50_000
KEY = key(7, "vocabulary")


def texts(name, field):
    return LISTS.column(name, field).to_pylist()


EGYPT = [
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
]
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
    for field in LISTS.table(name).column_names:
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


@pytest.mark.parametrize(("of", "field"), CODES_IN_BOTH)
def test_a_code_is_the_same_word_in_both_scripts(of, field):
    words = getattr(egypt(), f"{of}_arabic").words
    listed = [(one[field], one[f"{field}_arabic"]) for name in EGYPT for one in LISTS.table(name).to_pylist() if f"{field}_arabic" in one]
    assert set(egyptian(of, np.arange(len(words)))) <= set(listed)


def test_there_are_enough_names_of_men_and_women():
    names = LISTS.table("first_names").to_pylist()
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
        one for one in LISTS.table("first_names").to_pylist() if one["gender"] == ["female", "male"][man] and one["community"] in groups
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
    rows = [one for one in LISTS.table("family_names").to_pylist() if one["community"] in groups]
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
    weights = np.bincount(here.region, LISTS.column("areas", "weight").to_numpy())
    assert 0.4 < weights[0] / weights.sum() < 0.6
    drawn = Draw(KEY, 1, N)(here.areas)
    assert fits(drawn, LISTS.column("areas", "weight").to_numpy()) > 0.001


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


@pytest.mark.parametrize("size", range(3))
def test_a_companys_name_fits_its_size(size):
    drawn = egypt().company_pattern(Draw(KEY, 1, N), np.full(N, size))
    rows = [row for row, word in enumerate(texts("company_kinds", "size")) if word == ["small", "medium", "large"][size]]
    weights = LISTS.column("company_kinds", "weight").to_numpy()[rows]
    assert fits([rows.index(row) for row in drawn], weights) > 0.001


def test_each_area_has_its_stretch_of_the_region():
    here = egypt()
    for region in (0, 1):
        mine = here.region == region
        assert here.stretch[mine].sum() == pytest.approx(1)
        assert np.allclose(np.cumsum(here.stretch[mine]) - here.stretch[mine], here.stretch_start[mine])


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
    product = LISTS.table("products").to_pylist()
    factor = texts("brands", "factor")
    variants = here.variants.words.to_pylist()
    for place in range(0, len(here.item_cost), 37):
        one = product[here.item_product[place]]
        of_variant = dict(text.split(":") for text in one["variants"].split("|"))[variants[here.item_variant[place]]]
        asked = one["cost"] * 100 * float(of_variant) * factor[here.item_brand[place]]
        assert abs(here.item_cost[place] - asked) <= 12.5 + 1e-6


@pytest.mark.parametrize("name", REASONS)
def test_a_list_of_reasons_has_five_to_ten_in_both_scripts(name):
    listed = [one for one in LISTS.table("phrases").to_pylist() if one["list"] == name]
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
    rows = [one for one in LISTS.table("maintenance").to_pylist() if one["kind"] == kind[:-1]]
    assert names.to_pylist() == [one["name"] for one in rows]
    assert (prices == [one["price"] * 100 for one in rows]).all()


def test_egypt_is_read_once_and_twice_alike():
    assert egypt() is egypt()
    assert (Egypt().item_cost == egypt().item_cost).all()
