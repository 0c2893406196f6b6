"""A model file from a folder of samples: what was counted, what was guessed from it, and what is never taken over."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import colgen
from colgen import RequestError
from colgen.introspect.evidence import top_share
from colgen.introspect.new import NewModel, new_model
from colgen.introspect.observed import observe_time
from colgen.introspect.personal import is_personal
from colgen.introspect.samples import tables_of
from colgen.introspect.shapes import ColumnShape, Observed
from tests.introspect.support import assert_clean
from tests.support import colgen as command
from tests.support import first_of

MAKE = """
CREATE TABLE countries AS FROM (VALUES ('DE', 'Germany'), ('FR', 'France'), ('US', 'USA'), ('GB', 'Britain'), ('ES', 'Spain'), ('IT', 'Italy')) AS t (code, name);
CREATE TABLE customers AS SELECT i AS id, 'Erika ' || i % 5 AS name, 'erika' || i || '@mail.test' AS email, if(i % 4 = 0, NULL, 'Elm Street ' || i % 3) AS street,
    ['gold', 'silver', 'basic', 'basic'][1 + i % 4] AS tier, DATE '2019-01-01' + (i * 5)::INTEGER AS joined_on, i % 5 = 0 AS newsletter,
    'K-' || lpad(i::VARCHAR, 5, '0') AS customer_no, if(i = 3, 'mayor of Springfield', 'normal') AS class, 40_000 + i * 137 AS salary,
    1_000_003.37 + i AS budget, 1990 + i % 30 AS since, if(i = 1, NULL, (i + 1) // 2) AS parent_id FROM range(1, 301) AS t (i);
CREATE TABLE orders AS SELECT i + 10_000 AS id, 1 + (i * i) % 300 AS customer_id, ['DE', 'FR', 'US', 'GB', 'ES'][1 + i % 5] AS nation,
    TIMESTAMP '2023-01-01' + INTERVAL (i * 9) HOURS AS created_at, uuid() AS reference, [i] AS history, {'a': i} AS extra, {'list': [i]} AS odd, CASE WHEN i % 2 > 0 THEN {'town': {'zip code': 'x', 'at': TIMESTAMP '2024-01-01'}} END AS lies, i / 7.0 AS ratio,
    round(i / 8.0, 2) AS total FROM range(900) AS t (i);
CREATE TABLE order_lines AS SELECT id AS order_id, line, 1 + line % 3 AS quantity, 1 + (id + line) % 300 AS product FROM orders, range(1, 5) AS t (line)
    WHERE line <= 1 + id % 4;
CREATE TABLE parts AS SELECT row_number() OVER () AS id, order_id, line AS line_no FROM order_lines;
COPY countries TO 'countries.csv'; COPY customers TO 'customers.csv.gz'; COPY orders TO 'orders.parquet'; COPY parts TO 'parts.parquet';
COPY (FROM order_lines WHERE order_id % 2 = 0) TO 'order_lines/0.parquet'; COPY (FROM order_lines WHERE order_id % 2 = 1) TO 'order_lines/1.parquet';
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    (folder / "order_lines").mkdir()
    (folder / "README.md").write_text("not a table")
    with duckdb.connect() as connection:
        connection.execute(f"SET file_search_path = '{folder}'")
        for statement in MAKE.split(";"):
            connection.execute(statement.replace(" TO '", f" TO '{folder}/"))
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> NewModel:
    return new_model(str(folder), "shop")


def test_keys_and_references_are_guessed_with_their_evidence(made: NewModel) -> None:
    for line in (
        "    id = Key()  # ? 300 rows, all different",
        '    code = Code("AA", unique=True)  # ? 6 rows, all different',
        "    customer_id = ParentKey(Customers)  # ? all 44 values are in customers.id",
        "    nation = ForeignKey(Countries)  # ? all 5 values are in countries.code",
        'class OrderLines(Table, key=("order_id", "line")):  # ? 2,250 rows, all different',
        "    order_id = ParentKey(Orders)  # ? all 900 values are in orders.id",
        "    line = Ordinal()",
        "    line_no = Ordinal()",
        "    parent_id = Tree(levels=3, roots=5)  # ? its name",
    ):
        assert line in made.text, line


def test_children_and_rows_are_counted(made: NewModel) -> None:
    assert "    rows = FanOut(Orders, {1: 25, 2: 25, 3: 25, 4: 25})" in made.text
    assert '        "counted": {"countries": 6, "customers": 300},' in made.text
    assert "FanOut(Customers, {0: 85, " in made.text


def test_what_columns_hold_is_as_in_the_samples(made: NewModel) -> None:
    for line in (
        '    tier = Category({"basic": 50, "gold": 25, "silver": 25})  # ? the samples',
        "    newsletter = Flag(0.2)  # ? the samples",
        "    joined_on = Dates(4, years=4.1)  # ? the samples",
        "    since = Integers(1990, 2019)  # ? the samples",
        "    budget = Integers(100_000_000, 110_000_000, type=Money)  # ? the samples",
        '    customer_no = Code("A-00000", unique=True)  # ? the samples',
        "    street = StreetAddress(nullable=0.25)  # ? its name",
        "    quantity = Integers(1, 3)  # ? the samples",
        "    reference = Uuids()",
    ):
        assert line in made.text, line


def test_nobody_in_the_samples_is_in_the_model(made: NewModel) -> None:
    for word in ("Erika", "mail.test", "Elm", "mayor", "Springfield", "40137", "81100", "81_100", "1000004", "K-0"):
        assert word not in made.text


@pytest.mark.parametrize("volume", first_of(["small", "counted"]))
def test_it_builds_as_written(made: NewModel, tmp_path: Path, volume: str) -> None:
    path = tmp_path / "shop.py"
    path.write_text(made.text, encoding="utf-8")
    assert_clean(path)
    assert made.notes == ["orders.odd: STRUCT(list BIGINT[]), left empty"]
    lines = [line.strip().partition("  #")[0] for line in made.text.splitlines()]
    assert 'extra = Struct({"a": "extra_a"})' in lines
    assert 'lies = Struct({"town": "lies_town"}, nullable=0.5)' in lines
    assert "lies_town_at = Timestamps(type=LocalTimestamp, hidden=True)" in lines
    assert all(outcome.holds for outcome in colgen.build(path, out=tmp_path / volume, volume=volume, check=True).outcomes or ())


def test_the_command_says_how_much_is_a_guess(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "things.csv").write_text("id,weight\n" + "".join(f"{i},{i}\n" for i in range(30)))
    done = command("new", tmp_path / "things.py", "--from", tmp_path / "samples")
    assert (done.returncode, "1 tables, 2 guesses" in done.stderr) == (0, True), done.stderr
    assert (tmp_path / "things.py").read_text().count("  # ? ") == 2


def test_few_rows_say_nothing_but_their_types(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,grade,points\n" + "".join(f"{i},only_one,{i * 1111}\n" for i in range(1, 20)))
    (tmp_path / "nobody.csv").write_text("id,grade\n")
    text = new_model(str(tmp_path), "few").text
    assert "points = Integers(0, 1000)  # ? its name" in text
    assert "only_one" not in text


def test_odd_names_are_quoted(tmp_path: Path) -> None:
    (tmp_path / "my [old] it's.csv").write_text('"a ""quoted"" name","b\'; DROP",class\n1,2,3\n')
    path = tmp_path / "odd.py"
    path.write_text(new_model(str(tmp_path), "odd").text)
    assert_clean(path)
    assert set(colgen.build(path).table("my _old_ it_s").column_names) == {'a "quoted" name', "b'; DROP", "class"}


def test_a_table_is_a_file_or_a_folder_of_files(folder: Path) -> None:
    assert {name: (kind, len(paths)) for name, (kind, paths) in tables_of(folder).items()} == {
        "countries": ("csv", 1), "customers": ("csv", 1), "order_lines": ("parquet", 2), "orders": ("parquet", 1), "parts": ("parquet", 1),
    }  # fmt: skip


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="neither Parquet nor CSV files in"):
        new_model(str(tmp_path), "none")
    (tmp_path / "broken.parquet").write_text("no Parquet at all")
    with pytest.raises(RequestError, match=r"table broken: .*[Pp]arquet"):
        new_model(str(tmp_path), "none")


@pytest.mark.parametrize(
    ("column", "table", "personal"),
    [
        ("E-Mail", "t", True), ("customerName", "t", True), ("date_of_birth", "t", True), ("zipcode", "t", True), ("phone2", "t", True), ("iban", "t", True),
        ("name", "patients", True), ("name", "cities", False), ("status", "customers", False), ("category", "t", False), ("price", "t", False),
        ("page", "t", False), ("stage", "t", False), ("image_size", "t", False), ("ip", "t", True), ("ship_via", "t", False), ("card_type", "t", True),
    ],
)  # fmt: skip
def test_what_looks_personal(column: str, table: str, personal: bool) -> None:
    assert is_personal(column, table) is personal


def test_a_fifth_of_the_rows_has_its_share() -> None:
    assert top_share([(1, 100)]) == pytest.approx(0.2)
    assert top_share([(0, 80), (5, 20)]) == 1
    assert top_share([]) == top_share([(0, 3)]) == 0


def test_times_count_back_from_the_last_year() -> None:
    recent, old, unseen = (ColumnShape(name, "date", observed=Observed("the samples")) for name in "abc")
    observe_time([(recent, 19_000, 19_365), (old, 0, 3_653), (unseen, None, None)])
    assert [(column.observed.years_before, column.observed.years) for column in (recent, old, unseen) if column.observed] == [
        (0, None),
        (52.1, 10.1),
        (None, None),
    ]
    observe_time([])
