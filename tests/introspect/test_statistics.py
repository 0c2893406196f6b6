"""`--stats`: what PostgreSQL's statistics say of the rows, and what of it is never asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen import RequestError
from colgen.introspect.new import new_model
from tests.introspect.support import assert_clean
from tests.support import colgen as command
from tests.support import thorough

pytest.importorskip("psycopg", reason="PostgreSQL is read by psycopg: pip install 'colgen[postgres]'")

SHOP = """
CREATE TYPE mood AS ENUM ('sad', 'happy', 'unseen');
CREATE TABLE people (id int PRIMARY KEY, email text, name text, city text, tier text NOT NULL, mood mood, born date, salary int, since int, rare text,
    joined_on date, left_on date, newsletter boolean NOT NULL, budget numeric(12, 2), endless timestamp, free text, tags text[]);
INSERT INTO people SELECT i, 'erika' || i % 7 || '@mail.test', 'Erika', CASE WHEN i % 4 > 0 THEN 'Elmstadt' END, CASE WHEN i % 10 < 7 THEN 'gold' ELSE 'basic' END,
    CASE WHEN i % 5 = 0 THEN 'sad' ELSE 'happy' END::mood, date '1977-07-07', 31337, 1990 + i % 30, CASE WHEN i < 4 THEN 'mayor' ELSE 'citizen' END,
    date '2019-01-01' + i, CASE WHEN i % 2 = 0 THEN date '2020-01-01' + i END, i % 5 = 0, 1000003.37 + i, 'infinity', 'Dear ' || i, '{a}'
    FROM generate_series(1, 1000) AS i;
CREATE TABLE orders (id int PRIMARY KEY, person_id int NOT NULL REFERENCES people ON DELETE CASCADE, total real NOT NULL);
INSERT INTO orders SELECT i, 1 + i % 500, i FROM generate_series(1, 1500) AS i;
CREATE TABLE never (id int PRIMARY KEY, note text);
ANALYZE people; ANALYZE orders
"""


@pytest.fixture
def app(database: Any, schema: str) -> str:
    database.execute(f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"')
    database.execute(SHOP)
    return schema


def test_what_is_common_is_taken_over_and_nobody_is(server: str, app: str, tmp_path: Path) -> None:
    made = new_model(server, "shop", [app], stats=True)
    for line in (
        '    tier = Category({"gold": 70, "basic": 30})  # ? the statistics',
        '    rare = Category({"citizen": 100})  # ? the statistics',
        "    newsletter = Flag(0.2)  # ? the statistics",
        "    since = Integers(1990, 2019)  # ? the statistics",
        "    joined_on = Dates(2.8, years=2.8)  # ? the statistics",
        "    rows = FanOut(People, {0: 50, 3: 50})",
        '        "counted": {"never": 50, "people": 1000},',
        '{"sad": 20, "happy": 80, "unseen": 0.1}',
    ):
        assert line in made.text, line
    for word in ("Erika", "mail.test", "mayor", "31337", "31_337", "1977", "Dear", "1000004", "100000437"):
        assert word not in made.text, word
    assert made.notes == ["no statistics, for want of ANALYZE: never"]
    path = tmp_path / "shop.py"
    path.write_text(made.text)
    assert_clean(path)


@thorough
def test_what_is_written_builds(server: str, app: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(new_model(server, "shop", [app], stats=True).text)
    assert all(outcome.holds for outcome in colgen.build(tmp_path / "shop.py", out=tmp_path / "data", check=True).outcomes or ())


def test_without_it_nothing_is_read_of_the_rows(server: str, app: str) -> None:
    assert "the statistics" not in new_model(server, "shop", [app]).text


def test_values_of_what_looks_personal_are_not_even_asked_for(server: str, app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    asked: list[Any] = []
    execute = psycopg.Connection.execute

    def noted(self: Any, query: Any, values: Any = None, **options: Any) -> Any:
        if "most_common_vals" in str(query):
            asked.append(values[2])
        return execute(self, query, values, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", noted)
    new_model(server, "shop", [app], stats=True)
    assert sorted(asked) == sorted(
        ["budget", "city", "endless", "joined_on", "left_on", "mood", "newsletter", "rare", "since", "tier", "total"]
    )


def test_it_goes_with_a_database_alone(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"--stats goes with postgresql://…, and '.*' is a folder of Parquet or CSV files"):
        new_model(str(tmp_path), "shop", stats=True)
    done = command("new", tmp_path / "shop.py", "--from", tmp_path, "--stats")
    assert (done.returncode, "--stats goes with" in done.stderr) == (2, True)
