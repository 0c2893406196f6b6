"""Proofs save work and never say more than the rules: where one does not come out clean, the rule's own SQL decides."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from colgen.audit import check, proofs, reading
from colgen.audit.check import Outcome
from colgen.audit.invariants import queries
from colgen.engines.progress import Proving
from colgen.targets import sql
from tests.audit.proving import MODEL, changed, outcomes, outcomes_of_rules_alone, sound
from tests.support import thorough

FORMATS = ("parquet", "csv", "duckdb")
TABLES = {table.name: [column.name for column in table.written_columns] for table in MODEL.written}
NEW_VALUES = (
    "NULL", "{column} + 1", "{column} - 1", "-{column}", "0", "1000000", "upper({column}::VARCHAR)", "'no'", "'medium'", "''", "'[1,]'", "'null'",
    "(SELECT {column} FROM {table} WHERE rowid = {other})", "{column} - INTERVAL 1 YEAR", "{column} + INTERVAL 1 DAY",
    "'00000000-0000-4000-8000-00000000000A'", "'{{00000000-0000-4000-8000-000000000001}}'",
)  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound(tmp_path_factory.mktemp("proofs") / "sound")


def broken(found: list[Outcome]) -> list[str]:
    return [f"{outcome.table}: {outcome.rule}" for outcome in found if not outcome.holds]


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL that a check runs from now on."""
    texts: list[str] = []
    usual = sql.answer

    def answer(connection: Any, text: str) -> Any:
        texts.append(text)
        return usual(connection, text)

    for module in (check, proofs, reading):
        monkeypatch.setattr(module, "answer", answer)
    return texts


# What a proof saves


@pytest.mark.parametrize("format", FORMATS)
def test_of_sound_data_every_proof_comes_out_clean(format: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = changed(source, tmp_path / "copy", format, [])
    texts = asked(monkeypatch)
    assert broken(outcomes(build)) == []
    assert not any(query.sql in text for query in queries(build.manifest, MODEL) if query.proof or query.select for text in texts)


def test_where_one_does_not_the_rule_says_which_rows_offend(source: Path, tmp_path: Path) -> None:
    build = changed(source, tmp_path / "copy", "parquet", ["UPDATE lines SET price = -price WHERE id IN (2, 3)"])
    found = {outcome.rule: outcome for outcome in outcomes(build)}["price is 1.00 to 9.99"]
    assert (found.violations, found.columns[0], [row[0] for row in found.rows]) == (2, "id", [2, 3])


def test_rows_in_another_order_break_no_rule(source: Path, tmp_path: Path) -> None:
    build = changed(source, tmp_path / "copy", "parquet", [], order="hash(rowid)", parts=(1, 0))
    assert broken(outcomes(build)) == []


def test_a_rule_that_cannot_be_asked_says_so_and_spoils_no_other(source: Path, tmp_path: Path) -> None:
    build = changed(
        source, tmp_path / "copy", "parquet", ["ALTER TABLE lines ALTER price TYPE VARCHAR", "UPDATE lines SET price = 'dear' WHERE id = 1"]
    )
    found = {outcome.rule: outcome for outcome in outcomes(build)}
    assert found["price is 1.00 to 9.99"].columns == ("error",)
    assert found["number is 1, 2, 3 … within each order_id"].holds


def test_a_condition_reads_through_several_keys(source: Path, tmp_path: Path) -> None:
    build = changed(source, tmp_path / "copy", "parquet", ["UPDATE shops SET created_at = created_at + INTERVAL 10 YEAR"])
    assert "lines: no line is before its shop" in broken(outcomes(build))


def test_a_cheaper_query_is_tried_first_and_decides_nothing(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = changed(source, tmp_path / "copy", "parquet", [], order="hash(rowid)")
    texts = asked(monkeypatch)
    rule = next(query for query in queries(build.manifest, MODEL) if query.rule == "numbers rise with ids")
    assert broken(outcomes(build)) == []
    assert [any(sql in text for text in texts) for sql in (rule.select, rule.sql)] == [True, True]


# What it must not say


def row_numbers() -> st.SearchStrategy[int]:
    return st.integers(0, 11)


@st.composite
def damages(draw: st.DrawFn) -> str:
    """SQL that changes a table as a careless hand would."""
    table = draw(st.sampled_from(list(TABLES)))
    row, other = draw(row_numbers()), draw(row_numbers())
    column, another = draw(st.sampled_from(TABLES[table])), draw(st.sampled_from(TABLES[table]))
    match draw(st.sampled_from(["set", "set", "set", "swap", "repeat", "drop", "drop many"])):
        case "set":
            value = draw(st.sampled_from(NEW_VALUES)).format(column=column, table=table, other=other)
            return f"UPDATE {table} SET {column} = {value} WHERE rowid = {row}"
        case "swap":
            values = (
                f"(SELECT {column} FROM {table} AS source WHERE source.rowid = CASE {table}.rowid WHEN {row} THEN {other} ELSE {row} END)"
            )
            return f"UPDATE {table} SET {column} = {values} WHERE rowid IN ({row}, {other})"
        case "repeat":
            return f"INSERT INTO {table} FROM {table} WHERE rowid = {row}"
        case "drop":
            return f"DELETE FROM {table} WHERE rowid = {row}"
    return f"DELETE FROM {table} WHERE {another} IS NOT NULL AND rowid >= {row}"


def agree(source: Path, folder: Path, format: str, statements: list[str], order: str, parts: tuple[int, int]) -> None:
    """A check says of damaged data what each rule's own SQL says."""
    try:
        build = changed(source, folder, format, statements, order, parts)
    except Exception as error:  # the column cannot hold such a value, so nobody can have written it
        event(f"not possible: {type(error).__name__}")
        return
    found, alone = outcomes(build), outcomes_of_rules_alone(build)
    event(f"{min(len(broken(alone)), 5)} broken")
    assert broken(found) == broken(alone)
    assert [(one.violations, one.columns, len(one.rows)) for one in found] == [
        (one.violations, one.columns, len(one.rows)) for one in alone
    ]


examples = given(
    st.sampled_from(FORMATS),
    st.lists(damages(), min_size=1, max_size=2),
    st.sampled_from(["rowid", "rowid", "hash(rowid)"]),
    st.permutations((0, 1)),
)


@thorough
@settings(max_examples=2)
@example("parquet", ["UPDATE orders SET note = 'no' WHERE rowid = 0"], "rowid", (0, 1))
@example("csv", ["UPDATE orders SET note = 'no' WHERE rowid = 0"], "rowid", (0, 1))
@example("parquet", ["UPDATE orders SET token = upper(token) WHERE rowid = 10"], "rowid", (0, 1))
@examples
def test_a_check_says_what_every_rule_says_alone(
    source: Path, tmp_path_factory: pytest.TempPathFactory, format: str, statements: list[str], order: str, parts: Any
) -> None:
    agree(source, tmp_path_factory.mktemp("damaged") / "copy", format, statements, order, tuple(parts))


@thorough
@settings(max_examples=60)
@examples
def test_a_check_says_what_every_rule_says_alone_of_much_damage(
    source: Path, tmp_path_factory: pytest.TempPathFactory, format: str, statements: list[str], order: str, parts: Any
) -> None:
    agree(source, tmp_path_factory.mktemp("damaged") / "copy", format, statements, order, tuple(parts))


# Files that can only be read whole


def test_csv_is_read_once(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = changed(source, tmp_path / "copy", "csv", [])
    usual = reading.add_tables

    def add_tables(*arguments: Any) -> Any:
        yield from usual(*arguments)
        shutil.rmtree(tmp_path / "copy")  # whatever is read from now on is not read from the files

    monkeypatch.setattr(check, "add_tables", add_tables)
    assert broken(outcomes(build)) == []


# What is said meanwhile


def test_progress_says_what_is_proved_and_how_far_it_is(source: Path) -> None:
    events: list[Any] = []
    assert all(outcome.holds for outcome in check.check(source, MODEL, progress=events.append))
    assert all(isinstance(one, Proving) and 0 <= one.done < one.steps for one in events)
    assert {"orders", "lines", "shops: name is unique"} <= {one.what for one in events}


def test_the_outcomes_are_the_same_for_any_threads_and_memory(source: Path) -> None:
    assert list(check.check(source, MODEL, threads=1, max_memory=100_000_000)) == list(check.check(source, MODEL, threads=3))
