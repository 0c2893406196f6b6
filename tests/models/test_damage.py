"""Every check finds the damage it is there for, and says which rule broke and where."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import colgen
from colgen.audit.check import Outcome, prove
from colgen.audit.invariants import Query, queries
from colgen.declare.find import BUILT_IN, find_model
from colgen.targets.manifest import read
from colgen.targets.sql import new_connection
from tests.models.ecommerce import damages as ecommerce
from tests.models.erp import damages as erp
from tests.models.invoicing import damages as invoicing
from tests.support import first_of, part_of, thorough

VOLUMES = {"invoicing": "medium", "ecommerce": "small", "erp": "medium"}
DAMAGES = [
    (model, *line)
    for model, lines in (("invoicing", invoicing.DAMAGES), ("ecommerce", ecommerce.DAMAGES), ("erp", erp.DAMAGES))
    for line in lines
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A sound build of each model."""
    folders = {model: tmp_path_factory.mktemp("sound") / model for model in VOLUMES}
    for model, folder in folders.items():
        colgen.build(model, volume=VOLUMES[model], seed=5, out=folder)
    return folders


class Sound:
    """A sound build in tables of their own, which can be changed and changed back, and the views that checks read."""

    def __init__(self, folder: Path, model: str) -> None:
        self.found, self.model = read(folder), find_model(model)
        self.queries = list(queries(self.found, self.model))
        self.connection = new_connection()
        self.connection.execute("CREATE SCHEMA written")
        for table, entry in self.found.tables.items():
            files = [str(folder / part.file) for part in entry.parts]
            self.connection.execute(f"CREATE TABLE written.{table} AS FROM read_parquet({files})")
            columns = (f'"{name}"::{kind} AS "{name}"' for name, kind in entry.columns.items())
            self.connection.execute(f"CREATE VIEW {table} AS SELECT {', '.join(columns)} FROM written.{table}")

    def broken(self, only: Callable[[str], bool], *statements: str) -> dict[str, Outcome]:
        """The rules that do not hold, of those that are wanted, while the tables are changed by SQL, as a careless hand would."""
        self.connection.execute("BEGIN; USE written")
        try:
            for statement in statements:
                self.connection.execute(statement)
            self.connection.execute("USE main")
            return failing(lambda: prove(self.connection, self.found, self.model), only, lambda *arguments: self.queries)
        finally:
            self.connection.execute("ROLLBACK; USE main")


@pytest.fixture(scope="module")
def tables(sound: dict[str, Path]) -> dict[str, Sound]:
    """Each model's sound build, to be damaged for a while."""
    return {model: Sound(folder, model) for model, folder in sound.items()}


@pytest.fixture
def copied(sound: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """Gives a copy of a model's sound build, to be damaged."""
    return lambda model: Path(shutil.copytree(sound[model], tmp_path / model))


@pytest.fixture
def folder(copied: Callable[[str], Path]) -> Path:
    return copied("invoicing")


def damage(folder: Path, table: str, statement: str) -> None:
    """Changes a written table by SQL, as a careless hand would."""
    parts = sorted((folder / table).iterdir())
    connection = new_connection()
    connection.execute(f"CREATE TABLE {table} AS FROM read_parquet({[str(part) for part in parts]})")
    connection.execute(statement)
    for number, part in enumerate(parts):  # all of it is in the first part now
        connection.execute(f"COPY (FROM {table} {'LIMIT 0' if number else ''}) TO '{part}' (FORMAT parquet)")


def failing(
    check: Callable[[], Iterable[Outcome]], only: Callable[[str], bool], known: Callable[..., Iterable[Query]] = queries
) -> dict[str, Outcome]:
    """The rules that a check finds broken, of those that are wanted; it asks about no other.

    known : gives all rules of a manifest and a model
    """

    def wanted(*arguments):
        return (query for query in known(*arguments) if only(f"{query.table}: {query.rule}"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colgen.audit.check.queries", wanted)
        return {f"{one.table}: {one.rule}": one for one in check() if not one.holds}


def broken(folder: Path, only: Callable[[str], bool] = lambda rule: True) -> dict[str, Outcome]:
    """The rules that do not hold in a folder, of those that are wanted."""
    return failing(lambda: colgen.check(folder), only)


def rules(folder: Path, model: str) -> list[tuple[str, str]]:
    """Every rule of a model: the table, and what it says."""
    return [(query.table, query.rule) for query in queries(read(folder), find_model(model))]


# The shapes of the rules that follow from a declaration, and what is done to a table for those of it to break.
SHAPES = [
    (r"has [\d,]+ rows", "DELETE FROM {table} WHERE rowid = 0"),
    (r"(?P<column>\w+) is never null", 'UPDATE {table} SET "{column}" = NULL WHERE rowid = 2'),
    (r"(?P<column>\w+) is unique", "UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE rowid = 1) WHERE rowid = 2"),
    (r"(?P<column>\w+) is 1, 2, 3 … without a gap, each once", "UPDATE {table} SET {column} = 1 WHERE rowid = 2"),
    (r"(?P<column>\w+) is 1 or more, each once", "UPDATE {table} SET {column} = 0 WHERE rowid = 2"),
    (r"(?P<column>\w+) is 1 or more, each once", "INSERT INTO {table} FROM {table} WHERE rowid = 2"),
    (r"(?P<column>\w+) is 1, 2, 3 … within each \w+", "UPDATE {table} SET {column} = 0 WHERE rowid = 2"),
    (r"(?P<column>\w+) is 1 or more, each once within each \w+", "UPDATE {table} SET {column} = 0 WHERE rowid = 2"),
    (r"(?P<column>\w+) is 1 or more, each once within each \w+", "INSERT INTO {table} FROM {table} WHERE rowid = 2"),
    (r"(?P<column>\w+) is the sum of [\w.]+", "UPDATE {table} SET {column} = {column} + 1 WHERE rowid = 2"),
    (r"(?P<column>\w+) is one of its words", "UPDATE {table} SET {column} = '\"word\"' WHERE rowid = 2"),
    (r"(?P<column>(?!session_id)\w+) is in \w+", "UPDATE {table} SET {column} = -1 WHERE rowid = 2"),
    (r"(?P<column>\w+) is [\d.]+ to [\d.]+", "UPDATE {table} SET {column} = -1 WHERE rowid = 2"),
    (r"(?P<column>\w+) is not after the period", "UPDATE {table} SET {column} = '2300-01-01' WHERE rowid = 2"),
    (r"(?P<column>\w+): shares as declared", "UPDATE {table} SET {column} = (SELECT min({column}) FROM {table})"),
]


@pytest.mark.parametrize(
    ("model", "table", "statement", "rule"), DAMAGES, ids=[f"{rule} / {number}" for number, (*_, rule) in enumerate(DAMAGES)]
)
def test_damage_is_found(model: str, table: str, statement: str, rule: str, tables: dict[str, Sound]) -> None:
    found = tables[model].broken(lambda says: says == rule, statement)
    assert rule in found
    assert found[rule].violations >= 1
    assert found[rule].rows
    assert found[rule].columns != ("error",)  # it is the data that is wrong, not the question


@pytest.mark.parametrize("model", VOLUMES)
@pytest.mark.parametrize(("shape", "statement"), SHAPES, ids=[shape for shape, _ in SHAPES])
def test_damage_to_what_is_declared_is_found(
    model: str, shape: str, statement: str, sound: dict[str, Path], tables: dict[str, Sound]
) -> None:
    """Each rule of a shape reads what it is about and nothing else, so all of them are broken at once."""
    statements, expected = [], set()
    for table, says in rules(sound[model], model):
        if found := re.fullmatch(shape, says):
            statements.append(statement.format(table=table, **found.groupdict()))
            expected.add(f"{table}: {says}")
    if not expected:
        pytest.skip(f"{model} has no rule of this shape")
    outcomes = tables[model].broken(lambda rule: rule in expected, *statements)
    assert set(outcomes) == expected
    assert all(one.violations >= 1 and one.rows and one.columns != ("error",) for one in outcomes.values())


@pytest.mark.parametrize("model", VOLUMES)
def test_sound_data_breaks_no_rule(model: str, sound: dict[str, Path]) -> None:
    assert broken(sound[model]) == {}


@pytest.mark.parametrize("model", BUILT_IN)
def test_every_rule_of_the_model_has_its_damage(model: str, sound: dict[str, Path]) -> None:
    """A new rule needs a line in its model's list (tests/damages), or has one of the shapes."""
    damaged = {rule for name, _, _, rule in DAMAGES if name == model}
    known = rules(sound[model], model)
    assert [
        f"{table}: {says}"
        for table, says in known
        if not any(re.fullmatch(shape, says) for shape, _ in SHAPES) and f"{table}: {says}" not in damaged
    ] == []
    assert damaged <= {f"{table}: {says}" for table, says in known}


@thorough
@pytest.mark.parametrize(
    ("table", "statement", "rule"),
    first_of([
        ("payments", "UPDATE payments SET bulk_batch_id = 'BULK-000001-202401' WHERE id = 5", "payments: only companies that pay monthly have batches, except for anomalies"),
        ("maintenance_visits", "UPDATE maintenance_visits SET cost = cost + 1 WHERE id = 2", "maintenance_visits: cost is the sum of parts and services"),
        ("stock_movements", "UPDATE stock_movements SET balance = balance + 1 WHERE id = 3", "stock_movements: balance is the sum of the product's movements so far"),
    ]),
)  # fmt: skip
def test_only_the_rule_that_the_damage_is_about_breaks(table: str, statement: str, rule: str, copied: Callable[[str], Path]) -> None:
    folder = copied("erp")
    damage(folder, table, statement)
    assert list(broken(folder)) == [rule]


def test_an_anomaly_excuses_what_hangs_on_its_order(tables: dict[str, Sound]) -> None:
    changed = "UPDATE order_items SET quantity = 999 WHERE order_id {} (SELECT order_id FROM anomalies)"

    def broken(statement: str) -> dict[str, Outcome]:
        return tables["erp"].broken(lambda says: says.startswith("order_items: quantity is 1 to 24"), statement)

    assert broken(changed.format("IN")) == {}
    assert len(broken(changed.format("NOT IN"))) == 1


TOTAL = "invoices: total is subtotal + tax_amount"


def test_the_offending_row_is_shown(folder: Path) -> None:
    damage(folder, "invoices", "UPDATE invoices SET total = total + 1 WHERE id = 7")
    found = broken(folder, TOTAL.__eq__)[TOTAL]
    assert found.violations == 1
    assert found.columns[0] == "id"
    assert found.rows[0][0] == 7


def test_many_offenders_are_counted_and_five_shown(folder: Path) -> None:
    damage(folder, "invoices", "UPDATE invoices SET total = total + 1")
    found = broken(folder, TOTAL.__eq__)[TOTAL]
    assert (found.violations, len(found.rows)) == (300, 5)


def test_a_missing_part_is_found(folder: Path) -> None:
    missing = part_of(folder, "products")
    missing.unlink()
    found = broken(folder)
    assert list(found) == ["*: every part is there"]
    assert found["*: every part is there"].rows == ((f"products/{missing.name}",),)


def test_a_part_that_cannot_be_read_is_found(folder: Path) -> None:
    part_of(folder, "products").write_bytes(b"PAR1 not really")
    found = broken(folder)
    assert "products: its parts can be read" in found
    assert found["products: id is never null"].rows == (("not proved, for want of products",),)


def test_damaged_csv_is_found(tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", out=tmp_path / "data", format="csv")
    part = part_of(tmp_path / "data", "invoices")
    lines = part.read_text().splitlines()
    fields = lines[7].split(",")
    fields[9] = "1.00"
    part.write_text("\n".join([*lines[:7], ",".join(fields), *lines[8:]]) + "\n")
    assert list(broken(tmp_path / "data", TOTAL.__eq__)) == [TOTAL]


def test_a_cell_that_is_no_value_is_found(tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", out=tmp_path / "data", format="csv")
    part = part_of(tmp_path / "data", "products")
    part.write_text(part.read_text().replace("true", "maybe", 1))
    assert broken(tmp_path / "data", lambda rule: rule.startswith("products: "))
