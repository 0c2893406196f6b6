"""What the executors make of a request, task by task, is the table as a build has it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import colgen
from colgen.engines import sent
from colgen.errors import RequestError
from colgen.generate.plan import Task
from colgen.spark.options import TableRequest, read_options
from colgen.spark.reading import record_batches, table_tasks
from colgen.spark.schema import arrow_schema, spark_schema
from colgen.targets import manifest
from colgen.targets.manifest import Origin
from tests.spark.shop import rows_made, write_shop
from tests.support import refused


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Several tasks for small tables; and no generation that another test has made."""
    monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 60_000)
    sent._unpickled.cache_clear()
    yield
    sent._unpickled.cache_clear()


def asked(table: str, **options: str | Path) -> TableRequest:
    return read_options({"path": table, **{name: str(value) for name, value in options.items()}})


def read(request: TableRequest, *, anew: bool = False) -> pa.Table:
    """The rows of all tasks.

    anew : each in a process that has made none before, so to speak
    """
    tasks = list(table_tasks(request.spec, request.generation, request.table))
    assert len(tasks) > 1
    batches = []
    for task in tasks:
        if anew:
            sent._unpickled.cache_clear()
        batches += made(pickle.loads(pickle.dumps(request)), pickle.loads(pickle.dumps(task)))
    return pa.Table.from_batches(batches)


def made(request: TableRequest, task: Task | None) -> list[pa.RecordBatch]:
    generation = request.generation
    schema = generation.arrow_schema(generation.model.table(request.table))
    wanted = arrow_schema(spark_schema(pa.schema([schema.field(name) for name in request.columns])))
    return list(record_batches(request, wanted, task))


def whole(table: str, model: str | Path = "invoicing", **request: object) -> pa.Table:
    """The same by a build in memory."""
    built = colgen.build(model, **request).table(table)  # type: ignore[call-overload]
    return built.cast(arrow_schema(spark_schema(built.schema)))


@pytest.mark.parametrize("table", ["customers", "invoices", "invoice_line_items"])
def test_the_rows_are_those_of_a_build(table: str) -> None:
    rows = read(asked(table, volume="large", seed="3"), anew=True)
    assert rows.equals(whole(table, volume="large", seed=3))


def test_a_table_fed_by_several_families_has_the_rows_of_each() -> None:
    few = {"days": 10, "orders_per_day": 20}
    options = {f"settings.{name}": str(value) for name, value in few.items()}
    assert read(asked("stock_movements", model="erp", **options)).equals(whole("stock_movements", "erp", settings=few))


@pytest.mark.parametrize("table", ["customers", "defects"])
def test_defects_are_those_of_a_build_of_all_tables(table: str) -> None:
    options = {"volume": "large", "settings.defects": "0.05", "settings.defects.duplicate": "0.05"}
    assert read(asked(table, **options)).equals(whole(table, volume="large", settings={"defects": 0.05, "defects.duplicate": 0.05}))


def test_columns_come_as_they_were_named() -> None:
    chosen = read(asked("invoices", volume="large", columns="total,id"))
    assert chosen.equals(whole("invoices", volume="large").select(["total", "id"]))


def test_a_limit_gives_the_first_rows_of_all_tasks() -> None:
    everything = whole("invoices", volume="large")
    for limit in (0, 1, 1_234, 10_000):
        batches = made(asked("invoices", volume="large", limit=str(limit)), None)
        rows = sum(map(len, batches))
        assert rows == min(limit, 5_000)
        assert not rows or pa.Table.from_batches(batches).equals(everything.slice(0, limit))


def test_a_limit_makes_no_more_tasks_than_it_needs(tmp_path: Path) -> None:
    request = asked("lines", model=write_shop(tmp_path), limit="10")
    assert sum(map(len, made(request, None))) == 10
    (first, *others) = table_tasks(request.spec, request.generation, "lines")
    assert others
    assert rows_made(tmp_path) == first.counted_rows(request.generation)["lines"]


def test_a_column_that_is_not_asked_for_is_not_made(tmp_path: Path) -> None:
    model = write_shop(tmp_path)
    rows = len(read(asked("lines", model=model, columns="id,price")))
    assert rows_made(tmp_path) == 0
    read(asked("lines", model=model))
    assert rows_made(tmp_path) == rows


def test_a_model_file_is_sent_and_need_not_be_there(tmp_path: Path) -> None:
    model = write_shop(tmp_path)
    request, expected = asked("orders", model=model), whole("orders", model)
    model.unlink()
    assert read(request, anew=True).equals(expected)


def test_what_is_sent_is_what_was_named(tmp_path: Path) -> None:
    model = write_shop(tmp_path)
    planned = asked("orders", model=model).sent.value
    model.write_text("model = 1")
    with refused("shop.py", "has changed", error=RequestError):
        sent.Sent.of(planned)


def test_an_executor_with_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked("invoices")
    sent._unpickled.cache_clear()
    monkeypatch.setattr(manifest, "DATA_VERSION", 1)
    with refused("data version is .* where this was started and 1 on", "install the same", error=RequestError):
        _ = request.generation


def test_another_numpy_is_no_other_version(monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked("invoices")
    sent._unpickled.cache_clear()
    known = manifest.version_of
    monkeypatch.setattr(manifest, "version_of", lambda name: "2.2.0" if name == "numpy" else known(name))
    assert "numpy" in Origin.here(request.spec, request.generation).versions
    assert request.generation.model.name == "invoicing"


def test_a_generation_is_made_once_in_a_process() -> None:
    first, second = asked("invoices"), asked("customers", columns="id")
    assert first.generation is second.generation
