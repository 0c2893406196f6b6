"""Products. How often one is looked at follows from its rank; how often it is then bought from its price and its quality."""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Categorical,
    CreatedAt,
    Date,
    Decimal,
    Grouped,
    History,
    Integer,
    Integers,
    Json,
    Key,
    Money,
    Rank,
    Stratum,
    Table,
    Text,
    Volume,
    WordList,
    column,
    either,
    vocabulary,
)
from colgen.models.ecommerce.lists import LISTS
from colgen.vocabulary.goods import BRANDS, CATEGORIES, KIND_CATEGORY, KIND_COST, KIND_NAMES, KIND_WEIGHT, KINDS, SERIES

SUBCATEGORY = {kind: name for _, kind, name in zip(*LISTS.table("subcategories").to_pydict().values(), strict=True)}
SUBCATEGORIES, KIND_SUBCATEGORY = vocabulary.distinct([SUBCATEGORY[kind] for kind in KINDS["kind"].to_pylist()])
SHORT_KINDS = [kind.lower().partition(",")[0] for kind in KINDS["kind"].to_pylist()]  # as people say them
SKU_PREFIX = Categorical(
    ["".join(word[0] for word in (name.replace("&", "") + " Goods").split())[:3].upper() + str(i) for i, name in enumerate(CATEGORIES)]
)
KINDS_OF = Grouped("kinds", KIND_NAMES.type.words, KIND_CATEGORY, KINDS["popularity"].to_numpy())
CATEGORY_LIST = WordList("categories", CATEGORIES, np.bincount(KIND_CATEGORY, KINDS["popularity"].to_numpy()))
FACTS = LISTS.table("categories")
SHELVES = {**dict(zip(CATEGORIES, CATEGORY_LIST.weights.tolist(), strict=True)), "any": 0}
ANY_SHELF = len(CATEGORIES)  # it has no products: who wants one of it gets any
ENOUGH = 100  # products, so that some of each category are on sale on every day

MOST_ATTRIBUTES = 5
NEVER = 1 << 30

PRICE_STEPS = np.array([8, 15, 25, 40, 65, 110, 190, 330, 600]) * 100  # in cents: how dear a product is, from 0 to 9
RELATIVE_STEPS = np.array([20, 33, 50, 75, 110, 165, 250, 400, 650])  # the same in per cent of what is usual in the category
_costs = [np.sort(KIND_COST[np.equal(KIND_CATEGORY, category)]) for category in range(len(CATEGORIES))]
CATEGORY_PRICE = np.array([costs[len(costs) // 2] for costs in _costs])
CATEGORY_PRICE = CATEGORY_PRICE * 17 // 10  # the cost of the kind in the middle, and what is usual on top of it


def attributes(number):
    """The possible texts `"key": value` for the key with a given number of each category; empty for a category that has fewer keys.

    A comma follows unless it is the category's last key.
    """
    listed = LISTS.table("attributes").to_pylist()
    words, groups, weights = [], [], []
    for category, name in enumerate(CATEGORIES):
        keys = [key for key in listed if key["category"] == name]
        if number >= len(keys):
            texts, shares = [""], [1]
        else:
            key, comma = keys[number], ", " if number + 1 < len(keys) else ""
            texts = [
                f'"{key["key"]}": {value if value.isdigit() else chr(34) + value + chr(34)}{comma}' for value in key["values"].split("|")
            ]
            shares = [int(weight) for weight in key["weights"].split("|")]
        words, groups, weights = words + texts, groups + [category] * len(texts), weights + shares
    return Grouped(f"attributes {number}", words, np.array(groups), np.array(weights))


ATTRIBUTES = [attributes(number) for number in range(MOST_ATTRIBUTES)]


def attribute(keys):
    """A hidden column with a text `"key": value` of the product's category."""
    return column(keys.type, hidden=True)(lambda draw, category: keys.pick(draw, category))


class RawProducts(Table):
    """A product of the shop."""

    rows = Volume("products")

    product_id = Key()
    rank = Rank()
    shelf = Stratum(SHELVES, hidden=True)

    @column(Categorical(CATEGORIES))
    def category(shelf):
        """The department that sells it."""
        return shelf

    kind = column(KIND_NAMES.type, hidden=True)(lambda draw, category: KINDS_OF.pick(draw, category))
    sku_prefix = column(SKU_PREFIX, hidden=True)(lambda category: category)
    sku = Text("{sku_prefix}-{product_id:07d}", unique=True)
    series = column(SERIES.type, hidden=True)(lambda draw, category: SERIES.pick(draw, category))
    name = Text("{brand} {series} {kind}")

    @column(SUBCATEGORIES)
    def subcategory(kind):
        """A part of the category."""
        return KIND_SUBCATEGORY[kind]

    @column(BRANDS.type)
    def brand(draw, category):
        """A brand that makes products of the category."""
        return BRANDS.pick(draw, category)

    @column(Money)
    def price(draw, cost):
        """The cost plus 20 to 120 %, rounded to .49 or .99."""
        asked = cost * draw.integers(120, 220) // 100 + 50
        return asked // 50 * 50 + 49

    @column(Money)
    def cost(draw, kind):
        """The typical cost of its kind, give or take a third."""
        per_mille = draw.integers(333, 666) + draw.integers(333, 666)
        return KIND_COST[kind] * per_mille // 1000 + 1

    @column(Decimal(8, 3))
    def weight_kg(draw, kind):
        """The typical weight of its kind, give or take a tenth; nothing for a licence."""
        return KIND_WEIGHT[kind] * draw.integers(90, 110) // 100

    attribute_1, attribute_2, attribute_3, attribute_4, attribute_5 = map(attribute, ATTRIBUTES)
    attributes = Text("{{{attribute_1}{attribute_2}{attribute_3}{attribute_4}{attribute_5}}}", type=Json)

    launched_at = CreatedAt(History(years_before=4, share_before=0.9), hidden=True)

    @column(Date)
    def launch_date(launched_at):
        """Nine in ten before the period; in the order of ids."""
        return launched_at // DAY

    @column(Date, hidden=True)
    def withdrawn_on(draw, product_id, rank, launch_date, volume, period):
        """The first day on which it is not sold any more: slow movers go. The first product and the best seller stay."""
        goes = draw.chance(0.14 * (rank - 1) / volume["products"]) & (product_id > 1)
        day = launch_date + 1 + (draw.uniform() * (period.end + 1 - launch_date)).astype(np.int64)
        return either(goes & (day <= period.end), day, NEVER)

    @column(Date, nullable=True)
    def withdrawal_date(withdrawn_on):
        """The first day on which it is not sold any more; missing for what is."""
        return np.ma.array(withdrawn_on, mask=withdrawn_on == NEVER)

    @column(Boolean)
    def is_active(withdrawn_on):
        """Whether it is on sale at the end of the period; slow movers are withdrawn."""
        return withdrawn_on == NEVER

    quality = Integers(0, 9, hidden=True)  # how good its reviews are, how often it is bought and how seldom sent back
    dearness = column(Integer, hidden=True)(lambda price: np.searchsorted(PRICE_STEPS, price, side="right"))

    @column(Integer, hidden=True)
    def appeal(category, price, quality):
        """Its quality, and ten times how dear it is among the products of its category, from 0 to 9."""
        return 10 * np.searchsorted(RELATIVE_STEPS, price * 100 // CATEGORY_PRICE[category], side="right") + quality

    base_stock = Integers(4, 60, hidden=True)  # a measure of the stock that warehouses have at midnight
