"""Stock: every piece that is sold was delivered before.

A warehouse begins each stretch of a day with a product's base stock, is delivered what the stretch will sell at its begin, and ends it
with the base stock again. So the stock after each movement needs no look beyond the stretch, however long the period and wherever it is
made, and never falls below the base stock. What comes back is booked in the last second of a day, when all warehouses are at their base stock,
and goes on at once to the outlet, which sells it off.
"""

import numpy as np

from colgen import DAY, Branches, Categorical, FanOut, ForeignKey, Integer, Key, Ordinal, ParentKey, Table, Timestamp, column, either
from colgen.models.ecommerce.parties import RawProducts
from colgen.models.ecommerce.sales import RawOrderItems
from colgen.models.ecommerce.visits import Stretches

WAREHOUSES = Categorical(["Reno", "Louisville", "Rotterdam", "Birmingham", "Outlet"])
OUTLET = 4
SHARE = np.array([80, 100, 120, 60])  # of a product's base stock, per cent
MOVEMENTS = Categorical(["initial", "purchase", "sale", "return", "adjustment", "transfer_in", "transfer_out"])
INITIAL, PURCHASE, SALE, RETURN, ADJUSTMENT, TRANSFER_IN, TRANSFER_OUT = range(7)


def base_stock(of_product, warehouse):
    return of_product * SHARE[warehouse] // 100


class RawInventory(Table):
    """A movement of stock."""

    rows = Branches()

    movement_id = Key()


class InitialStock(RawInventory):
    """What a warehouse begins with."""

    rows = FanOut(RawProducts, 4)

    product_id = ParentKey(RawProducts)
    number = Ordinal(hidden=True)
    warehouse_id = column(WAREHOUSES, doc="One of four.")(lambda number: number - 1)
    movement_type = column(MOVEMENTS, doc="Why it moved.")(lambda number: np.full(len(number), INITIAL))
    quantity = column(Integer, doc="Pieces that come; less than nothing where they leave.")(
        lambda number, base=RawProducts.base_stock: base_stock(base, number - 1)
    )

    @column(Timestamp)
    def movement_ts(period, launched=RawProducts.launched_at):
        """The evening before the period, or of the day before the first sale."""
        return np.maximum(launched // DAY, period.start - 1) * DAY + DAY * 18 // 24

    @column(ForeignKey(RawOrderItems), nullable=True)
    def order_item_id(number):
        """The item that was sold; none here."""
        return np.ma.array(number, mask=True)

    stock_after = column(Integer, doc="Pieces of the product that the warehouse has after it.")(lambda quantity: quantity)


class Deliveries(RawInventory):
    """What an item takes was delivered when the stretch began."""

    rows = FanOut(RawOrderItems, 1)

    item = ParentKey(RawOrderItems, hidden=True)

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        return product

    warehouse_id = column(WAREHOUSES)(lambda warehouse=RawOrderItems.warehouse: warehouse)
    movement_type = column(MOVEMENTS)(lambda item: np.full(len(item), PURCHASE))
    quantity = column(Integer)(lambda quantity=RawOrderItems.quantity: quantity)
    movement_ts = column(Timestamp)(lambda begins=Stretches.begins: begins)
    order_item_id = column(ForeignKey(RawOrderItems), nullable=True)(lambda item: np.ma.array(item, mask=True))

    @column(Integer)
    def stock_after(warehouse_id, quantity, before=RawOrderItems.same_before, base=RawProducts.base_stock):
        return base_stock(base, warehouse_id) + before + quantity


class Sales(RawInventory):
    """An item leaves the warehouse when it is bought."""

    rows = FanOut(RawOrderItems, 1)

    item = ParentKey(RawOrderItems, hidden=True)

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        return product

    warehouse_id = column(WAREHOUSES)(lambda warehouse=RawOrderItems.warehouse: warehouse)
    movement_type = column(MOVEMENTS)(lambda item: np.full(len(item), SALE))
    quantity = column(Integer)(lambda quantity=RawOrderItems.quantity: -quantity)
    movement_ts = column(Timestamp)(lambda at=RawOrderItems.ordered_at: at)
    order_item_id = column(ForeignKey(RawOrderItems), nullable=True)(lambda item: item)

    @column(Integer)
    def stock_after(
        warehouse_id, quantity, before=RawOrderItems.same_before, everything=RawOrderItems.same_in_all, base=RawProducts.base_stock
    ):
        return base_stock(base, warehouse_id) + everything - before + quantity


class ReturnedGoods(RawInventory):
    """What comes back is booked, goes on to the outlet, and is sold off there: four movements at one moment."""

    rows = FanOut(RawOrderItems, "return_movements")

    item = ParentKey(RawOrderItems, hidden=True)
    number = Ordinal(hidden=True)

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        return product

    warehouse_id = column(WAREHOUSES)(lambda number, warehouse=RawOrderItems.warehouse: either(number <= 2, warehouse, OUTLET))
    movement_type = column(MOVEMENTS)(lambda number: np.array([RETURN, TRANSFER_OUT, TRANSFER_IN, ADJUSTMENT])[number - 1])
    quantity = column(Integer)(lambda number, quantity=RawOrderItems.quantity: either(number % 2 == 1, quantity, -quantity))

    @column(Timestamp)
    def movement_ts(item, day=RawOrderItems.back_on):
        """In the last second of the day."""
        return (day + 1) * DAY - 1_000_000 + item % 1_000_000

    @column(ForeignKey(RawOrderItems), nullable=True)
    def order_item_id(item, number):
        """The return's and what follows from it."""
        return np.ma.array(item, mask=number > 2)

    @column(Integer)
    def stock_after(number, warehouse_id, quantity, base=RawProducts.base_stock):
        held = base_stock(base, np.minimum(warehouse_id, OUTLET - 1)) * (warehouse_id < OUTLET)
        return held + either(number % 2 == 1, quantity, 0)
