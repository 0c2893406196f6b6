"""The shop's own words: subcategories, attributes, searches, reviews, channels, devices and pages."""

import re

import numpy as np
import pytest

from colgen.models.ecommerce.lists import LISTS
from colgen.vocabulary import SHIPPED


def texts(name, field):
    """A column of one of the shop's files, or of one that ships with colgen."""
    return (LISTS if (LISTS.folder / f"{name}.csv").is_file() else SHIPPED).column(name, field).to_pylist()


@pytest.mark.parametrize("name", ["attributes", "brands", "search_words", "series", "subcategories"])
def test_every_category_of_products_has_its_rows_in_the_same_order(name):
    kinds = list(dict.fromkeys(texts("product_kinds", "category")))
    of_words = texts(name, "category")
    assert list(dict.fromkeys(of_words)) == kinds
    assert of_words == sorted(of_words, key=kinds.index)  # words of a group stand together


def test_every_kind_of_product_has_a_subcategory():
    assert texts("subcategories", "kind") == texts("product_kinds", "kind")
    assert texts("subcategories", "category") == texts("product_kinds", "category")
    home = dict(zip(texts("subcategories", "subcategory"), texts("subcategories", "category"), strict=True))
    assert all(home[one["subcategory"]] == one["category"] for one in LISTS.table("subcategories").to_pylist())


def test_every_attribute_has_values_each_with_a_weight():
    for one in LISTS.table("attributes").to_pylist():
        values, weights = one["values"].split("|"), one["weights"].split("|")
        assert len(values) == len(set(values)) == len(weights) > 1
        assert all(values)
        assert all(int(weight) > 0 for weight in weights)
        assert re.fullmatch("[a-z_]+", one["key"])


def test_every_thing_is_searched_for_alone_now_and_then():
    rows = LISTS.table("search_words").to_pylist()
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
    openings = LISTS.table("review_openings").to_pylist()
    assert {one["rating"] for one in openings if "{kind}" in one["text"]} == {1, 2, 3, 4, 5}


def test_a_campaign_is_named_in_full_or_not_at_all():
    for one in LISTS.table("channels").to_pylist():
        named = [one[field] for field in ("utm_source", "utm_medium", "utm_campaign")]
        assert all(named) or not any(named)
        assert all(re.fullmatch("[a-z_]*", name) for name in named)
        assert re.fullmatch(r"(https|android-app)://[a-z0-9.]+/[a-z/]*|", one["referrer"])
        assert one["conversion"] > 0


def test_invented_sites_are_below_example_com():
    invented = [one["referrer"] for one in LISTS.table("channels").to_pylist() if one["channel"] in ("affiliate", "display")]
    assert invented
    assert all(site.endswith(".example.com/") for site in invented)


def test_devices_have_screens_and_systems_that_go_together():
    systems = {
        "desktop": {"ChromeOS", "Linux", "Ubuntu", "Windows", "macOS"},
        "mobile": {"Android", "iOS"},
        "tablet": {"Android", "Fire OS", "iPadOS"},
    }
    for one in LISTS.table("devices").to_pylist():
        assert one["os"] in systems[one["device"]]
        width, height = map(int, one["screen"].split("x"))
        assert (width > height) == (one["device"] == "desktop")
        assert one["browser"] != "Safari" or one["os"] in ("macOS", "iOS", "iPadOS")


def test_pages_are_paths():
    assert set(texts("pages", "kind")) == {"landing", "category", "cart", "info"}
    assert all(re.fullmatch("/([a-z0-9-]+(/[a-z0-9-]+)*)?", path) for path in texts("pages", "path"))
    assert "/" in texts("pages", "path")
