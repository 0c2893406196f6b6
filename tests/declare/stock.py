"""A stock whose movements come from four places, for tests of branches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from colgen import Between, BigInteger, Branches, Categorical, FanOut, Integers, Key, Model, ParentKey, Table, Volume, column
from colgen.targets import manifest
from tests import support
from tests.support import write_build

KINDS = Categorical(["opening", "received", "sold", "returned"])


def kind(code: int) -> Any:
    return column(KINDS)(lambda draw: np.full(draw.count, code))


class Suppliers(Table):
    """Who delivers."""

    rows = Volume("suppliers")
    id = Key()


class Orders(Table):
    """What is bought."""

    rows = Volume("orders")
    id = Key()
    size = Integers(0, 3)


class Moves(Table):
    """A movement of stock."""

    rows = Branches()
    id = Key()


class Opening(Moves):
    """What is there at first."""

    rows = 5
    kind = kind(0)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda id: id)


class Received(Moves):
    """What suppliers bring."""

    rows = FanOut(Suppliers, Between("least", "most"))
    supplier_id = ParentKey(Suppliers, hidden=True)
    kind = kind(1)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda supplier_id: supplier_id)


class Sold(Moves):
    """What orders take."""

    rows = FanOut(Orders, "size")
    order_id = ParentKey(Orders, hidden=True)
    returns = Integers(0, 1, hidden=True)
    kind = kind(2)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda order_id: order_id)


class Returned(Moves):
    """What comes back of it."""

    rows = FanOut(Sold, "returns")
    sold_id = ParentKey(Sold, hidden=True)
    kind = kind(3)
    quantity = Integers(1, 9)
    origin = column(BigInteger)(lambda sold_id: sold_id)


STOCK = Model(
    "stock",
    tables=(Suppliers, Orders, Moves, Opening, Received, Sold, Returned),
    volumes={"small": {"suppliers": 60, "orders": 150, "least": 0, "most": 2}},
)


def written(
    folder: Path,
    shop: Model = STOCK,
    *,
    tables: Sequence[str] | None = None,
    block_cells: int | None = None,
    threads: int = 1,
    **settings: int,
) -> manifest.Manifest:
    return write_build(shop, folder, tables=tables, block_cells=block_cells, threads=threads, settings=settings)


def read(folder: Path, name: str = "moves") -> list[dict[str, Any]]:
    """The rows of a written table by id."""
    return support.table(folder, name).to_pylist()
