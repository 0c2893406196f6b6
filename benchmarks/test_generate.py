"""Generation alone: the batches of each family, nothing written."""

from pathlib import Path

import pytest

from benchmarks.made import Made, timed

HERE = Path(__file__).parent
FAMILIES = {
    "customers": ["customers", "customer_addresses"],
    "products": ["products", "inventory"],
    "invoices": ["invoices", "invoice_line_items"],
}


def generate(made):
    for task in made.plan.tasks:
        for _ in made.batches(task):
            pass


def check_speed(benchmark, made):
    timed(benchmark, sum(made.plan.rows.values()), lambda: generate(made))


@pytest.mark.benchmark(group="generate invoicing")
@pytest.mark.parametrize("family", FAMILIES)
def test_invoicing(benchmark, family):
    check_speed(benchmark, Made(volume="large", scale=50, tables=FAMILIES[family]))


@pytest.mark.benchmark(group="generate a user's model")
def test_lineitem(benchmark):
    check_speed(benchmark, Made(str(HERE / "lineitem.py"), scale=0.1, tables=["lineitem"]))


@pytest.mark.benchmark(group="generate a user's model")
def test_customers(benchmark):
    check_speed(benchmark, Made(str(HERE / "customers.py"), scale=0.5))
