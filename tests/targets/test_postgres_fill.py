"""Rows into tables that the user's own migrations made: all or nothing, and the tables are afterwards what they were."""

from __future__ import annotations

from typing import Any

import pytest

import colgen
from colgen import Model, TargetError
from colgen.errors import RequestError
from tests.support import colgen as command
from tests.targets.firm import FIRM, TABLES

psycopg = pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")

DDL = """
CREATE TYPE rating AS ENUM ('G', 'PG', 'R');
CREATE TABLE categories (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id bigint REFERENCES categories, name varchar(20) NOT NULL,
    depth smallint, UNIQUE (parent_id, name));
CREATE TABLE departments (id serial PRIMARY KEY, head_id uuid, name text NOT NULL);
CREATE TABLE employees (id uuid PRIMARY KEY, department_id int NOT NULL REFERENCES departments ON DELETE CASCADE, number int UNIQUE, ip inet,
    salary real, tags text[], rating rating, label text GENERATED ALWAYS AS ('x' || number) STORED, stamped timestamp NOT NULL);
ALTER TABLE departments ADD CONSTRAINT head FOREIGN KEY (head_id) REFERENCES employees;
CREATE TABLE logs (what text, subject_type text, subject_id bigint, at timestamptz);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.stamped := '2020-01-01'; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT ON employees FOR EACH ROW EXECUTE FUNCTION stamp()"""


@pytest.fixture
def app(database: Any, schema: str) -> str:
    """A schema with tables of the user's."""
    database.execute(f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"')
    database.execute(DDL)
    return schema


def fill(server: str, schema: str, model: Model = FIRM, **options: Any) -> Any:
    return colgen.build(model, out=server, schema=schema, fill=True, **options)


def counted(database: Any, *tables: str) -> list[int]:
    return [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def described(database: Any) -> list[Any]:
    """The tables' columns, constraints and triggers."""
    columns = "SELECT attrelid::regclass::text, attname, atttypid, attnotnull FROM pg_attribute WHERE attrelid = ANY(%s::regclass[]) AND attnum > 0"
    constraints = (
        "SELECT conrelid::regclass::text, conname, condeferrable, condeferred FROM pg_constraint WHERE conrelid = ANY(%s::regclass[])"
    )
    triggers = "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE tgrelid = ANY(%s::regclass[]) AND NOT tgisinternal"
    return [sorted(database.execute(sql, (list(TABLES),)).fetchall()) for sql in (columns, constraints, triggers)]


def test_rows_go_into_tables_that_are_there_and_these_stay_as_they_are(server: str, database: Any, app: str) -> None:
    before = described(database)
    summary = fill(server, app, check=True)
    assert all(outcome.holds for outcome in summary.outcomes)
    assert counted(database, *TABLES) == [summary.rows[name] for name in TABLES]
    assert described(database) == before


def test_generated_columns_are_left_out_and_triggers_fire(server: str, database: Any, app: str) -> None:
    fill(server, app)
    label, number, stamped = database.execute("SELECT label, number, stamped::date::text FROM employees LIMIT 1").fetchone()
    assert (label, stamped) == (f"x{number}", "2020-01-01")


def test_triggers_do_not_fire_where_they_must_not(server: str, database: Any, app: str) -> None:
    database.execute("ALTER TABLE employees ALTER stamped DROP NOT NULL")
    before = described(database)
    fill(server, app, triggers=False)
    assert database.execute("SELECT count(stamped) FROM employees").fetchone() == (0,)
    assert described(database) == before


def test_sequences_go_on_after_the_last_row(server: str, database: Any, app: str) -> None:
    fill(server, app)
    assert database.execute("INSERT INTO departments (name) VALUES ('new') RETURNING id").fetchone() == (31,)
    assert database.execute("INSERT INTO categories (name) VALUES ('new') RETURNING id").fetchone() == (31,)


def test_every_misfit_is_said_before_anything_is_touched(server: str, database: Any, app: str) -> None:
    database.execute(
        "DROP TABLE logs; ALTER TABLE departments DROP name, ADD title text NOT NULL; ALTER TABLE categories ALTER parent_id SET NOT NULL"
    )
    database.execute(
        "ALTER TABLE employees ALTER rating TYPE text; CREATE TYPE few AS ENUM ('G'); ALTER TABLE employees ALTER rating TYPE few USING rating::few"
    )
    with pytest.raises(TargetError) as refused:
        fill(server, app)
    for words in (
        f"there is no table {app}.logs",
        "departments has no column name",
        "departments.title (text) must have a value, and the model gives it none",
        "categories.parent_id may be missing in the model, and must not be",
        "employees.rating may be 'PG', which",
    ):
        assert words in str(refused.value)
    assert counted(database, "categories", "departments", "employees") == [0, 0, 0]


def test_a_text_that_is_too_long_is_refused_and_not_cut(server: str, database: Any, app: str) -> None:
    database.execute("ALTER TABLE departments ALTER name TYPE varchar(3)")
    with pytest.raises(TargetError, match="departments: PostgreSQL refused the rows: value too long"):
        fill(server, app)
    assert counted(database, *TABLES) == [0, 0, 0, 0]


def test_a_constraint_that_does_not_hold_undoes_everything(server: str, database: Any, app: str) -> None:
    database.execute("ALTER TABLE logs ADD CHECK (what = 'a')")
    with pytest.raises(TargetError, match=r"logs: PostgreSQL refused the rows.*violates check constraint"):
        fill(server, app)
    assert counted(database, *TABLES) == [0, 0, 0, 0]


def test_a_reference_that_leads_nowhere_undoes_everything(server: str, database: Any, app: str) -> None:
    database.execute("CREATE TABLE others (id bigint PRIMARY KEY); ALTER TABLE logs ADD FOREIGN KEY (subject_id) REFERENCES others")
    with pytest.raises(colgen.ColgenError, match="violates foreign key constraint"):
        fill(server, app)
    assert counted(database, *TABLES) == [0, 0, 0, 0]


def test_rows_that_are_there_are_added_to_only_when_asked(server: str, database: Any, app: str) -> None:
    database.execute("INSERT INTO departments (name) VALUES ('theirs'), ('too')")
    with pytest.raises(TargetError, match="departments holds rows already; add to them with --append"):
        fill(server, app)
    fill(server, app, append=True)
    assert database.execute("SELECT min(id), max(id) FROM departments WHERE name NOT IN ('theirs', 'too')").fetchone() == (3, 32)
    dangling = "SELECT count(*) FROM employees LEFT JOIN departments ON departments.id = department_id WHERE departments.id IS NULL OR department_id < 3"
    assert database.execute(dangling).fetchone() == (0,)
    assert database.execute("SELECT min(subject_id) >= 3 FROM logs WHERE subject_type = 'd'").fetchone() == (True,)


def test_the_same_rows_twice_are_refused_with_what_to_do(server: str, database: Any, app: str) -> None:
    fill(server, app)
    with pytest.raises(TargetError, match=r"duplicate key value.*take another --seed"):
        fill(server, app, append=True)
    fill(server, app, append=True, seed=5)
    assert counted(database, "departments") == [60]


def confirmed(server: str, schema: str, *options: str) -> Any:
    return command("cleanup", server, "--schema", schema, "--confirm", "DELETE_ALL_MOCK_DATA", *options)


def test_cleanup_removes_those_very_rows(server: str, database: Any, app: str) -> None:
    database.execute("INSERT INTO departments (name) VALUES ('theirs'); INSERT INTO logs VALUES ('a', NULL, NULL, NULL)")
    fill(server, app, append=True)
    assert "30 rows of" in command("cleanup", server, "--schema", app).stdout
    assert confirmed(server, app).returncode == 0
    assert counted(database, *TABLES) == [0, 1, 0, 1]
    assert "holds nothing that colgen made" in command("cleanup", server, "--schema", app).stderr


def test_a_row_that_was_changed_since_is_removed_only_when_asked(server: str, database: Any, app: str) -> None:
    fill(server, app)
    database.execute("UPDATE departments SET name = 'mine' WHERE id = 3")
    refused = confirmed(server, app)
    assert (refused.returncode, f"1 of {app}.departments" in refused.stderr) == (3, True)
    assert confirmed(server, app, "--even-changed").returncode == 0
    assert counted(database, *TABLES) == [0, 0, 0, 0]


def test_rows_of_others_that_refer_to_one_keep_everything_there(server: str, database: Any, app: str) -> None:
    fill(server, app)
    database.execute("INSERT INTO employees (id, department_id, number) VALUES (gen_random_uuid(), 4, -1)")
    refused = confirmed(server, app)
    assert refused.returncode == 3
    assert f"1 rows of {app}.employees that colgen did not put there refer to rows of {app}.departments" in refused.stderr
    assert counted(database, "departments") == [30]


def test_what_means_nothing_for_filling_is_refused(server: str, app: str, tmp_path: Any) -> None:
    for options in ({"overwrite": True}, {"constraints": True}):
        with pytest.raises(RequestError, match="tables that are filled stay as they are"):
            fill(server, app, **options)
    with pytest.raises(RequestError, match="triggers= is for tables that are filled"):
        colgen.build(FIRM, out=server, schema=app, triggers=False)
    with pytest.raises(RequestError, match="fill= means nothing for files"):
        colgen.build(FIRM, out=tmp_path / "data", fill=True)
    with pytest.raises(TargetError, match="was not named"):
        colgen.build(FIRM, out=server, fill=True)
