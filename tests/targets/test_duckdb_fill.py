"""Rows into tables of a DuckDB file that the user's own migrations made: all or nothing, and the tables are afterwards what they were."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

import colgen
from colgen import Category, Code, ForeignKey, Integers, Key, Model, Rule, Struct, Table, TargetError, Volume
from colgen.audit.check import CheckFailed
from colgen.errors import RequestError
from colgen.targets.duckdb.target import NUMBERED
from tests.support import colgen as command
from tests.support import model_of, refused, thorough
from tests.targets.duckdb_files import ask, digests
from tests.targets.firm import FIRM, TABLES

DDL = """
CREATE TYPE rating AS ENUM ('G', 'PG', 'it''s');
CREATE SEQUENCE numbers START 5 INCREMENT 2;
CREATE SEQUENCE "of departments";
CREATE TABLE categories (id bigint PRIMARY KEY DEFAULT nextval('main.numbers'), parent_id bigint REFERENCES CATEGORIES (ID), name varchar NOT NULL,
    depth tinyint, UNIQUE (parent_id, name));
CREATE TABLE departments (ID integer PRIMARY KEY DEFAULT nextval('"of departments"'), head_id uuid, name text NOT NULL,
    founded date DEFAULT DATE '2020-01-01');
CREATE TABLE employees (id uuid PRIMARY KEY, department_id int NOT NULL REFERENCES Departments (id), number int UNIQUE, ip varchar,
    salary double CHECK (salary > 0), tags varchar, rating rating, label varchar GENERATED ALWAYS AS ('x' || number));
CREATE TABLE logs (what text, subject_type text, subject_id bigint, logged timestamptz)"""


def change(file: Path, sql: str) -> None:
    """What an application or a migration of the user's does."""
    with duckdb.connect(file) as connection:
        connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A file with tables of the user's, and one in which they are filled."""
    empty, filled = (tmp_path_factory.mktemp("made") / f"{name}.duckdb" for name in ("empty", "filled"))
    change(empty, DDL)
    shutil.copyfile(empty, filled)
    fill(filled)
    return empty, filled


@pytest.fixture
def file(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """A file with tables of the user's."""
    return Path(shutil.copyfile(made[0], tmp_path / "app.duckdb"))


@pytest.fixture
def filled(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """A file with tables of the user's that are filled."""
    return Path(shutil.copyfile(made[1], tmp_path / "app.duckdb"))


def fill(file: Path, model: Model = FIRM, **options: Any) -> Any:
    return colgen.build(model, out=file, fill=True, threads=1, **options)


def rows(file: Path, *tables: str) -> list[int]:
    return [ask(file, f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def declared(file: Path) -> list[Any]:
    """How the user's tables are declared, and whatever else is in the file."""
    return ask(
        file,
        """SELECT sql FROM duckdb_tables() WHERE schema_name <> 'colgen_fills' UNION ALL SELECT sql FROM duckdb_indexes()
        UNION ALL SELECT schema_name FROM duckdb_schemas() WHERE NOT internal AND schema_name <> 'colgen_fills' ORDER BY ALL""",
    )


def test_rows_go_into_tables_that_are_there_and_these_stay_as_they_are(file: Path) -> None:
    before = declared(file)
    summary = fill(file)
    assert rows(file, *TABLES) == [summary.rows[name] for name in TABLES]
    assert declared(file) == before
    assert ask(file, "SELECT count(*) FROM employees WHERE label = 'x' || number AND rating IN ('G', 'PG')") == [
        (summary.rows["employees"],)
    ]
    assert ask(file, "SELECT DISTINCT founded::VARCHAR FROM departments") == [("2020-01-01",)]
    assert [entry.name for entry in file.parent.iterdir()] == ["app.duckdb"]


def test_sequences_go_on_after_the_last_row(filled: Path) -> None:
    change(filled, "INSERT INTO departments (name) VALUES ('new'); INSERT INTO categories (name) VALUES ('new')")
    assert ask(filled, "SELECT id > 30 FROM categories WHERE name = 'new'") == [(True,)]
    assert ask(filled, "SELECT id FROM departments WHERE name = 'new'") == [(31,)]


@thorough
def test_a_sequence_that_is_further_on_stays(file: Path) -> None:
    change(file, "SELECT max(nextval('\"of departments\"')) FROM range(50)")
    fill(file)
    change(file, "INSERT INTO departments (name) VALUES ('new')")
    assert ask(file, "SELECT id FROM departments WHERE name = 'new'") == [(51,)]


def test_every_misfit_is_said_before_anything_is_touched(file: Path) -> None:
    change(
        file,
        """DROP TABLE logs; DROP TABLE employees; DROP TABLE categories; ALTER TABLE departments DROP name;
        ALTER TABLE departments ADD title text; ALTER TABLE departments ALTER title SET NOT NULL;
        CREATE TABLE categories (id date, parent_id bigint NOT NULL, name varchar, depth int GENERATED ALWAYS AS (1), rowid int);
        CREATE TYPE few AS ENUM ('c'); CREATE TABLE logs (what date, subject_type few, subject_id bigint)""",
    )
    before = digests(file, "main")
    with pytest.raises(TargetError) as refused:
        fill(file)
    assert str(refused.value).splitlines() == [
        "the model does not fit the tables in schema 'main', in 9 ways:",
        "  - categories.parent_id may be missing in the model, and must not be (BIGINT NOT NULL)",
        "  - categories.depth is generated by the database; leave it out of the model",
        "  - departments has no column name",
        "  - departments.title (VARCHAR) must have a value, and the model gives it none",
        "  - there is no table main.employees",
        "  - logs.subject_type may be 'd', which ENUM('c') lacks; it has 'c'",
        "  - categories has a column rowid, which hides the number by which DuckDB tells its rows apart",
        "  - categories.id is BIGINT in the model, which DATE cannot hold",
        "  - logs.what may be 'a', which DATE cannot hold",
    ]
    assert digests(file, "main") == before


def test_texts_that_cannot_be_cast_are_counted_before_anything_is_touched(file: Path) -> None:
    change(file, "ALTER TABLE employees ALTER ip TYPE date; ALTER TABLE employees ALTER tags TYPE int[]")
    with pytest.raises(TargetError) as refused:
        fill(file)
    words = str(refused.value)
    assert "employees.ip is '10.0." in words
    assert "employees.tags is '{a,b}' in one row, and cannot be INTEGER[] in " in words
    assert rows(file, *TABLES) == [0, 0, 0, 0]


@thorough
def test_names_are_those_of_the_file_whatever_their_case(tmp_path: Path) -> None:
    class Orders(Table):
        rows = Volume("n")
        id = Key()
        Total = Integers(1, 9)

    change(file := tmp_path / "app.duckdb", "CREATE TABLE ORDERS (ID int, total int)")
    fill(file, Model("shop", tables=[Orders], volumes={"small": {"n": 3}}))
    assert rows(file, "orders") == [3]


@thorough
def test_a_constraint_that_does_not_hold_undoes_everything(file: Path) -> None:
    change(file, "DROP TABLE logs; CREATE TABLE logs (what text CHECK (what = 'a'), subject_type text, subject_id bigint)")
    with pytest.raises(TargetError, match=r"logs: DuckDB refused the rows.*CHECK constraint failed.*; nothing was added"):
        fill(file)
    assert rows(file, *TABLES) == [0, 0, 0, 0]
    change(file, "INSERT INTO departments (name) VALUES ('new')")
    assert ask(file, "SELECT id FROM departments") == [(1,)]  # sequences, too, are what they were


@thorough
def test_a_reference_that_leads_nowhere_undoes_everything(file: Path) -> None:
    change(
        file,
        """CREATE TABLE others (id bigint PRIMARY KEY); DROP TABLE logs;
        CREATE TABLE logs (what text, subject_type text, subject_id bigint REFERENCES others (id))""",
    )
    with pytest.raises(TargetError, match=r'logs: DuckDB refused the rows.*key "id: \d+" does not exist in the referenced table; nothing'):
        fill(file)
    assert rows(file, *TABLES) == [0, 0, 0, 0]


class Pages(Table):
    rows = Volume("n")
    id = Key()
    next_id = ForeignKey("self")
    name = Code("AAAA", unique=True)


BOOK = Model("book", tables=[Pages], volumes={"small": {"n": 20}})


def test_rows_that_refer_to_one_another_in_a_circle_are_refused_in_words(tmp_path: Path) -> None:
    change(file := tmp_path / "app.duckdb", "CREATE TABLE pages (id int PRIMARY KEY, next_id int REFERENCES pages (id), name text)")
    with pytest.raises(TargetError, match=r"pages: \d+ rows refer to one another in a circle, or to rows that are not there"):
        fill(file, BOOK, check=True)  # the rules hold
    assert rows(file, "pages") == [0]


@thorough
def test_a_rule_that_does_not_hold_keeps_the_file_as_it_was(file: Path) -> None:
    broken = Model(
        "firm", tables=FIRM.tables, volumes={"small": {"n": 30}}, rules=[Rule(FIRM.tables[1], "no name", "departments.name IS NULL")]
    )
    before = digests(file, "main")
    with pytest.raises(CheckFailed):
        fill(file, broken, check=True)
    assert digests(file, "main") == before


def test_rows_that_are_there_are_added_to_only_when_asked(file: Path) -> None:
    change(file, "INSERT INTO departments (name) VALUES ('theirs'), ('too')")
    with pytest.raises(TargetError, match="departments holds rows already; add to them with --append"):
        fill(file)
    fill(file, append=True)
    assert ask(file, "SELECT min(id), max(id) FROM departments WHERE name NOT IN ('theirs', 'too')") == [(3, 32)]
    assert ask(file, "SELECT min(department_id) FROM employees") == [(3,)]
    assert ask(file, "SELECT min(subject_id) >= 3 FROM logs WHERE subject_type = 'd'") == [(True,)]
    change(file, "INSERT INTO departments (name) VALUES ('new')")
    assert ask(file, "SELECT id FROM departments WHERE name = 'new'") == [(33,)]


def test_the_same_rows_twice_are_refused_with_what_to_do(filled: Path) -> None:
    with pytest.raises(TargetError, match=r"(?i)duplicate key.*take another --seed"):
        fill(filled, append=True)


@thorough
def test_tables_of_several_schemas_are_filled(tmp_path: Path) -> None:
    class Users(Table, schema="auth", name="users"):
        rows = Volume("n")
        id = Key()

    class Notes(Table, schema="app", name="notes"):
        rows = Volume("n")
        user_id = ForeignKey(Users)

    file = tmp_path / "shop.duckdb"
    change(
        file, "CREATE SCHEMA auth; CREATE SCHEMA app; CREATE TABLE auth.users (id int PRIMARY KEY); CREATE TABLE app.notes (user_id int)"
    )
    fill(file, Model("notes", tables=[Users, Notes], volumes={"small": {"n": 9}}))
    assert rows(file, "auth.users", "app.notes") == [9, 9]


@thorough
@pytest.mark.skipif(not NUMBERED, reason="DuckDB has triggers as of 2.0")
def test_triggers_fire(file: Path) -> None:
    change(
        file,
        """CREATE TABLE heard (id int); CREATE TRIGGER heard AFTER INSERT ON departments REFERENCING NEW TABLE AS new
        FOR EACH STATEMENT INSERT INTO heard SELECT id FROM new""",
    )
    fill(file)
    assert rows(file, "heard") == [30]


def confirmed(file: Path, *options: str) -> Any:
    return command("cleanup", file, "--schema", "main", "--confirm", "DELETE_ALL_MOCK_DATA", *options)


@thorough
def test_cleanup_removes_those_very_rows(file: Path) -> None:
    change(file, "INSERT INTO departments (name) VALUES ('theirs'); INSERT INTO logs VALUES ('a', NULL, NULL, NULL)")
    before, tables = digests(file, "main"), declared(file)
    fill(file, append=True)
    listed = command("cleanup", file)
    assert "30 rows of main.departments" in listed.stdout
    assert "--schema NAME" in listed.stderr
    removed = confirmed(file)
    assert (removed.returncode, "removed" in removed.stderr) == (0, True)
    assert (digests(file, "main"), declared(file)) == (before, tables)
    assert ask(file, "SELECT count(*) FROM duckdb_schemas() WHERE schema_name = 'colgen_fills'") == [(0,)]
    assert "holds nothing that colgen made" in command("cleanup", file).stderr


@thorough
def test_equal_rows_without_a_key_are_removed_as_often_as_they_were_put_there(file: Path) -> None:
    class Logs(Table):
        rows = Volume("n")
        what = Category(a=1, b=1)

    logs = Model("logs", tables=[Logs], volumes={"small": {"n": 30}})
    change(file, "INSERT INTO logs (what) VALUES ('a'), ('a'), ('b')")
    for seed in (0, 7):  # the rows of both are known by their values alone
        fill(file, logs, append=True, seed=seed)
    assert rows(file, "logs") == [63]
    assert confirmed(file).returncode == 0
    assert ask(file, "SELECT what, count(*) FROM logs GROUP BY what ORDER BY what") == [("a", 2), ("b", 1)]


@thorough
def test_a_row_that_was_changed_since_is_removed_only_when_asked(filled: Path) -> None:
    change(filled, "UPDATE departments SET name = 'mine' WHERE id = 3; DELETE FROM logs WHERE subject_id < 10")
    gone = 30 - rows(filled, "logs")[0]
    refused = confirmed(filled)
    assert (refused.returncode, f"(1 of main.departments; {gone} of main.logs)" in refused.stderr) == (3, True)
    assert rows(filled, "departments") == [30]
    assert confirmed(filled, "--even-changed").returncode == 0
    assert rows(filled, *TABLES) == [0, 0, 0, 0]


@thorough
def test_a_table_that_is_gone_does_not_keep_the_others(filled: Path) -> None:
    change(filled, "DROP TABLE logs")
    assert confirmed(filled, "--even-changed").returncode == 0
    assert rows(filled, *TABLES[:3]) == [0, 0, 0]


def test_rows_of_others_that_refer_to_one_keep_everything_there(filled: Path) -> None:
    change(filled, "INSERT INTO employees (id, department_id, number) VALUES (uuid(), 4, -1)")
    refused = confirmed(filled)
    assert refused.returncode == 3
    assert "1 rows of main.employees that colgen did not put there refer to rows of main.departments that it did" in refused.stderr
    assert rows(filled, "departments") == [30]


def test_a_file_that_cannot_be_changed_is_said_in_words(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(filled, "ALTER TABLE logs RENAME what TO which; ALTER TABLE employees RENAME id TO uuid")
    refused = confirmed(filled)
    assert (refused.returncode, "could not be changed" in refused.stderr) == (3, True)


def test_what_means_nothing_for_filling_is_refused(file: Path) -> None:
    for options in ({"overwrite": True}, {"constraints": True}):
        with pytest.raises(RequestError, match="tables that are filled stay as they are"):
            fill(file, **options)
    with pytest.raises(RequestError, match="triggers= means nothing for a DuckDB file"):
        fill(file, triggers=False)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"there is no file .*only tables that are there can be filled"):
        fill(tmp_path / "none.duckdb")
    assert list(tmp_path.iterdir()) == []


@thorough
def test_the_guard_is_as_strict_as_for_any_build(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TargetError, match="rows are planned, but the row limit is 5"):
        fill(file, max_rows=5)
    with pytest.raises(TargetError, match="suggests production"):
        fill(file, schema="prod")
    fill(file)
    monkeypatch.setenv("COLGEN_ENV", "production")
    with pytest.raises(TargetError, match="this is production"):
        fill(file, append=True)
    assert "this is production" in confirmed(file).stderr
    assert rows(file, "departments") == [30]


def test_structs_go_into_structs_by_the_names_of_their_fields(tmp_path: Path) -> None:
    class People(Table):
        rows = 5
        id = Key()
        home = Struct({"town": "id", "Street": "id"})
        place = Struct("home")

    model = model_of(People)
    change(
        tmp_path / "app.duckdb",
        "CREATE TABLE people (id INT, home STRUCT(street INT, more INT, town INT), place STRUCT(home STRUCT(town INT, street INT)))",
    )
    fill(tmp_path / "app.duckdb", model)
    assert ask(tmp_path / "app.duckdb", "SELECT home, place.home.town FROM people WHERE id = 3") == [
        ({"street": 3, "more": None, "town": 3}, 3)
    ]
    change(tmp_path / "other.duckdb", "CREATE TABLE people (id INT, home STRUCT(town INT), place STRUCT(home STRUCT(street INT)))")
    with refused("people.home is .* no field Street", "people.place is .* no field home.town", error=TargetError):
        fill(tmp_path / "other.duckdb", model)
