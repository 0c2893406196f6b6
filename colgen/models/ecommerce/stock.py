"""Stock movements: every unit that is sold has been delivered before.

A warehouse starts each stretch of a day with a product's base stock. At the start, exactly what the stretch will sell is delivered, so it
ends with the base stock again. The stock after each movement can therefore be computed within the stretch, however long the period is, and
never falls below the base stock. Returned goods are booked in the last second of a day, when all warehouses are at their base stock, and
go straight to the outlet, which sells them off.
"""

from typing import Annotated

import numpy as np

from colgen import DAY, Branches, Codes, FanOut, ForeignKey, Integer, Key, Ordinal, ParentKey, Table, Timestamp, column, either
from colgen.models.ecommerce.items import RawOrderItems
from colgen.models.ecommerce.products import RawProducts
from colgen.models.ecommerce.stretches import Stretches


class Warehouse(Codes):
    reno: Annotated[int, "Reno"]
    louisville: Annotated[int, "Louisville"]
    rotterdam: Annotated[int, "Rotterdam"]
    birmingham: Annotated[int, "Birmingham"]
    outlet: Annotated[int, "Outlet"]


class Movement(Codes):
    initial: int
    purchase: int
    sale: int
    returned: Annotated[int, "return"]
    adjustment: int
    transfer_in: int
    transfer_out: int


RETURN_MOVEMENTS = np.array([Movement.returned, Movement.transfer_out, Movement.transfer_in, Movement.adjustment])
BASE_STOCK_PERCENT = np.array([80, 100, 120, 60])  # of a product's base stock, by warehouse


def base_stock(of_product, warehouse):
    """The base stock of a product in one of the four warehouses."""
    return of_product * BASE_STOCK_PERCENT[warehouse] // 100


class RawInventory(Table):
    """A movement of stock."""

    rows = Branches()

    movement_id = Key()


class InitialStock(RawInventory):
    """The stock of a product in a warehouse at the start."""

    rows = FanOut(RawProducts, 4)

    product_id = ParentKey(RawProducts)
    number = Ordinal(hidden=True)
    warehouse_id = column(Warehouse.type, doc="One of four warehouses, or the outlet.")(lambda number: number - 1)
    movement_type = column(Movement.type, doc="Why the stock moved.")(lambda number: np.full(len(number), Movement.initial))
    quantity = column(Integer, doc="Units; negative if they leave.")(
        lambda number, base=RawProducts.base_stock: base_stock(base, number - 1)
    )

    @column(Timestamp)
    def movement_ts(period, launched=RawProducts.launched_at):
        """The evening before the period, or before the first day on which the product can be sold."""
        return np.maximum(launched // DAY, period.start - 1) * DAY + DAY * 18 // 24

    @column(ForeignKey(RawOrderItems), nullable=True)
    def order_item_id(number):
        """The item that was sold or returned; missing for other movements."""
        return np.ma.array(number, mask=True)

    stock_after = column(Integer, doc="Units of the product in the warehouse afterwards.")(lambda quantity: quantity)


class Deliveries(RawInventory):
    """The delivery of what an item takes, at the start of the stretch."""

    rows = FanOut(RawOrderItems, 1)

    item = ParentKey(RawOrderItems, hidden=True)

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        return product

    warehouse_id = column(Warehouse.type)(lambda warehouse=RawOrderItems.warehouse: warehouse)
    movement_type = column(Movement.type)(lambda item: np.full(len(item), Movement.purchase))
    quantity = column(Integer)(lambda quantity=RawOrderItems.quantity: quantity)
    movement_ts = column(Timestamp)(lambda begins=Stretches.begins: begins)
    order_item_id = column(ForeignKey(RawOrderItems), nullable=True)(lambda item: np.ma.array(item, mask=True))

    @column(Integer)
    def stock_after(warehouse_id, quantity, before=RawOrderItems.same_before, base=RawProducts.base_stock):
        return base_stock(base, warehouse_id) + before + quantity


class Sales(RawInventory):
    """An item that leaves the warehouse when it is bought."""

    rows = FanOut(RawOrderItems, 1)

    item = ParentKey(RawOrderItems, hidden=True)

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        return product

    warehouse_id = column(Warehouse.type)(lambda warehouse=RawOrderItems.warehouse: warehouse)
    movement_type = column(Movement.type)(lambda item: np.full(len(item), Movement.sale))
    quantity = column(Integer)(lambda quantity=RawOrderItems.quantity: -quantity)
    movement_ts = column(Timestamp)(lambda at=RawOrderItems.ordered_at: at)
    order_item_id = column(ForeignKey(RawOrderItems), nullable=True)(lambda item: item)

    @column(Integer)
    def stock_after(
        warehouse_id, quantity, before=RawOrderItems.same_before, everything=RawOrderItems.same_in_all, base=RawProducts.base_stock
    ):
        return base_stock(base, warehouse_id) + everything - before + quantity


class ReturnedGoods(RawInventory):
    """An item that comes back, is moved to the outlet and is sold off there: four movements at the same time."""

    rows = FanOut(RawOrderItems, "return_movements")

    item = ParentKey(RawOrderItems, hidden=True)
    number = Ordinal(hidden=True)

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        return product

    warehouse_id = column(Warehouse.type)(
        lambda number, warehouse=RawOrderItems.warehouse: either(number <= 2, warehouse, Warehouse.outlet)
    )
    movement_type = column(Movement.type)(lambda number: RETURN_MOVEMENTS[number - 1])
    quantity = column(Integer)(lambda number, quantity=RawOrderItems.quantity: either(number % 2 == 1, quantity, -quantity))

    @column(Timestamp)
    def movement_ts(item, day=RawOrderItems.back_on):
        """In the last second of the day."""
        return (day + 1) * DAY - 1_000_000 + item % 1_000_000

    @column(ForeignKey(RawOrderItems), nullable=True)
    def order_item_id(item, number):
        """The returned item, for the movements in its warehouse."""
        return np.ma.array(item, mask=number > 2)

    @column(Integer)
    def stock_after(number, warehouse_id, quantity, base=RawProducts.base_stock):
        held = base_stock(base, np.minimum(warehouse_id, Warehouse.outlet - 1)) * (warehouse_id < Warehouse.outlet)
        return held + either(number % 2 == 1, quantity, 0)
