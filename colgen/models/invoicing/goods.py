"""What is sold: categories, products and their stock.

How well a product sells is its rank. What it is follows from that, for cheap things sell more often, and so does its stock.
"""

import numpy as np

from colgen import (
    DAY,
    Between,
    Boolean,
    Categorical,
    CreatedAt,
    Date,
    Decimal,
    FanOut,
    FixedValues,
    ForeignKey,
    History,
    Integer,
    Key,
    Lookup,
    Money,
    Ordinal,
    ParentKey,
    Popularity,
    Rank,
    Stratum,
    Table,
    Text,
    Timestamp,
    Volume,
    column,
    either,
    time_of_day,
)
from colgen.models.invoicing.parties import OFFICE, place_of
from colgen.vocabulary.goods import BRANDS, CATEGORIES, KIND_CATEGORY, KIND_COST, KIND_NAMES, KIND_WEIGHT, SERIES

POPULARITY = Popularity(top=0.2, share=0.8, by="rank")

# The kinds of each category, the cheapest first, each as often as it is popular.
_by_cost = np.lexsort((KIND_COST, KIND_CATEGORY))
KINDS = np.repeat(_by_cost, KIND_NAMES.weights.astype(np.int64)[_by_cost])
KINDS_OF_CATEGORY = np.bincount(KIND_CATEGORY[KINDS], minlength=len(CATEGORIES))
FIRST_KIND = np.cumsum(KINDS_OF_CATEGORY) - KINDS_OF_CATEGORY

PRICES = np.array([3_00, 6_00, 12_00, 25_00, 50_00, 100_00, 200_00, 400_00, 800_00])
"""Where one class of prices ends and the next begins."""
UNITS = np.array([16, 12, 9, 6, 4, 3, 2, 2, 1, 1])
"""About how many units of a product a line has, by the class of its price."""


class ProductCategories(Table):
    """A category of the catalogue, with the range of its markups on cost."""

    rows = len(CATEGORIES)

    id = Key()
    name = FixedValues(*CATEGORIES, unique=True)
    description = FixedValues(*(f"{name} for offices, workshops and shops" for name in CATEGORIES))
    sku_prefix = FixedValues("ELEC", "SOFT", "OFFC", "FURN", "NETW", "PRNT", "KTCH", "CLEN", "TOOL", "SAFE", "LGHT", "PACK", unique=True)
    markup_min = FixedValues(120, 160, 130, 140, 125, 130, 135, 130, 130, 135, 140, 125, type=Decimal(4, 2))
    markup_max = FixedValues(150, 220, 190, 200, 165, 180, 190, 185, 180, 190, 200, 170, type=Decimal(4, 2))
    active = FixedValues(*([True] * len(CATEGORIES)))


class Products(Table):
    """A product in the catalogue."""

    rows = Volume("products")

    id = Key()
    rank = Rank()  # 1 sells the most
    category_row = Stratum(dict(zip(CATEGORIES, KINDS_OF_CATEGORY.tolist(), strict=True)), hidden=True)

    @column(KIND_NAMES.type, hidden=True)
    def kind(draw, rank, category_row, volume):
        """One of the category; what sells well is more often one of the cheaper ones."""
        place = place_of(rank, volume["products"], draw, 0.6)
        return KINDS[FIRST_KIND[category_row] + (place * KINDS_OF_CATEGORY[category_row]).astype(np.int64)]

    @column(ForeignKey(ProductCategories))
    def product_category_id(category_row):
        """The category of its kind."""
        return category_row + 1

    sku_prefix = Lookup(ProductCategories.sku_prefix, hidden=True)
    sku = Text("{sku_prefix}-{id:06d}", unique=True)

    @column(BRANDS.type, hidden=True)
    def brand(draw, product_category_id):
        return BRANDS.pick(draw, product_category_id - 1)

    @column(SERIES.type, hidden=True)
    def series(draw, product_category_id):
        return SERIES.pick(draw, product_category_id - 1)

    name = Text("{brand} {series} {kind}")

    @column(Money)
    def cost(draw, kind):
        """The typical cost of its kind, give or take a third."""
        per_mille = draw.integers(333, 666) + draw.integers(333, 666)
        return KIND_COST[kind] * per_mille // 1000

    @column(Money)
    def price(draw, cost, low=ProductCategories.markup_min, high=ProductCategories.markup_max):
        """The cost times a markup from the category's range."""
        return (cost * draw.integers(low * 100, high * 100) + 5_000) // 10_000

    @column(Decimal(8, 3))
    def weight(draw, kind):
        """Kilograms: the typical weight of its kind, give or take a tenth."""
        return KIND_WEIGHT[kind] * draw.integers(90, 110) // 100

    created_at = CreatedAt(History(years_before=4, share_before=0.9), OFFICE)

    @column(Date, hidden=True)
    def discontinued_on(draw, id, rank, created_at, period, volume):
        """For a quarter, seldom best sellers, a day of the last two years; never for as many as the longest invoice has lines."""
        is_gone = (place_of(rank, volume["products"], draw, 0.5) > 0.75) & (id > volume["lines_max"])
        since = np.maximum(created_at // DAY + 1, period.end - 730)
        day = since + (draw.uniform() * np.maximum(period.end + 1 - since, 1)).astype(np.int64)
        return np.where(is_gone, np.minimum(day, period.end), period.end + 1)

    active = column(Boolean, doc="Whether it is still sold at the end of the period; three in four are.")(
        lambda discontinued_on, period: discontinued_on > period.end
    )
    price_class = column(Integer, hidden=True)(lambda price: sum((price >= least).view(np.int8) for least in PRICES))
    units_class = column(Integer, hidden=True)(lambda price_class: (len(PRICES) - price_class).astype(np.int16))

    @column(Integer, hidden=True)
    def monthly_sales(rank, price_class, period, volume):
        """About how many units are sold in 30 days, by its popularity and its price."""
        lines = volume["invoices"] * (volume["lines_min"] + volume["lines_max"]) / 2 / period.days * 30
        return (POPULARITY.share_of(rank, volume["products"]) * lines * UNITS.take(price_class)).astype(np.int64)


class Inventory(Table):
    """The stock of a product at one warehouse."""

    rows = FanOut(Products, Between(1, 3))

    id = Key()
    product_id = ParentKey(Products)
    number = Ordinal(hidden=True)

    @column(Categorical(["Atlanta", "Chicago", "Dallas", "Denver", "Newark", "Reno", "Seattle"]))
    def warehouse_location(number, product_id):
        """Different for each of a product's rows: they go round the warehouses from a start that depends on the product."""
        return (product_id * 5 + number * 3) % 7

    monthly_sales = Lookup(Products.monthly_sales, hidden=True)
    is_sold = Lookup(Products.active, hidden=True)

    @column(Integer)
    def reorder_point(draw, monthly_sales, is_sold):
        """What is sold in the ten to twenty days until a delivery comes, and a few units more; 0 for what is no longer sold."""
        needed = draw.integers(2, 6) + monthly_sales * draw.integers(10, 20) // 60  # a product lies at two places, on average
        return needed * is_sold

    @column(Integer)
    def reorder_quantity(draw, reorder_point):
        """Two to five times the reorder point."""
        return np.maximum(reorder_point, 1) * draw.integers(2, 5)

    @column(Integer)
    def quantity_on_hand(draw, reorder_point, reorder_quantity, is_sold):
        """From the reorder point up to one order above it; one in six has fallen below. A few units are left of what is no longer sold."""
        stocked = reorder_point + draw.below(reorder_quantity + 1)
        short = draw.below(either(is_sold, reorder_point, 6))
        low = draw.chance(1 / 6) | ~is_sold
        return stocked + (short - stocked) * low

    @column(Timestamp)
    def last_restocked_at(
        draw,
        period,
        reorder_point,
        reorder_quantity,
        quantity_on_hand,
        monthly_sales,
        since=Products.created_at,
        until=Products.discontinued_on,
    ):
        """As long ago as it takes to sell what has gone since; not before the product was created, nor after it was discontinued."""
        sold = np.maximum(reorder_point + reorder_quantity - quantity_on_hand, 0)
        ago = np.minimum(sold * 60 // np.maximum(monthly_sales, 6), 360) + draw.below(5)
        day = np.minimum(period.end, until) - ago
        return np.maximum(day * DAY + time_of_day(draw.uniform(), OFFICE), since)
