"""Pages of the shop, and what people search for."""

import numpy as np
import pyarrow as pa

from colgen import WordList, vocabulary
from colgen.models.ecommerce.lists import LISTS, cells
from colgen.models.ecommerce.products import SHORT_KINDS
from colgen.vocabulary.goods import CATEGORIES, KIND_CATEGORY

SEARCH_WORDS = LISTS.table("search_words").to_pylist()
_searches = [
    " ".join(part for part in (words["before"], kind, words["after"]) if part)
    for kind, category in zip(SHORT_KINDS, KIND_CATEGORY, strict=True)
    for words in SEARCH_WORDS
    if words["category"] == CATEGORIES[category]
]
SEARCHES_PER_KIND = np.array([sum(words["category"] == CATEGORIES[category] for words in SEARCH_WORDS) for category in KIND_CATEGORY])
SEARCHES, SEARCH_CODE = vocabulary.distinct(_searches)
FIRST_SEARCH = np.cumsum(SEARCHES_PER_KIND) - SEARCHES_PER_KIND  # of each kind

PAGES = LISTS.table("pages").to_pylist()
LANDING_PAGES = WordList(
    "landing pages",
    [page["path"] for page in PAGES if page["kind"] == "landing"],
    np.array([page["weight"] for page in PAGES if page["kind"] == "landing"], float),
)
OTHER_PAGES = [page for page in PAGES if page["kind"] in ("category", "info")]
FIXED_PAGES = pa.array(
    ["/cart", "/checkout", "/checkout/complete", "/search"] + LANDING_PAGES.type.words.to_pylist() + [page["path"] for page in OTHER_PAGES]
)
FIRST_LANDING, FIRST_OTHER = 4, 4 + len(LANDING_PAGES.type.words)

_slugs = [name.lower().replace(" & ", "-").replace(" ", "-") for name in CATEGORIES]
_category = np.array([_slugs.index(page["path"].split("/")[2]) if page["kind"] == "category" else -1 for page in OTHER_PAGES])
_weight = np.array([page["weight"] for page in OTHER_PAGES], float)
_of_theme = np.where(_category == np.arange(len(CATEGORIES))[:, None], _weight, 0)
_of_theme *= _weight[_category >= 0].sum() / _of_theme.sum(axis=1, keepdims=True)
PAGE_OF_THEME = cells(_of_theme + np.where(_category < 0, _weight, 0))
"""The pages between products: those of the category that a visitor looks through, and those that inform."""
