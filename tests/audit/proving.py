"""A small model with every kind of rule, and builds of it that a careless hand has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pyarrow as pa

import colgen
from colgen import (
    Between,
    Category,
    Count,
    CreatedAt,
    FanOut,
    Flag,
    ForeignKey,
    History,
    Integers,
    Json,
    Key,
    Lookup,
    Model,
    Money,
    Ordinal,
    ParentKey,
    Rule,
    Sum,
    Table,
    Text,
    Uuid,
    Volume,
    column,
)
from colgen.audit import check
from colgen.audit.check import Outcome, check_build
from colgen.audit.reading import Trouble
from colgen.declare.times import Day
from colgen.targets.finished import FinishedBuild, read_build
from colgen.targets.manifest import PartFile, read
from colgen.targets.sql import literal, new_connection


class Shops(Table):
    """What orders refer to."""

    rows = 6
    id = Key()
    name = Text("shop-{id:04d}", unique=True)
    open = Category(yes=3, no=1)
    created_at = CreatedAt(History(years_before=2, share_before=0.8))


class Orders(Table):
    """A dense key, words and shares, a UUID, JSON, and what lines add up to."""

    rows = Volume("orders", colgen.Calendar())
    id = Key()
    day = Day()
    shop_id = ForeignKey(Shops, existing_at="day", where={"open": "yes"})
    lines = Count("lines", hidden=False)
    total = Sum("lines.price", Money)
    size = Category(small=1, large=1)
    note = Text('{{"number": {id}}}', type=Json)

    @column(Uuid, unique=True)
    def token(id):
        return pa.array([f"00000000-0000-4000-8000-{number:012x}" for number in id])


class Lines(Table):
    """Rows below others, which refer to a table of which only some rows are written."""

    rows = FanOut(Orders, Between(0, 3))
    id = Key()
    order_id = ParentKey(Orders)
    number = Ordinal()
    token = Lookup(Orders.token)
    price = Integers(1_00, 9_99, type=Money)


class Returns(Table, keep="there"):
    """A key with gaps."""

    rows = FanOut(Lines, 1)
    id = Key()
    line_id = ParentKey(Lines)
    there = Flag(0.5, hidden=True)
    share = Integers(1, 100)


MODEL = Model(
    "proofs",
    tables=[Shops, Orders, Lines, Returns],
    volumes={"small": {"orders": 12}},
    reference_tables={"tokens": "SELECT token, count(*) AS lines FROM lines GROUP BY token"},
    rules=[
        Rule(Lines, "no line is before its shop", "order.shop.created_at <= order.day + 1"),
        Rule(Lines, "prices are not above the total", "self.price <= order.total"),
        Rule(
            Lines, "token is the order's", "SELECT lines.* FROM lines JOIN orders ON orders.id = order_id WHERE lines.token <> orders.token"
        ),
        Rule(Orders, "every token is one of an order", "SELECT * FROM tokens ANTI JOIN orders USING (token)"),
        Rule(
            Lines,
            "numbers rise with ids",
            "SELECT later.* FROM lines AS later JOIN lines AS line ON line.order_id = later.order_id AND line.id < later.id AND line.number >= later.number",
            proof="""SELECT 1 FROM (SELECT id, order_id, number, lag(id) OVER () AS id_before, lag(order_id) OVER () AS order_before,
                lag(number) OVER () AS number_before FROM lines)
                WHERE id_before IS NOT NULL AND NOT coalesce(id > id_before AND (order_id > order_before
                    OR (order_id = order_before AND number > number_before)), false)""",
        ),
    ],
)


def sound(folder: Path) -> Path:
    """A sound build."""
    colgen.build(MODEL, out=folder)
    return folder


def changed(
    source: Path, folder: Path, format: str, statements: Iterable[str], order: str = "rowid", parts: Sequence[int] = (0, 1)
) -> FinishedBuild:
    """A copy of a sound build in another format, after changes by SQL to its tables.

    order : how the rows of each table are ordered
    parts : the order in which each table's two parts are listed
    """
    manifest = read(source)
    connection = new_connection()
    if format == "duckdb":
        connection.execute(f"ATTACH {literal(str(folder))} AS made; USE made")
    for name, entry in manifest.tables.items():
        FinishedBuild(source, manifest).add_view(connection, name, f"written {name}")
        texts = ", ".join(f'"{column}"::VARCHAR AS "{column}"' for column, type in entry.columns.items() if type in ("JSON", "UUID"))
        replaced = f"REPLACE ({texts})" if texts and format != "duckdb" else ""
        connection.execute(f'CREATE TABLE {name} AS SELECT * {replaced} FROM "written {name}"')
        connection.execute(f'DROP VIEW "written {name}"')
    for statement in statements:
        connection.execute(statement)
    if format == "duckdb":
        for name in manifest.tables:
            connection.execute(
                f"CREATE TABLE ordered AS FROM {name} ORDER BY {order}; DROP TABLE {name}; ALTER TABLE ordered RENAME TO {name}"
            )
        connection.close()
        return FinishedBuild(folder, manifest, "main")
    tables = {}
    for name, entry in manifest.tables.items():
        (folder / name).mkdir(parents=True)
        files = [f"{name}/part-{number:05d}-0a1b2c3d.{format}" for number in range(2)]
        numbered = f"SELECT *, row_number() OVER (ORDER BY {order}) AS place, count(*) OVER () AS places FROM {name}"
        for number, file in enumerate(files):
            rows = f"SELECT * EXCLUDE (place, places) FROM ({numbered}) WHERE (2 * place > places) = {bool(number)} ORDER BY place"
            connection.execute(f"COPY ({rows}) TO {literal(str(folder / file))} (FORMAT {format})")
        listed = [PartFile(file=files[number], rows=0, bytes=0, digest="0" * 32) for number in parts]
        tables[name] = entry.model_copy(update={"parts": listed})
    spec = manifest.spec.model_copy(update={"format": format})
    manifest.model_copy(update={"tables": tables, "spec": spec}).write(folder)
    return read_build(folder)


def outcomes(build: FinishedBuild) -> list[Outcome]:
    """What a check says."""
    return list(check_build(build, MODEL))


def outcomes_of_rules_alone(build: FinishedBuild) -> list[Outcome]:
    """What each rule's own SQL says, on the columns as they are declared, without any proof."""

    def add_views(connection: duckdb.DuckDBPyConnection, build: FinishedBuild, *more: Any) -> Iterable[Trouble]:
        for name in build.manifest.tables:
            build.add_view(connection, name)
        return ()

    with (
        mock.patch.object(check, "add_tables", add_views),
        mock.patch.object(check, "scans", return_value=[]),
        mock.patch.object(check, "_holds", return_value=False),
    ):
        return outcomes(build)
