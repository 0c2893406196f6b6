"""How a visitor goes from category to category, and which products they take."""

import numpy as np

from colgen import exp
from colgen.models.ecommerce.lists import cells
from colgen.models.ecommerce.paths import outcome_weights
from colgen.models.ecommerce.products import CATEGORY_LIST, FACTS, PRICE_STEPS
from colgen.vocabulary.goods import CATEGORIES, KIND_CATEGORY, KIND_COST, KINDS

STAYS, RETURNS_TO_FIRST = 0.6, 0.25
NEAR = 5.0  # how much more often a neighbouring category follows
STAY = -1


def joint_shares():
    """How often one category follows another: symmetric, so that in the long run each has the share that it has at first."""
    share = CATEGORY_LIST.weights / CATEGORY_LIST.weights.sum()
    factor = np.ones((len(CATEGORIES), len(CATEGORIES)))
    for category, names in enumerate(FACTS["near"].to_pylist()):
        for name in names.split("|"):
            other = CATEGORIES.index(name)
            factor[category, other] = factor[other, category] = NEAR
    scale = share.copy()
    for _ in range(100):
        scale = np.sqrt(scale * share / np.cumsum(factor * scale, axis=1)[:, -1])
    return scale[:, None] * factor * scale / share[:, None]


def next_themes():
    """By the theme of a session: whether the next look stays in the category of the one before, and else in which it is."""
    first = np.eye(len(CATEGORIES))
    fresh = (1 - STAYS) * (RETURNS_TO_FIRST * first + (1 - RETURNS_TO_FIRST) * joint_shares())
    return cells(np.concatenate([fresh, np.full((len(CATEGORIES), 1), STAYS)], axis=1))


NEXT_THEME = next_themes()
NEXT_THEME[len(CATEGORIES) == NEXT_THEME] = STAY

# What visitors put into the cart depends on how dear it is, and on their taste: thrifty, usual or fond of what is dear.
TASTE_TAKES = np.array([0.06, 0.19, 0.36])  # of the products seen
TASTE_PRICED = np.array([-0.6, -0.27, 0.06])  # by how much less, for each step of the price
CATEGORY_PRICED = -0.16  # the same for the categories, whoever looks through them

_price = np.searchsorted(PRICE_STEPS, KIND_COST * 17 // 10)
_weight = KINDS["popularity"].to_numpy()
_category_price = np.bincount(KIND_CATEGORY, _weight * _price) / np.bincount(KIND_CATEGORY, _weight)
_taken = exp(CATEGORY_PRICED * _category_price)
_taken *= 1 / np.average(_taken, weights=CATEGORY_LIST.weights)
OUTCOME_OF = cells(np.array([outcome_weights(taken) for taken in np.outer(TASTE_TAKES, _taken).reshape(-1).tolist()]))
"""What is drawn for a look, by the visitor's taste and the category: `taste * categories + category`."""

# Which products are sent back depends on their category, and on how good they are.
RETURN_RATE = 0.072
LICENCE = 1 << 21  # more than the risks of a thousand items together
GOODS = np.where(FACTS["returns"].to_numpy() > 0, (1e4 * RETURN_RATE * FACTS["returns"].to_numpy() / 100).astype(np.int64), LICENCE).astype(
    np.int32
)
"""How likely goods of a category are sent back: of 10,000. `LICENCE` for software, of which nothing can be sent back."""

SENT_BACK = np.array([1.0, 0.85, 0.7, 0.57, 0.46, 0.37, 0.3, 0.24, 0.19, 0.16])  # by quality

LEAST_LIKED = 0.55  # how many products are liked: with fewer, it would take long to find one
TASTES = np.int16(len(TASTE_TAKES))
_dearness, _quality = np.divmod(np.arange(100), 10)
_liked = exp(TASTE_PRICED[:, None] * _dearness) * (0.45 + 0.06 * _quality)
_liked = np.minimum(_liked * (LEAST_LIKED / _liked.mean(axis=1, keepdims=True)), 1)
LIKED = np.concatenate([np.ones((1, 100)), _liked, _liked * SENT_BACK[_quality]]).reshape(-1)
"""How likely a product is kept as the one that a look is at, by 100 times what the visitor wishes and the appeal.

0 is for who takes none, 1 to 3 are the tastes, 4 to 6 the same for those who will send back what they buy.
"""
