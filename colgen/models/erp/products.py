"""What the distributor sells, and how its prices rise."""

import numpy as np

from colgen import (
    Boolean,
    Categorical,
    Date,
    Double,
    Draw,
    FanOut,
    Grouped,
    Integer,
    Key,
    Money,
    Ordinal,
    ParentKey,
    Rank,
    RankWithin,
    Stratum,
    Table,
    Text,
    Volume,
    column,
    either,
    exp,
    log,
)
from colgen.models.erp.people import EGYPT

CATEGORIES = EGYPT.categories.type.words.to_pylist()
COFFEE, TEA, SYRUP, MACHINE, PART, CONSUMABLE = range(6)
assert CATEGORIES == ["coffee", "tea", "syrup", "machine", "spare part", "consumable"]

_by_category = np.argsort(EGYPT.item_category, kind="stable")
ITEMS = np.bincount(EGYPT.item_category)  # of each category
FIRST_ITEM = np.cumsum(ITEMS) - ITEMS

COUNTS = 65  # of a product's stock: see `stock`
FEW = 8  # products, of which none would be a machine by its share

# Prices rise in steps: in each span of days once, on a day that differs from product to product.
SPAN, STEPS = 128, 60  # days, and how many steps there are: prices rise for some twenty years
RISEN = exp(0.08 * np.arange(STEPS + 1))  # by how much prices have risen after so many steps, on average
UNEVEN = 0.05  # how far products differ in it


class Products(Table):
    """A product: coffee, tea, syrup, a machine, or supplies for one."""

    rows = Volume("products")

    id = Key()
    rank = Rank()
    group = Stratum(EGYPT.categories, hidden=True)
    place = RankWithin("group")

    @column(Double, hidden=True)
    def familiar(place, volume):
        """How likely one that comes up is taken: best sellers less often than a Zipf would have it, most of all in a small assortment."""
        return place / (place + min(max(2_000 / volume["products"], 2), 12))

    @column(Integer, hidden=True)
    def category_code(group, rank, volume):
        """Its group's; of a few products, none of which would be a machine, one is."""
        few = volume["products"] < FEW
        return either((rank == 2) & few, MACHINE, group)

    @column(Integer, hidden=True)
    def item(draw, category_code, place):
        """The next one of its category in the assortment; which one is the most popular, chance decides."""
        start = Draw(draw.stream_key(), count=len(ITEMS)).below(ITEMS)
        return _by_category[FIRST_ITEM[category_code] + (place - 1 + start[category_code]) % ITEMS[category_code]]

    sku_prefix = column(Categorical(["COF", "TEA", "SYR", "MCH", "PRT", "CNS"]), hidden=True)(lambda category_code: category_code)
    sku = Text("{sku_prefix}-{id:06d}", unique=True)

    sort = column(EGYPT.products, hidden=True)(lambda item: EGYPT.item_product[item])
    brand = column(EGYPT.brands, doc="An invented brand that makes such products.")(lambda item: EGYPT.item_brand[item])
    variant = column(EGYPT.variants, hidden=True)(lambda item: EGYPT.item_variant[item])
    sort_arabic = column(EGYPT.products_arabic, hidden=True)(lambda item: EGYPT.item_product[item])
    brand_arabic = column(EGYPT.brands_arabic, hidden=True)(lambda item: EGYPT.item_brand[item])
    variant_arabic = column(EGYPT.variants_arabic, hidden=True)(lambda item: EGYPT.item_variant[item])
    name = Text("{brand} {sort} {variant}")
    name_arabic = Text("{sort_arabic} {brand_arabic} {variant_arabic}")
    category = column(EGYPT.categories.type, doc="Coffee, tea, syrup, machine, spare part or consumable.")(
        lambda category_code: category_code
    )
    unit = column(EGYPT.units.type, doc="The unit in which it is sold.")(lambda item: EGYPT.item_unit[item])
    cost = column(Money, doc="What the distributor pays for it.")(lambda item: EGYPT.item_cost[item])

    @column(Money)
    def price(draw, cost):
        """The cost plus 18 to 60 %, in whole pounds, on the first day; `price_changes` has the prices from later days on."""
        return (cost * draw.integers(118, 160) // 100 + 99) // 100 * 100

    is_machine = column(Boolean, hidden=True)(lambda category_code: category_code == MACHINE)
    base_stock = column(Integer, hidden=True)(lambda draw, is_machine: draw.integers(either(is_machine, 2, 30), either(is_machine, 8, 300)))
    demand = column(Integer, hidden=True)(lambda category_code, price: demand_class(category_code, price))
    secret = column(Integer, hidden=True)(lambda draw: draw.below(1 << 30))  # when and by how much its price rises
    steps = column(Integer, hidden=True)(lambda id: np.full(len(id), STEPS))
    counts = column(Integer, hidden=True)(lambda id: np.full(len(id), COUNTS))


def step_bits(secret, step, low):
    """Seven random bits for each product and step of its price."""
    return (secret * (2 * step + 1) >> low) & 127


def _rises_on(secret, step):
    """The day of a step, counted from the period's first."""
    return (step - 1) * SPAN + 1 + np.minimum(step_bits(secret, step, 20), SPAN - 2)


def price_after(first_price, secret, step):
    """The price after so many steps, in whole pounds from 20 pounds on, in quarters below."""
    rise = RISEN[step] * (1 + (step_bits(secret, step, 9) - 63.5) * (UNEVEN / 128) * (step > 0))
    coarse = either(first_price < 20_00, 25, 100)
    return np.maximum((first_price * rise / coarse + 0.5).astype(np.int64), 1) * coarse


def price_on(first_price, secret, day):
    """The price that is valid on a day, counted from the period's first."""
    step = day // SPAN + 1
    step -= _rises_on(secret, step) > day
    return price_after(first_price, secret, np.minimum(step, STEPS))


class PriceChanges(Table, keep="there"):
    """A new price of a product, valid from a day after the period's first until the next one."""

    rows = FanOut(Products, "steps")

    id = Key()
    product_id = ParentKey(Products)
    step = Ordinal(hidden=True)

    @column(Date)
    def valid_from(step, period, secret=Products.secret):
        """The first day on which it is asked."""
        return period.start + _rises_on(secret, step)

    @column(Money)
    def price(step, first=Products.price, secret=Products.secret):
        """3 to 14 % more than before."""
        return price_after(first, secret, step)

    there = column(Boolean, hidden=True)(lambda valid_from, period: valid_from <= period.end)


# How many units of a product are ordered: by what it is, and the less the dearer it is.

PACKS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24])
FAVOURITE = np.array([1.0, 1.2, 0.9, 0.9, 0.7, 1.6, 0.6, 1.2, 1.6, 0.5, 1.1, 0.6])  # packs of 6, 10, 12 and 20
PRICE_BANDS = np.array([60, 120, 240, 480, 960, 1920]) * 100
USUAL = np.array([5.5, 3.7, 2.6, 1.6, 1.1, 0.8, 0.7])  # units, by price band
BY_SIZE = np.array([0.75, 1.1, 1.7])  # what a small, medium or large company orders of it
SINGLE_MACHINE, FEW_PARTS = len(USUAL), len(USUAL) + 1  # the classes of demand after the price bands


def demand_class(category, price):
    """By which of the classes of demand a product is ordered."""
    band = np.searchsorted(PRICE_BANDS, price, side="right")
    return either(category == MACHINE, SINGLE_MACHINE, either(category == PART, FEW_PARTS, band))


def _weights(usual):
    """How often each of the packs is ordered by those who usually order so many units: whole numbers."""
    away = log(PACKS / usual) / 0.75
    return np.rint(1000 * FAVOURITE * np.gradient(log(PACKS)) * exp(-away * away / 2)).astype(np.int64)


def _quantities():
    """The packs that are ordered, grouped by class of demand and size of the company: `class * 3 + size`."""
    usual = [_weights(units * size) for units in USUAL for size in BY_SIZE]
    few = [np.resize(weights + (0,) * len(PACKS), len(PACKS)) for weights in ((94, 5, 1), (60, 28, 12)) for _ in BY_SIZE]
    weights = np.array(usual + few)
    groups = np.repeat(np.arange(len(weights)), len(PACKS))
    return Grouped("units of an item", [str(pack) for pack in PACKS] * len(weights), groups, weights.reshape(-1))


QUANTITIES = _quantities()
