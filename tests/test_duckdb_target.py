"""Into a DuckDB file: the same values as in files, the right types and keys, all or nothing, and nothing of the user's touched."""

from __future__ import annotations

import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from colgen.pipeline.duckdb_load import Load, find_model

import colgen
from colgen.audit import check as checks
from colgen.audit.check import CheckFailed
from colgen.declare.find import find_model as load_model
from colgen.declare.model import Model
from colgen.declare.rules import Rule
from colgen.engines.progress import NoProgress
from colgen.errors import ColgenError, Interrupted, RequestError, TargetError
from colgen.generate.plan import Plan
from colgen.generate.spec import Spec
from colgen.pipeline import duckdb_load as target_module
from colgen.pipeline import room
from colgen.pipeline.summary import Summary
from colgen.targets.duckdb import Target, held
from colgen.targets.folder import staging as publish
from colgen.targets.folder.views import connect
from tests.support import KILLS, ROOT, table
from tests.support import colgen as command_line

MODELS = ("invoicing", "ecommerce", "erp")
SPEC_WORDS = ("settings", "last_day", "tables", "scenario", "scale", "volume")


def build(path: Path, schema: str = "shop", model: str | Model = "invoicing", *, seed: int = 0, **options: Any) -> Summary:
    found = model if isinstance(model, Model) else load_model(model)
    words = {"volume": "small"} | {name: options.pop(name) for name in SPEC_WORDS if name in options}
    return find_model(Spec.of(found, seed=seed, **words), found, path, schema, **{"threads": 2} | options)


def ask(path: Path, sql: str) -> list[Any]:
    """Rows of a query on the file, which nobody else has open."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def with_first_ids(path: Path, schema: str = "shop") -> dict[str, int]:
    """The rows of each table of a schema."""
    names = [name for (name,) in ask(path, f"SELECT table_name FROM duckdb_tables() WHERE schema_name = '{schema}' ORDER BY ALL")]
    return {name: ask(path, f'SELECT count(*) FROM "{schema}"."{name}"')[0][0] for name in names}


def digest(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Of a table's values, with their types, in the order in which they lie there."""
    found = connection.sql(f"SELECT * FROM {table}").pl()
    return hashlib.blake2b(repr(found.schema).encode() + found.hash_rows().to_numpy().tobytes(), digest_size=12).hexdigest()


def digests(path: Path, schema: str = "shop") -> dict[str, str]:
    """Of each table of a build."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sql = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND table_name <> 'colgen_manifest' ORDER BY ALL"
        names = [name for (name,) in connection.execute(sql, [schema]).fetchall()]
        return {name: digest(connection, f'"{schema}"."{name}"') for name in names}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "place" / "sales.duckdb"


# Values, types, constraints, comments


@pytest.mark.parametrize("model", MODELS)
def test_tables_are_those_of_the_files_in_values_order_and_types(model: str, file: Path) -> None:
    summary = build(file, model=model)
    found = load_model(model)
    colgen.build(model, volume="small", out=file.parent / "data")
    written = colgen.manifest.read(file.parent / "data")
    assert summary.rows == {name: entry.rows for name, entry in written.tables.items()}
    files = connect(file.parent / "data", written)
    assert digests(file) == {name: digest(files, f'"{name}"') for name in sorted(written.tables)}
    for name, entry in written.tables.items():
        described = ask(file, f'SELECT column_name, column_type, "null" FROM (DESCRIBE shop."{name}")')
        assert {column: kind.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") for column, kind, _ in described} == entry.columns
        assert {column: null == "YES" for column, _, null in described} == {
            one.name: one.nullable for one in found.table(name).written_columns
        }
    assert sorted(os.listdir(file.parent)) == ["data", "sales.duckdb"]


@pytest.mark.parametrize("model", MODELS)
def test_no_difference_is_found_to_a_build_into_files(model: str, file: Path) -> None:
    build(file, model=model)
    colgen.build(model, volume="small", out=file.parent / "data")
    assert colgen.diff(file.parent / "data", file) == []
    assert colgen.diff(file, file.parent / "data") == []
    build(file, "other", model, seed=1)
    with pytest.raises(RequestError, match="each of the schemas other, shop"):
        colgen.diff(file.parent / "data", file)
    assert colgen.diff(file.parent / "data", file, schema="shop") == []
    assert colgen.diff(file.parent / "data", file, schema="other") != []


def constraints(path: Path, kind: str) -> set[str]:
    """Such as `invoices.customer_id → customers`."""
    sql = f"""SELECT table_name || '.' || constraint_column_names[1] || coalesce(' → ' || referenced_table, '')
        FROM duckdb_constraints() WHERE schema_name = 'shop' AND constraint_type = '{kind}' AND table_name <> 'colgen_manifest'"""
    return {one for (one,) in ask(path, sql)}


def test_keys_unique_columns_and_references_are_constraints(file: Path) -> None:
    build(file)
    tables = [one.name for one in load_model("invoicing").written]
    assert constraints(file, "PRIMARY KEY") == {f"{name}.id" for name in tables}
    assert {"customers.email", "products.sku", "invoices.invoice_number"} <= constraints(file, "UNIQUE")
    assert constraints(file, "FOREIGN KEY") == {
        "customers.customer_type_id → customer_types",
        "products.product_category_id → product_categories",
        "customer_addresses.customer_id → customers",
        "inventory.product_id → products",
        "invoices.customer_id → customers",
        "invoice_line_items.invoice_id → invoices",
        "invoice_line_items.product_id → products",
    }
    with duckdb.connect(file) as connection:
        for statement in (
            "INSERT INTO shop.customers SELECT * FROM shop.customers LIMIT 1",
            "UPDATE shop.invoice_line_items SET product_id = 999999 WHERE id = 1",
            "UPDATE shop.customers SET customer_type_id = NULL WHERE id = 1",
        ):
            with pytest.raises(duckdb.ConstraintException):
                connection.execute(statement)


def test_without_constraints_only_not_null_is_left(file: Path) -> None:
    build(file, constraints=False)
    assert not constraints(file, "PRIMARY KEY") | constraints(file, "UNIQUE") | constraints(file, "FOREIGN KEY")
    assert "customers.name" in constraints(file, "NOT NULL")


def test_large_tables_have_none_unless_asked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_module, "CHEAP_ROWS", 50)
    build(file)  # 25 customers, 75 invoices
    assert constraints(file, "PRIMARY KEY") == {
        f"{name}.id" for name in ("customer_types", "product_categories", "customers", "customer_addresses")
    }
    assert constraints(file, "FOREIGN KEY") == {"customers.customer_type_id → customer_types", "customer_addresses.customer_id → customers"}
    build(file, overwrite=True, constraints=True)
    assert len(constraints(file, "PRIMARY KEY")) == 8


def test_tables_and_columns_say_what_they_mean(file: Path) -> None:
    build(file)
    assert ask(file, "SELECT comment FROM duckdb_tables() WHERE table_name = 'customers'") == [
        (load_model("invoicing").table("customers").summary(),)
    ]
    assert ask(
        file, "SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'shop' AND table_name <> 'colgen_manifest' AND comment IS NULL"
    ) == [(0,)]


def test_a_schema_and_a_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / 'Bob\'s "own" shop.duckdb'
    build(path, 'My "new" schema')
    assert colgen.check(path)[0].holds
    build(path, 'My "new" schema', overwrite=True, checked=True)
    build(tmp_path / "bronze.duckdb", "bronze")
    assert all(one.holds for one in colgen.check(tmp_path / "bronze.duckdb"))


# Overwrite, append, other schemas, cleaning up


def test_a_build_is_replaced_only_with_overwrite(file: Path) -> None:
    build(file, seed=1)
    before = digests(file)
    with pytest.raises(TargetError, match="holds a build; add --overwrite"):
        build(file, seed=2)
    assert digests(file) == before
    build(file, seed=2, overwrite=True, tables=["customers", "products"])
    assert sorted(counted(file)) == ["colgen_manifest", "customers", "products"]
    assert os.listdir(file.parent) == ["sales.duckdb"]


def test_other_schemas_stay_as_they_are(file: Path) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 'mine' AS text; CREATE SCHEMA crm; CREATE TABLE crm.customers AS SELECT 7 AS id")
    build(file)
    build(file, "second", "erp")
    second = digests(file, "second")
    build(file, seed=1, overwrite=True)
    assert ask(file, "SELECT * FROM notes") == [("mine",)]
    assert ask(file, "SELECT * FROM crm.customers") == [(7,)]
    assert digests(file, "second") == second


@pytest.mark.parametrize(
    "strange",
    [
        "CREATE TABLE shop.customers AS SELECT 1 AS id",
        "CREATE VIEW shop.customers AS SELECT 1 AS id",
        "CREATE TABLE shop.colgen_manifest AS SELECT 'a note' AS manifest",
    ],
)
def test_what_colgen_did_not_make_is_not_replaced(file: Path, strange: str) -> None:
    file.parent.mkdir()
    with duckdb.connect(file) as connection:
        connection.execute(f"CREATE SCHEMA shop; {strange}")
    with pytest.raises(TargetError, match="colgen did not make"):
        build(file, overwrite=True)
    with held(file, "shop") as target:
        assert target.made() == {}
        assert target.drop() == []
        assert len(target.relations()) == 1


def test_a_table_that_the_user_has_changed_or_made_anew_is_the_users(file: Path) -> None:
    build(file)
    with duckdb.connect(file) as connection:
        connection.execute("CREATE OR REPLACE TABLE shop.inventory AS SELECT * FROM shop.inventory")
        connection.execute("ALTER TABLE shop.customer_addresses ADD COLUMN note VARCHAR")
    with held(file, "shop") as target:
        assert target.relations().keys() - target.made().keys() == {"inventory", "customer_addresses"}
    with pytest.raises(TargetError, match="'customer_addresses' that colgen did not make, or that was changed"):
        build(file, overwrite=True)


def test_a_table_of_the_users_that_refers_to_one_of_ours_keeps_it(file: Path) -> None:
    build(file)
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE shop.notes (customer_id BIGINT REFERENCES shop.customers (id))")
    before = digests(file)
    with pytest.raises(TargetError, match="something of yours needs its tables"):
        build(file, seed=1, overwrite=True)
    assert digests(file) == before


def test_everything_that_has_a_name_in_the_schema_is_seen(file: Path) -> None:
    build(file, tables=["customer_types"])
    with duckdb.connect(file) as connection:
        connection.execute(
            "CREATE VIEW shop.v AS SELECT 1; CREATE SEQUENCE shop.s; CREATE TYPE shop.t AS ENUM ('a'); CREATE MACRO shop.m(x) AS x + 1"
        )
    with held(file, "shop") as target:
        assert sorted(target.relations()) == ["colgen_manifest", "customer_types", "m", "s", "t", "v"]
        assert list(target.made()) == ["customer_types", "colgen_manifest"]
        assert target.exists
        assert target.where()["free_bytes"] > 0
        assert target.drop() == ["colgen_manifest", "customer_types"]
        assert sorted(target.relations()) == ["m", "s", "t", "v"]


def test_dropping_leaves_nothing_of_ours_and_all_of_the_users(file: Path) -> None:
    build(file)
    with held(file, "shop") as target:
        assert len(target.drop()) == 9
    assert os.listdir(file.parent) == []
    with duckdb.connect(file) as connection:
        connection.execute("CREATE TABLE notes AS SELECT 1 AS id")
    build(file)
    with held(file, "shop") as target:
        target.drop()
        assert not target.exists
    assert counted(file, "main") == {"notes": 1}
    assert os.listdir(file.parent) == ["sales.duckdb"]


@pytest.mark.parametrize("keys", [None, False])
@pytest.mark.parametrize("model", MODELS)
def test_appending_the_same_adds_nothing(model: str, keys: bool | None, file: Path) -> None:
    summary = build(file, model=model, constraints=keys)
    before = digests(file)
    again = build(file, model=model, append=True, checked=True)
    assert again.added == dict.fromkeys(summary.rows, 0)
    assert again.rows == summary.rows
    assert digests(file) == before


def test_appending_adds_the_rows_whose_keys_are_new(file: Path) -> None:
    build(file)
    more = build(file, append=True, settings={"invoices": 200, "customers": 40})
    assert more.added is not None
    assert (more.added["customers"], more.added["invoices"], more.added["products"]) == (15, 125, 0)
    assert more.rows["invoices"] == 200 == counted(file)["invoices"]
    assert build(file, append=True, settings={"invoices": 200, "customers": 40}).added == dict.fromkeys(more.rows, 0)
    says = [one for one in colgen.check(file) if " is in " in one.description or one.description.endswith("is unique")]
    assert says
    assert all(one.holds for one in says)


def test_a_longer_period_adds_its_rows(file: Path) -> None:
    build(file, model="ecommerce", last_day="2024-12-31", settings={"days": 60})
    more = build(file, model="ecommerce", last_day="2025-01-10", settings={"days": 70}, append=True)
    assert more.added is not None
    assert more.added["raw_sessions"] > 0


def test_rows_that_would_refer_to_nothing_are_not_added(file: Path) -> None:
    build(file, constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("DELETE FROM shop.invoices WHERE id > 70; DELETE FROM shop.customers WHERE id > 20")
    colgen.build("invoicing", volume="small", out=file.parent / "data")
    wanted = table(file.parent / "data", "customers").to_pylist()[24]["email"]
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE shop.customers SET email = ? WHERE id = 1", [wanted])
    before = digests(file)
    with pytest.raises(TargetError, match="would refer to rows of customers that are not there; nothing was added"):
        build(file, append=True)
    assert digests(file) == before


def test_there_must_be_something_to_append_to(file: Path) -> None:
    with pytest.raises(TargetError, match="to append to; build it first"):
        build(file, append=True)
    assert not file.parent.exists()
    build(file, tables=["customers"])
    with pytest.raises(TargetError, match="no table 'products' of colgen's"):
        build(file, append=True, tables=["products"])


# Checks before, and reading back after


def broken_model() -> Model:
    found = load_model("invoicing")
    rule = Rule(found.table("customers"), "has no customer", "false")
    return Model(found.name, found.tables, found.volumes, default_volume=found.default_volume, rules=(rule,))


@pytest.mark.parametrize("append", [False, True])
def test_what_breaks_a_rule_is_not_published(file: Path, append: bool) -> None:
    with pytest.raises(CheckFailed, match="has no customer"):
        build(file, model=broken_model(), checked=True)
    assert not file.parent.exists()
    build(file, seed=1)
    before = digests(file)
    with pytest.raises(CheckFailed, match="has no customer"):
        build(file, model=broken_model(), checked=True, overwrite=not append, append=append)
    assert digests(file) == before
    assert os.listdir(file.parent) == ["sales.duckdb"]


@pytest.mark.parametrize("model", MODELS)
def test_every_rule_is_proved_on_the_tables_themselves(model: str, file: Path) -> None:
    summary = build(file, model=model, checked=True)
    assert summary.outcomes is not None
    found = colgen.check(file)
    assert [one.description for one in summary.outcomes] == [one.description for one in found[1:]]
    assert all(one.holds for one in found)


def test_checks_and_reports_read_the_file(file: Path) -> None:
    build(file)
    colgen.build("invoicing", volume="small", out=file.parent / "data")
    assert colgen.report("financial_summary", file).equals(colgen.report("financial_summary", file.parent / "data"))
    done = command_line("check", file)
    assert (done.returncode, "every table is there" in done.stdout) == (0, True), done.stderr
    done = command_line("report", "financial_summary", f"duckdb:///{file}", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == command_line("report", "financial_summary", file.parent / "data", "--format", "json").stdout
    assert command_line("diff", file.parent / "data", file).returncode == 0
    done = command_line("check", file, "--schema", "shp")
    assert (done.returncode, "did you mean 'shop'" in done.stderr) == (2, True)


def test_damage_in_the_file_is_found(file: Path) -> None:
    build(file, constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE shop.invoice_line_items SET product_id = 999999 WHERE id = 1; DROP TABLE shop.inventory")
    assert [(one.description, one.rows) for one in colgen.check(file) if not one.holds] == [("every table is there", (("inventory",),))]
    with pytest.raises(ColgenError, match="inventory is missing"):
        colgen.report("financial_summary", file)
    build(file, "second", constraints=False)
    with duckdb.connect(file) as connection:
        connection.execute("UPDATE second.invoice_line_items SET product_id = 999999 WHERE id = 1")
    broken = [one.description for one in checks.check(file, schema="second") if not one.holds]
    assert "product_id is in products" in broken


def test_a_file_without_a_build_says_so(tmp_path: Path) -> None:
    duckdb.connect(tmp_path / "a.duckdb").close()
    with pytest.raises(RequestError, match="none of its schemas has a table colgen_manifest"):
        colgen.check(tmp_path / "a.duckdb")
    (tmp_path / "b.txt").write_text("mine")
    with pytest.raises(RequestError, match=r"'.*b.txt' is not a DuckDB database"):
        colgen.check(tmp_path / "b.txt")
    with pytest.raises(RequestError, match="not from PostgreSQL"):
        colgen.check("postgresql://ann:secret@localhost/shop")


# What refuses


def test_the_guard_is_asked_before_anything_is_written(file: Path) -> None:
    seen: list[Any] = []

    def allowed(target: Target, plan: Plan) -> None:
        seen.append((target.exists, target.relations(), target.made(), sum(plan.rows.values()), target.where()["database"]))
        raise TargetError("no")

    with pytest.raises(TargetError, match="no"):
        build(file, allowed=allowed)
    assert not file.parent.exists()
    assert seen == [(False, {}, {}, sum(build(file).rows.values()), str(file))]


def test_a_file_that_another_process_holds(file: Path) -> None:
    build(file)
    script = f"import duckdb; held = duckdb.connect({str(file)!r}); print('held', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TargetError, match=rf"held by another process: .*python.* \(process {other.pid}\)"):
            build(file, overwrite=True)
        with pytest.raises(RequestError, match=f"process {other.pid}"):
            colgen.check(file)
    finally:
        other.kill()
        other.communicate()
    build(file, overwrite=True)


def test_a_file_that_this_process_has_open(file: Path) -> None:
    build(file)
    with duckdb.connect(file), pytest.raises(TargetError, match="open in this process"):
        build(file, overwrite=True)


def test_two_builds_at_once_into_one_file(file: Path) -> None:
    with held(file, "shop"), pytest.raises(TargetError, match=r"another build .* is under way"), held(file, "other"):
        pass


@pytest.mark.parametrize("content", [b"", b"mine", b"mine " * 10_000])
def test_a_file_that_is_no_database(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(TargetError, match="is not a DuckDB database") as raised:
        build(file, overwrite=True)
    assert raised.value.exit_code == 3
    assert file.read_bytes() == content
    assert os.listdir(file.parent) == ["sales.duckdb"]


def test_a_damaged_file_is_refused(file: Path) -> None:
    build(file)
    content = bytearray(file.read_bytes())
    content[12] ^= 255
    file.write_bytes(content)
    with pytest.raises(TargetError, match="DuckDB cannot open"):
        build(file, overwrite=True)
    assert file.read_bytes() == bytes(content)


def test_a_newer_storage_version_is_named() -> None:
    from colgen.targets.finished import explained

    words = "Serialization Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67."
    assert "another version of DuckDB (storage version 99)" in explained(Exception(words), Path("a.duckdb"))


def test_a_folder_and_a_place_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="is a folder; name a file"):
        build(tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TargetError, match="cannot be written"):
        build(tmp_path / "file" / "shop.duckdb")
    with pytest.raises(TargetError, match="cannot be written"):
        build(Path("/dev/null/shop.duckdb"))
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(TargetError, match="cannot be written"):
        build(tmp_path / "circle")
    assert (tmp_path / "file").read_text() == "mine"


def without_privileges() -> list[str]:
    """A command that runs another without root's power to write anywhere."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root writes anywhere, and there is no setpriv")
    return ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]


SCRIPT = """
import sys
from pathlib import Path
from colgen.errors import ColgenError
from colgen.model import load as model
from colgen.spec import Spec
from colgen.targets.duckdb import load
found = model("invoicing")
spec = Spec.of(found, volume="large", scale=float(sys.argv[2]), seed=int(sys.argv[3]))
try:
    load(spec, found, Path(sys.argv[1]), "shop", threads=2, overwrite=True)
except ColgenError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def start(path: Path, scale: float = 1, seed: int = 2, before: list[str] | None = None, **options: Any) -> subprocess.Popen[str]:
    """A build in a process of its own."""
    command = [*(before or []), sys.executable, "-c", SCRIPT, str(path), str(scale), str(seed)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, **options)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    return process.returncode, said


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_may_not_be_written(file: Path, what: str) -> None:
    build(file, seed=1)
    before = digests(file)
    (file.parent if what == "folder" else file).chmod(0o555 if what == "folder" else 0o444)
    code, said = finish(start(file, before=without_privileges()))
    assert code == 3
    assert "cannot be written" in said or "Permission denied" in said
    file.parent.chmod(0o755)
    assert digests(file) == before
    assert os.listdir(file.parent) == ["sales.duckdb"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("needs Linux's mount")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(place)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_build_that_cannot_fit_is_refused_before_it_begins(small_disk: Path) -> None:
    with pytest.raises(TargetError, match=r"has \d.* MB free, and the build needs about \d") as raised:
        build(small_disk / "sales.duckdb", volume="large", scale=50)
    assert raised.value.exit_code == 3
    assert os.listdir(small_disk) == []


@pytest.mark.parametrize("scale", [3, 14, 30, 40, 60, 80])
def test_a_disk_that_runs_full_in_the_middle_is_left_as_it_was(small_disk: Path, monkeypatch: pytest.MonkeyPatch, scale: float) -> None:
    monkeypatch.setattr(target_module, "_refuse_without_room", lambda *any: None)
    file = small_disk / "sales.duckdb"
    build(file, seed=1)
    before = digests(file)
    said = None
    try:
        build(file, volume="large", scale=scale, seed=2, overwrite=True)
    except ColgenError as raised:
        said = raised
    there = sorted(name for name in os.listdir(small_disk))
    if said is None:  # it may be that there is no room left to move it from the log into the file
        assert scale < 80
        assert there in (["sales.duckdb"], ["sales.duckdb", "sales.duckdb.wal"])
        assert counted(file)["customers"] == 1000 * scale
    else:
        assert scale > 3
        assert re.search(r"the disk under .* is full: the build needs about \d", str(said))
        assert said.exit_code == 1
        assert digests(file) == before
        build(file, seed=3, overwrite=True)
        assert counted(file)["customers"] == 25
        assert os.listdir(small_disk) == ["sales.duckdb"]


def test_a_limit_on_the_size_of_files_is_like_a_full_disk(file: Path) -> None:
    limit = 3_000_000
    code, said = finish(start(file, 20, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    assert code == 1
    assert "is full: the build needs about" in said
    assert not file.parent.exists()


# Stopped in the middle


def test_an_interrupted_build_leaves_nothing(file: Path) -> None:
    class Stopping(NoProgress):
        def stage(self, what: str) -> None:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="nothing was left behind"):
        build(file, progress=Stopping())
    assert not file.parent.exists()


class Killed(BaseException):
    """What stands for the end of the process: nothing is caught, nothing cleaned up."""


SOME = ("customer_types", "customers", "customer_addresses")
"""Tables that refer to each other."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, dict[str, str]]]:
    """Whole builds of some seeds, proved, each with its digests."""
    found = {}
    for seed in (1, 2, 3):
        path = tmp_path_factory.mktemp("sound") / f"{seed}.duckdb"
        build(path, seed=seed, tables=SOME, checked=True)
        found[seed] = path, digests(path)
    return found


STEPS = ("stage", "create", "fill", "manifest", "sizes")


@pytest.mark.parametrize("step", ["stage", "create", "fill", "manifest", "settle", "sizes", "take_place"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("there", [False, True], ids=["no file there", "a build there"])
def test_killed_at_any_step_there_is_the_old_or_the_whole_new_build(
    file: Path, step: str, when: str, there: bool, sound: dict[int, tuple[Path, dict[str, str]]]
) -> None:
    (first, old), (_, new), (_, newest) = sound.values()
    if there:
        file.parent.mkdir()
        shutil.copyfile(first, file)
    child = os.fork()
    if child == 0:  # it dies by kill -9, in the midst of the step
        owner = Load if step in STEPS else Target
        whole = getattr(owner, step)

        def half(self: Any, *arguments: Any) -> Any:
            found = whole(self, *arguments) if when == "after" else None
            os.kill(os.getpid(), signal.SIGKILL)
            return found

        setattr(owner, step, half)
        build(file, seed=2, tables=SOME, overwrite=True, threads=1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    published = (
        STEPS.index("manifest") < [*STEPS[:4], "settle", "sizes", "take_place"].index(step)
        if there
        else (step, when) == ("take_place", "after")
    )
    if there:
        assert digests(file) == (new if published else old)
    else:
        assert file.exists() == published
    build(file, seed=3, tables=SOME, overwrite=True)
    assert os.listdir(file.parent) == ["sales.duckdb"]
    assert digests(file) == newest


def test_killed_at_any_moment_there_is_the_old_or_the_whole_new_build(file: Path, sound: dict[int, tuple[Path, dict[str, str]]]) -> None:
    (first, old), _, (_, newest) = sound.values()
    chance = random.Random(20241231)
    began = time.monotonic()
    assert finish(start(file, 8))[0] == 0
    lasts = time.monotonic() - began
    new = digests(file)
    for number in range(KILLS):
        shutil.rmtree(file.parent)
        file.parent.mkdir()
        there = number % 2 == 1
        if there:
            shutil.copyfile(first, file)
        process = start(file, 8)
        time.sleep(lasts * (0.3 + 0.75 * (number + chance.random()) / KILLS))
        process.kill()
        process.communicate()
        if file.exists():
            assert digests(file) in ([old, new] if there else [new])
        else:
            assert not there
        build(file, seed=3, tables=SOME, overwrite=True)
        assert os.listdir(file.parent) == ["sales.duckdb"]
        assert digests(file) == newest


def test_killed_builds_do_not_make_the_file_grow(file: Path) -> None:
    build(file, volume="large", scale=5)
    build(file, volume="large", scale=5, overwrite=True)
    before = file.stat().st_size
    for _ in range(4):
        child = os.fork()
        if child == 0:
            Load.manifest = lambda self: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign, assignment, return-value]
            build(file, volume="large", scale=5, overwrite=True, threads=1)
            os._exit(0)
        os.waitpid(child, 0)
    build(file, volume="large", scale=5, overwrite=True)
    assert file.stat().st_size <= before * 1.1


def test_the_folder_beside_is_gone_whatever_is_in_it(tmp_path: Path) -> None:
    side = tmp_path / ".shop.duckdb.colgen"
    (side / "rows" / "customers").mkdir(parents=True)
    (side / "new.duckdb").write_text("half")
    (side / "new.duckdb.wal").write_text("half")
    with publish.beside(tmp_path / "shop.duckdb") as given:
        assert os.listdir(given) == ["lock"]
    assert os.listdir(tmp_path) == []


def test_sizes_add_up_to_about_the_file(file: Path) -> None:
    summary = build(file, volume="large", scale=10, constraints=False)
    assert sum(summary.bytes.values()) == pytest.approx(file.stat().st_size, rel=0.25)
    assert summary.target == f"{file} schema shop"
    assert room.size(sum(summary.bytes.values()))
