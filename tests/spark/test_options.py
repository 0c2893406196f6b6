"""The options of a read say which data it is, as those of a build do, and are refused as those are."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

import colgen.spark
from colgen.errors import RequestError
from colgen.spark.options import TableRequest, read_options
from tests.support import refused

SHOP = """
from colgen import Integers, Key, Model, Table, Volume

class Things(Table):
    rows = Volume("thingsPerShop")
    id = Key()
    size = Integers(1, 9)

model = Model("shop", tables=[Things], volumes={"small": {"thingsPerShop": 5}})
"""


def asked(table: str = "invoices", **options: str) -> TableRequest:
    return read_options({"path": table, **options})


def test_a_read_says_what_a_build_says() -> None:
    spec = asked(
        "raw_clickstream",
        model="ecommerce",
        volume="large",
        scale="0.5",
        seed="7",
        scenario="peak-season",
        first_day="2024-03-01",
        last_day="2024-03-31",
    ).spec
    assert (spec.model, spec.volume, spec.scale, spec.seed) == ("ecommerce", "large", 0.5, 7)
    assert spec.scenario is not None
    assert (str(spec.first_day), str(spec.last_day)) == ("2024-03-01", "2024-03-31")


def test_a_read_of_nothing_but_a_table_is_the_default_build() -> None:
    spec = asked().spec
    assert (spec.model, spec.volume, spec.seed, spec.scale) == ("invoicing", "small", 0, 1.0)
    assert len(spec.tables) > 1  # what a table is does not depend on which one is read


def test_settings_are_options_of_their_own() -> None:
    assert asked(**{"settings.customers": "12", "settings.defects": "0.1"}).spec.settings["customers"] == 12
    assert asked(**{"settings.defects": "0.1"}).spec.defects


def test_the_case_of_names_does_not_matter_as_spark_writes_them_small(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    options = {"path": "things", "Model": str(tmp_path / "shop.py"), "settings.thingspershop": "8"}
    assert read_options(options).spec.settings == {"thingsPerShop": 8}


def test_columns_come_in_the_order_in_which_they_are_named() -> None:
    assert asked(columns="total, id").columns == ("total", "id")
    assert asked().columns[:2] == ("id", "date")


def test_a_limit_is_a_number_of_rows() -> None:
    assert asked(limit="1_000").limit == 1000
    assert asked(limit="0").limit == 0
    assert asked().limit is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"modell": "erp"}, ["no option 'modell'", "did you mean 'model'"]),
        ({"settings.": "3"}, ["no option 'settings.'", "settings.NAME"]),
        ({"model": "ecomerce"}, ["no model 'ecomerce'", "did you mean 'ecommerce'"]),
        ({"volume": "medum"}, ["no volume 'medum'", "did you mean 'medium'"]),
        ({"settings.custmers": "3"}, ["no setting", "did you mean 'customers'"]),
        ({"settings.customers": "many"}, ["customers = 'many'", "whole number"]),
        ({"seed": "seven"}, ["seed = 'seven'", "whole number"]),
        ({"seed": "-1"}, ["seed = -1", "0 or more"]),
        ({"scale": "0"}, ["scale = 0", "above 0"]),
        ({"scenario": "christmas"}, ["christmas"]),
        ({"first_day": "someday"}, ["someday"]),
        ({"limit": "-1"}, ["limit = -1", "0 or more"]),
        ({"limit": "0.5"}, ["limit = 0.5", "whole number"]),
        ({"columns": "totl"}, ["no column 'totl'", "did you mean 'total'"]),
        ({"columns": "id, id"}, ["'id' is named twice"]),
        ({"columns": " , "}, ["give names with commas"]),
        ({"path": "invoice"}, ["no table 'invoice'", "did you mean 'invoices'"]),
        ({"path": "defects"}, ["no table 'defects'"]),
        ({"format": "csv"}, ["'format' means nothing for a DataFrame"]),
        ({"overwrite": "true"}, ["'overwrite' means nothing for a DataFrame"]),
        ({"tables": "invoices"}, ["'tables'", "load"]),
        ({"settings": "customers=3"}, ["'settings'", "settings.customers"]),
        ({"target_size": "1GB"}, ["'target_size'", "scale="]),
    ],
)
def test_what_is_not_valid_is_refused_in_words(options: dict[str, str], words: list[str]) -> None:
    with refused(*words, error=RequestError):
        asked(**options)


def test_one_table_is_named() -> None:
    with refused("one table", "none is given", "invoices", error=RequestError):
        read_options({"model": "invoicing"})
    with refused("one table", "several are given", error=RequestError):
        read_options({"paths": '["customers","invoices"]'})


def test_the_answer_key_can_be_read_where_there_are_defects() -> None:
    assert asked("defects", **{"settings.defects": "0.1"}).columns[:2] == ("table_name", "row_key")


def test_a_request_is_a_small_value_that_can_be_sent() -> None:
    request = asked("raw_clickstream", model="ecommerce", volume="large", scenario="peak-season")
    sent = pickle.dumps(request)
    assert pickle.loads(sent) == request
    assert len(sent) < 10_000


def test_without_pyspark_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.delitem(sys.modules, "colgen.spark.source", raising=False)
    monkeypatch.delattr("colgen.spark.source", raising=False)
    with refused("PySpark 4", r"pip install 'colgen\[spark\]'", error=ModuleNotFoundError):
        _ = colgen.spark.ColgenDataSource
