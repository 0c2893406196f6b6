"""A model's file as a user has one. It counts how often an expensive column is made, in a file beside it, and whoever runs it makes small parts."""

from __future__ import annotations

from pathlib import Path

SHOP = '''
from pathlib import Path

from colgen.generate import plan
from colgen import Between, Category, FanOut, Integer, Integers, Key, Model, Money, ParentKey, Table, Volume, column

class Orders(Table):
    rows = Volume("orders")
    id = Key()
    town = Category(Rome=1, Oslo=1)

class Lines(Table):
    rows = FanOut(Orders, Between(0, 3))
    id = Key()
    order_id = ParentKey(Orders)
    price = Integers(1_00, 9_00, type=Money)

    @column(Integer)
    def expensive(id):
        """What takes long to make."""
        with Path(LOG).open("a") as log:
            print(len(id), file=log)
        return id % 7

plan.PART_BYTES = 20_000
LOG = {log!r}
model = Model("shop", tables=[Orders, Lines], volumes={{"small": {{"orders": 10_000}}}})
'''


def write_shop(folder: Path) -> Path:
    """Writes the model's file; `rows_made` reads what it counts."""
    (folder / "shop.py").write_text(SHOP.format(log=str(folder / "made.log")), encoding="utf-8")
    return folder / "shop.py"


def rows_made(folder: Path) -> int:
    """How many values of the expensive column have been made so far."""
    log = folder / "made.log"
    return sum(map(int, log.read_text().split())) if log.exists() else 0
