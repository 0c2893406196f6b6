"""What is ordered: the items of orders, and discounts on them."""

import numpy as np

from colgen import (
    Boolean,
    Categorical,
    Codes,
    Decimal,
    FanOut,
    ForeignKey,
    Grouped,
    Integer,
    Key,
    Lookup,
    Money,
    Ordinal,
    ParentKey,
    Popularity,
    Table,
    Vocabulary,
    column,
    either,
)
from colgen.models.erp.companies import Size
from colgen.models.erp.egypt import phrases
from colgen.models.erp.labels import Label
from colgen.models.erp.orders import Orders, reduced
from colgen.models.erp.people import EGYPT, Users
from colgen.models.erp.products import CATEGORIES, COFFEE, MACHINE, PACKS, QUANTITIES, SINGLE_MACHINE, Products, price_on
from colgen.models.erp.requests import HIGHER, TENFOLD, TENTH, Requests, missing


class DiscountLevel(Codes):
    """What a discount applies to."""

    order: int
    item: int


# How many of ten thousand lines are coffee, tea, syrup, machines, spare parts and consumables, by the company's kind.
BASKETS = {
    "cafe": (5750, 300, 2700, 32, 300, 918),
    "restaurant": (5550, 700, 2250, 34, 290, 1176),
    "bakery": (5600, 600, 2350, 34, 290, 1126),
    "hotel": (5800, 900, 1850, 57, 390, 1003),
    "office": (5350, 1950, 1050, 25, 240, 1385),
    "hospital": (4900, 2300, 950, 26, 300, 1524),
    "school": (4700, 2200, 1250, 25, 260, 1565),
    "bank": (4050, 3000, 800, 39, 300, 1811),
    "factory": (3850, 3400, 650, 26, 320, 1754),
    "co-working": (5750, 950, 1850, 35, 300, 1115),
    "gym": (3900, 1350, 3150, 35, 280, 1285),
    "shop": (5850, 1450, 2050, 11, 80, 559),
}
_kinds = EGYPT.company_kinds.type.words.to_pylist()
WANTED = Grouped(
    "what a kind of company wants",
    CATEGORIES * len(_kinds),
    np.repeat(np.arange(len(_kinds)), len(CATEGORIES)),
    np.array([BASKETS[kind] for kind in _kinds]).reshape(-1),
)
LEAST_TIMES, MOST_TIMES = 3, 20  # the usual quantity, in a quantity spike
MOST_SPIKE = 6_500_00  # which makes a line dearer than this only if three times as much is


class OrderItems(Table, keep="there"):
    """A product in an order."""

    rows = FanOut(Orders, "lines")

    id = Key()
    order_id = ParentKey(Orders)
    line_number = Ordinal()
    there = Lookup(Orders.there, hidden=True)
    back = column(Integer, hidden=True)(
        lambda copy=Orders.copy, lines=Orders.lines: (copy - 1) * lines
    )  # the number of rows back to the same line of the original order; 0 in the original itself
    anomaly = Lookup(Orders.anomaly, hidden=True)
    is_target = column(Boolean, hidden=True)(lambda line_number, target=Requests.target: line_number == target)

    @column(Integer, hidden=True)
    def wanted(draw, line_number, is_target, label=Orders.label, kind=Requests.kind):
        """The category that is wanted, by the company's line of business. Nobody orders ten machines for one by a slip."""
        category = WANTED.pick(draw, kind)
        return either((category == MACHINE) & ((label == Label.quantity_spike) & is_target), COFFEE, category)

    drawn = ForeignKey(
        Products,
        popularity=Popularity(by="rank"),
        within={"group": "wanted"},
        likely=lambda familiar=Products.familiar: familiar,
        distinct=True,
        hidden=True,
    )

    @column(ForeignKey(Products))
    def product_id(draw, drawn, wanted, back, own=Requests.machine, size=Requests.size):
        """A category by what the company does, and a product of it by popularity; mostly the machine that it has; never one twice."""
        machine = either((wanted == MACHINE) & ((size == Size.small) | draw.chance(0.75)), own, drawn)
        return of_original(machine, back)

    demand = Lookup(Products.demand, via="product_id", hidden=True)

    @column(Integer, hidden=True)
    def clean_quantity(draw, demand, back, size=Requests.size):
        """By the price and the company's size; now and then three to eight times as much, for an event or a new branch."""
        usual = PACKS[QUANTITIES.pick(draw, demand * 3 + size)]
        event = np.flatnonzero(draw.chance(0.007) & (demand < SINGLE_MACHINE))
        usual[event] *= draw.anew(event).integers(3, 8)
        return of_original(usual, back)

    @column(Integer)
    def quantity(draw, clean_quantity, is_target, anomaly, list_price):
        """By the price, in packs of 6, 10, 12 and 20 where it is low; in a quantity spike, 3 to 20 times as much."""
        spike = np.flatnonzero((anomaly == Label.quantity_spike) & is_target)
        usual = clean_quantity[spike]
        most = np.clip(MOST_SPIKE // (usual * list_price[spike]), LEAST_TIMES, MOST_TIMES)
        quantity = clean_quantity.copy()
        quantity[spike] = usual * draw.anew(spike).integers(LEAST_TIMES, most)
        return quantity

    @column(Money, hidden=True)
    def list_price(product_id, period, day=Requests.day, first=Products.price.via("product_id"), secret=Products.secret.via("product_id")):
        """The price that is valid on the day of the order."""
        return price_on(first, secret, day - period.start)

    @column(Money)
    def unit_price(
        draw,
        list_price,
        clean_quantity,
        back,
        is_target,
        anomaly,
        period,
        day=Requests.day,
        slip=Requests.slip,
        first=Products.price.via("product_id"),
        secret=Products.secret.via("product_id"),
    ):
        """The price list's on that day; rarely a special price, or that of ten days before. In a price error, something else."""
        chance = draw.uniform()
        price = list_price.copy()
        old = np.flatnonzero(chance < 0.03)
        price[old] = price_on(first[old], secret[old], np.maximum(day[old] - period.start - OLD, 0))
        special = np.flatnonzero(chance > 0.994)
        price[special] = price[special] * draw.anew(special).integers(85, 95) // 100
        price = of_original(price, back)
        wrong = np.flatnonzero((anomaly == Label.price_error) & is_target)
        price[wrong] = wrong_price(draw.anew(wrong), slip[wrong], list_price[wrong], clean_quantity[wrong])
        return price

    @column(Money)
    def discount(quantity, unit_price, is_target, level=Orders.discount_level, percent=Orders.percent, in_pounds=Orders.in_pounds):
        """5 to 20 % off one of the items, if the order has such a discount."""
        return reduced(quantity * unit_price, percent, in_pounds) * ((level == 2) & is_target)

    installations = column(Integer, hidden=True)(
        lambda draw, demand, copy=Orders.copy: draw.chance(0.9) & (demand == SINGLE_MACHINE) & (copy == 1)
    )
    line_total = column(Money, doc="Quantity × price − discount.")(lambda quantity, unit_price, discount: quantity * unit_price - discount)


OLD = 10  # days ago, the price list that is used now and then
DEAR = 3_000_00


def wrong_price(draw, slip, price, quantity):
    """A price with a digit too many or too few, or that of something else: dear goods are never ten times as dear."""
    higher, lower = price * draw.integers(125, 180) // 100, price * draw.integers(55, 80) // 100
    tenfold = either(price * quantity < DEAR, price * 10, higher)
    kinds = [np.isin(slip, kind) for kind in (TENFOLD, TENTH, HIGHER)]
    return np.maximum(np.select(kinds, [tenfold, (price + 5) // 10, higher], lower), 1)


def of_original(values, back):
    """The values of each line; in an order that comes twice, those of the same line of the original."""
    return values[np.arange(len(values)) - back]


class Discounts(Table, keep="there"):
    """A discount on an order or an item, and who approved it."""

    rows = FanOut(Orders, "discounts")

    id = Key()
    order_id = ParentKey(Orders)

    @column(ForeignKey(OrderItems), nullable=True)
    def order_item_id(level=Orders.discount_level, target=Requests.target, first=Orders.first_item):
        """The item that it applies to; missing if it applies to the whole order."""
        return missing(first + target - 1, level != 2)

    level = column(DiscountLevel.type, doc="Whether it applies to the whole order or to one item.")(
        lambda level=Orders.discount_level: level - 1
    )
    kind = column(Categorical(["percentage", "amount"]), doc="How it was agreed.")(lambda in_pounds=Orders.in_pounds: in_pounds)

    @column(Decimal(5, 2), nullable=True)
    def percentage(percent=Orders.percent, in_pounds=Orders.in_pounds):
        """5 to 20; missing if an amount was agreed."""
        return missing(percent * 100, in_pounds)

    @column(Money)
    def amount(level=Orders.discount_level, order=Orders.discount, items=Orders.off_items):
        """The same as in the order or the item."""
        return either(level == 1, order, items)

    reason = Vocabulary(phrases("discount_reason"))
    approved_by = ForeignKey(Users, where={"approves": True})
    granted_at = Lookup(Orders.ordered_at)
    there = column(Boolean, hidden=True)(lambda amount, there=Orders.there: there & (amount > 0))
