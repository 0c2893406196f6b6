"""Every argument of every call is read at the door: an odd one is a RequestError in colgen's words, never another library's error."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colgen
from colgen.arguments import READERS
from colgen.errors import ColgenError, RequestError

DICE = """
from colgen import Integers, Key, Model, Table, Volume

class Dice(Table):
    rows = Volume("throws")
    id = Key()
    eyes = Integers(1, 6)

model = Model("dice", tables=[Dice], volumes={"short": {"throws": 10}})
"""


class Unshowable:
    def __repr__(self) -> str:
        raise OSError("no")

    def __eq__(self, other: object) -> bool:
        raise OSError("no")

    __hash__ = None  # type: ignore[assignment]


ODD: dict[str, Any] = {
    "None": None,
    "True": True,
    "-1": -1,
    "0": 0,
    "1": 1,
    "2**63": 2**63,
    "10**400": 10**400,
    "10**5000": 10**5000,
    "0.5": 0.5,
    "2.0": 2.0,
    "-0.0": -0.0,
    "1e300": 1e300,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "complex": 1j,
    "NumPy's 1": np.int64(1),
    "NumPy's NaN": np.float64("nan"),
    "an array": np.arange(3),
    "empty": "",
    "a space": " ",
    "NUL": "a\0b",
    "a surrogate": "\ud800",
    "a byte that is no UTF-8": "\udcff",
    "a line break": "a\nb",
    "long": "x" * 100_000,
    "long name of a file": "x" * 300 + ".py",
    "a number as text": "1",
    "quotes": "'; DROP TABLE x; --\"",
    "a glob": "*",
    "a URL": "mysql://ann:geheim@db",
    "another URL": "postgresql://ann:ge heim@db",
    "no bytes": b"",
    "bytes": b"data",
    "[]": [],
    "{}": {},
    "()": (),
    "a set": {1},
    "[None]": [None],
    "nested": {"a": {"b": 1}},
    "a setting": {"customers": "x"},
    "a large setting": {"customers": 10**5000},
    "a setting that is no name": {1: 1},
    "an object": object(),
    "a class": object,
    "what cannot be shown": Unshowable(),
    "a function": lambda *_: None,
    "a path": Path(),
    "/dev/null": Path("/dev/null"),
    "a date": datetime.date(1, 1, 1),
    "a moment": datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC),
}
GENERATORS: dict[str, Callable[[], Iterator[Any]]] = {
    "a generator": lambda: iter(["invoices"]),
    "an empty generator": lambda: iter([]),
    "a generator of numbers": lambda: iter([1]),
}
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any], tuple[str, ...]]] = {
    "build": (
        colgen.build,
        {"model": "invoicing"},
        ("model", "out", "volume", "scale", "settings", "seed", "first_day", "last_day", "tables", "scenario"),
    ),
    "build into a folder": (
        colgen.build,
        {"out": "new", "tables": ["customer_types"], "overwrite": True},
        (
            "out",
            "target_size",
            "format",
            "compression",
            "encoding",
            "table_format",
            "row_group",
            "threads",
            "check",
            "max_memory",
            "engine",
            "address",
            "overwrite",
            "append",
            "schema",
            "constraints",
            "fill",
            "triggers",
            "max_rows",
            "part",
            "count",
            "resume",
            "progress",
        ),
    ),
    "merge": (
        colgen.merge,
        {"path": "data", "out": "new"},
        ("path", "out", "overwrite", "model", "threads", "check", "max_memory"),
    ),
    "estimate": (
        colgen.estimate,
        {"tables": ["customer_types"]},
        (
            "model",
            "volume",
            "scale",
            "target_size",
            "settings",
            "seed",
            "first_day",
            "last_day",
            "tables",
            "scenario",
            "format",
            "compression",
            "encoding",
            "table_format",
            "row_group",
            "threads",
        ),
    ),
    "extend": (colgen.extend, {"path": "data", "to": "2024-12-31"}, ("path", "to", "model", "threads", "check", "max_memory")),
    "check": (colgen.check, {"path": "data"}, ("path", "model", "schema", "threads", "max_memory", "progress")),
    "verify": (colgen.verify, {"path": "data"}, ("path", "all", "sample", "threads", "model")),
    "report": (colgen.report, {"name": "customer_summary", "path": "data"}, ("name", "path", "schema", "model", "parameters")),
    "diff": (colgen.diff, {"a": "data", "b": "data"}, ("a", "b", "tables", "model", "schema")),
}
PARAMETERS = [(call, name) for call, (_, _, names) in CALLS.items() for name in names]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A current folder with a build of invoicing."""
    before, folder = os.getcwd(), tmp_path_factory.mktemp("arguments")
    os.chdir(folder)
    colgen.build(out="data", tables=["customer_types", "customers"])
    yield folder
    os.chdir(before)


def try_odd(here: Path, call: str, name: str, value: Any) -> None:
    function, usual, _ = CALLS[call]
    try:
        result = function(**{**usual, name: value})
        if isinstance(result, colgen.Dataset):
            result.rows  # noqa: B018 -- it is made when it is asked for
    except ColgenError as error:
        message = str(error)
    else:
        return
    assert "geheim" not in message
    assert len(message) < 3_000


@pytest.mark.parametrize(("call", "name"), PARAMETERS)
def test_a_result_or_an_error_that_explains_itself(here: Path, call: str, name: str) -> None:
    for value in [*ODD.values(), *(make() for make in GENERATORS.values())]:
        if not (name == "progress" and isinstance(value, type)):  # what a class says of an event is its own error
            try_odd(here, call, name, value)


def test_every_parameter_has_its_reader() -> None:
    assert {name for _, _, names in CALLS.values() for name in names} == set(READERS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_memory": "1GiBB", "out": "x"}, r"^max_memory = '1GiBB': there is no unit 'GiBB'; give kB, MB"),
        ({"threads": -1, "out": "x"}, r"^threads = -1: it must be a whole number, 1 to 1024$"),
        ({"settings": ["customers"]}, r"^settings = \['customers'\]: it must give names and values"),
        ({"scale": "2"}, r"^scale = '2': it must be a number"),
        ({"target_size": "2 pounds", "out": "x"}, r"^target_size = '2 pounds': there is no unit 'pounds'; give kB, MB"),
        ({"target_size": 0, "out": "x"}, r"^target_size = 0: it must be a number of bytes above 0"),
        ({"target_size": True, "out": "x"}, r"^target_size = True: it must be a number of bytes above 0"),
        ({"target_size": "2GB"}, r"^target_size= means nothing without out="),
        ({"target_size": "2GB", "scale": 2, "out": "x"}, r"^scale= and target_size=: a target size finds the scale"),
        ({"tables": "invoices"}, r"^tables = 'invoices': it must be a list of names"),
        ({"out": ""}, r"^out = '': it is empty$"),
        ({"check": 1, "out": "x"}, r"^check = 1: it must be True or False$"),
        ({"seed": 10**5000}, r"^seed = an object of type int: it is too large$"),
    ],
)
def test_what_would_be_right_is_said(here: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        colgen.build(**arguments)


def test_a_model_may_be_a_path(tmp_path: Path) -> None:
    file = tmp_path / "dice.py"
    file.write_text(DICE)
    assert colgen.build(model=file).rows == {"dice": 10}
    colgen.build(file, out=tmp_path / "data")
    assert all(outcome.holds for outcome in colgen.check(tmp_path / "data", model=file))


def test_tables_may_be_a_generator() -> None:
    assert list(colgen.build(tables=(name for name in ("customers",))).rows) == ["customers"]


@pytest.mark.parametrize("table", ["customers", "nosuch", "", None, 1, [], b"invoices", "x" * 10_000])
def test_a_table_that_is_not_among_those_asked_for_is_refused(table: Any) -> None:
    data = colgen.build(tables=["invoices"])
    for method in (data.frame, data.table, data.batches, data.head):
        with pytest.raises(RequestError):
            method(table)
    with pytest.raises(RequestError, match="rows = -1"):
        data.head("invoices", -1)


def test_numbers_may_be_numpys() -> None:
    assert colgen.build(seed=np.uint8(3), settings={"customers": np.int32(4)}).rows["customers"] == 4


def test_an_error_of_ones_own_progress_is_raised_as_it_is_and_nothing_is_published(tmp_path: Path) -> None:
    class Mine(Exception):
        pass

    def tell(event: colgen.Started) -> None:
        if isinstance(event, colgen.RowsMade):
            raise Mine

    for out in (tmp_path / "data", tmp_path / "shop.duckdb"):
        with pytest.raises(Mine):
            colgen.build(out=out, progress=tell)
    assert os.listdir(tmp_path) == []
