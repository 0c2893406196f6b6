"""What two builds differ in, down to the cell, whatever their formats."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import colgen as package
from colgen.audit.diff import Difference, Example
from colgen.errors import ColgenError, RequestError
from tests.audit.differing import NOTES, change, mirrored
from tests.support import FORMATS, colgen, first_of, part_of

law = settings(max_examples=6)


class Things(package.Table):
    rows = package.Volume("things")
    id = package.Key()
    size = package.Integers(1, 600)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small build."""
    folder = tmp_path_factory.mktemp("differences") / "data"
    package.build("invoicing", seed=5, out=folder)
    return folder


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(sound, tmp_path / "copy"))


@pytest.fixture
def another(tmp_path: Path) -> Callable[..., Path]:
    """Builds another one, by what differs in the request."""

    def built(**request: object) -> Path:
        folder = tmp_path / "another"
        package.build("invoicing", out=folder, **{"seed": 5, **request})  # type: ignore[call-overload]
        return folder

    return built


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_the_same_seed_is_equal_in_any_format_and_with_any_threads(format: str, sound: Path, another: Callable[..., Path]) -> None:
    assert package.diff(sound, another(format=format, threads=1)) == []


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_empty_text_and_no_text_stay_apart_in_any_format(format: str, tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text(NOTES)
    package.build(str(tmp_path / "notes.py"), out=tmp_path / "a")
    package.build(str(tmp_path / "notes.py"), out=tmp_path / "b", format=format)
    change(tmp_path / "a", "notes")  # other bytes, so that the values are compared
    assert package.diff(tmp_path / "a", tmp_path / "b") == []
    change(tmp_path / "a", "notes", "UPDATE notes SET text = '' WHERE id = 1", "UPDATE notes SET text = NULL WHERE id = 2")
    (found,) = package.diff(tmp_path / "a", tmp_path / "b")
    assert (found.changed, found.columns) == (2, {"text": 2})
    assert [(one.before, one.after) for one in found.examples] == [("", None), (None, "")]


def test_json_is_compared_as_text(tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text(NOTES)
    for name in "ab":
        package.build(str(tmp_path / "notes.py"), out=tmp_path / name)
    change(tmp_path / "b", "notes", """UPDATE notes SET more = '{"a": "", "b": 1}' WHERE id = 2""")
    (found,) = package.diff(tmp_path / "a", tmp_path / "b")
    assert found.examples == (Example(2, "more", '{"b": 1, "a": ""}', '{"a": "", "b": 1}'),)


def test_another_seed_changes_rows_and_leaves_fixed_tables_alone(sound: Path, another: Callable[..., Path]) -> None:
    found = {one.table: one for one in package.diff(sound, another(seed=6))}
    assert "customer_types" not in found
    assert found["products"].rows == (100, 100)
    assert (found["products"].added, found["products"].gone, found["products"].changed) == (0, 0, 100)
    assert found["products"].columns["name"] > 90


def test_a_changed_cell_is_found_and_shown(sound: Path, copy: Path) -> None:
    change(copy, "products", "UPDATE products SET name = 'Nothing' WHERE id = 7")
    name = duckdb.sql(f"SELECT name FROM '{sound}/products/*.parquet' WHERE id = 7").fetchall()[0][0]
    example = Example(7, "name", name, "Nothing")
    assert package.diff(sound, copy) == [Difference("products", (100, 100), changed=1, columns={"name": 1}, examples=(example,))]


def test_a_cell_that_loses_its_value_or_gains_one_has_changed(sound: Path, copy: Path) -> None:
    change(copy, "products", "UPDATE products SET weight = NULL WHERE id IN (7, 8)")
    (found,) = package.diff(sound, copy)
    assert (found.changed, found.columns) == (2, {"weight": 2})
    assert all(example.before is not None and example.after is None for example in found.examples)
    assert package.diff(copy, sound)[0].columns == {"weight": 2}


def test_a_row_that_changed_twice_counts_once(sound: Path, copy: Path) -> None:
    change(copy, "products", "UPDATE products SET name = '', price = 0 WHERE id = 7", "UPDATE products SET price = 0 WHERE id = 8")
    (found,) = package.diff(sound, copy)
    assert (found.changed, found.columns) == (2, {"name": 1, "price": 2})


def test_at_most_five_examples_are_shown_of_each_column_some(sound: Path, copy: Path) -> None:
    change(copy, "products", "UPDATE products SET name = '', price = 0")
    (found,) = package.diff(sound, copy)
    assert [(example.key, example.column) for example in found.examples] == [
        (1, "name"),
        (1, "price"),
        (2, "name"),
        (2, "price"),
        (3, "name"),
    ]


def test_a_row_that_is_gone(sound: Path, copy: Path) -> None:
    change(copy, "products", "DELETE FROM products WHERE id = 7")
    assert package.diff(sound, copy) == [Difference("products", (100, 99), gone=1, examples=(Example(7, "id", 7, None),))]


def test_a_row_that_was_added(sound: Path, copy: Path) -> None:
    change(copy, "products", "INSERT INTO products SELECT * REPLACE (101 AS id) FROM products WHERE id = 7")
    assert package.diff(sound, copy) == [Difference("products", (100, 101), added=1, examples=(Example(101, "id", None, 101),))]


@pytest.mark.parametrize("key", ["7", "NULL"])
def test_rows_of_one_key_are_told_apart(key: str, sound: Path, copy: Path) -> None:
    change(copy, "products", f"UPDATE products SET id = {key} WHERE id IN (7, 8)", "INSERT INTO products FROM products WHERE id IS NULL")
    (found,) = package.diff(sound, copy)
    assert found.rows == (100, 100 if key == "7" else 102)
    assert found.rows[0] - found.gone == found.rows[1] - found.added


def test_a_row_that_is_there_twice_was_added(sound: Path, copy: Path) -> None:
    change(copy, "products", "INSERT INTO products FROM products WHERE id = 7")
    (found,) = package.diff(sound, copy)
    assert (found.rows, found.added, found.gone, found.changed) == ((100, 101), 1, 0, 0)


def test_more_rows_leave_what_was_and_are_added(sound: Path, another: Callable[..., Path]) -> None:
    found = package.diff(sound, another(settings={"products": 120}), tables=["products"])
    assert [(one.rows, one.added, one.gone) for one in found] == [((100, 120), 20, 0)]


def test_a_longer_period_adds_days(tmp_path: Path) -> None:
    for name, days in (("a", 20), ("b", 30)):
        package.build(
            "ecommerce", volume="small", settings={"days": days}, first_day="2024-01-01", tables=["raw_sessions"], out=tmp_path / name
        )
    (found,) = package.diff(tmp_path / "a", tmp_path / "b")
    assert found.added > 0
    assert found.rows[1] - found.rows[0] == found.added - found.gone


def test_a_table_that_only_one_build_has_is_said_so(sound: Path, another: Callable[..., Path]) -> None:
    some = another(tables=["invoices", "customers"])
    assert {one.table: one.rows for one in package.diff(sound, some)}["products"] == (100, None)
    assert {one.table: one.rows for one in package.diff(some, sound)}["products"] == (None, 100)
    assert package.diff(sound, some, tables=["invoices", "customers"]) == []


def test_a_column_that_only_one_build_has_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "notes.py"
    path.write_text(NOTES)
    package.build(str(path), out=tmp_path / "a")
    path.write_text(NOTES.replace("size = Integers(1, 6)", "width = Integers(1, 6)"))
    package.build(str(path), out=tmp_path / "b")
    assert package.diff(tmp_path / "a", tmp_path / "b") == [
        Difference("notes", (8, 8), only_in_a=("size",), only_in_b=("width",)),
    ]
    told = colgen("diff", tmp_path / "a", tmp_path / "b")
    assert "size only in A, width only in B" in told.stdout


def test_a_column_whose_type_changed_is_compared_as_text(tmp_path: Path) -> None:
    path = tmp_path / "notes.py"
    path.write_text(NOTES)
    package.build(str(path), out=tmp_path / "a")
    path.write_text(NOTES.replace("Integers(1, 6)", "Text('{id}')"))
    package.build(str(path), out=tmp_path / "b")
    (found,) = package.diff(tmp_path / "a", tmp_path / "b")
    assert set(found.columns) == {"size"}
    assert all(example.after == str(example.key) for example in found.examples)


def test_a_table_that_does_not_write_its_key_is_compared_by_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "notes.py"
    path.write_text(NOTES.replace("Key()", "Key(hidden=True)"))
    for name in "ab":
        package.build(str(path), out=tmp_path / name)
    change(tmp_path / "b", "notes", "UPDATE notes SET size = 9 WHERE rowid = 2")
    (found,) = package.diff(tmp_path / "a", tmp_path / "b")
    assert (found.rows, found.added, found.gone, found.changed) == ((8, 8), 1, 1, 0)
    assert {example.column for example in found.examples} == {"*"}


def test_sessions_are_compared_by_their_text_key(tmp_path: Path) -> None:
    for name in "ab":
        package.build("ecommerce", volume="small", settings={"days": 3}, tables=["raw_sessions"], out=tmp_path / name)
    change(tmp_path / "b", "raw_sessions", "UPDATE raw_sessions SET country = 'Nowhere' WHERE rowid < 2")
    (found,) = package.diff(tmp_path / "a", tmp_path / "b")
    assert (found.added, found.gone, found.columns) == (0, 0, {"country": 2})
    assert all(isinstance(example.key, str) for example in found.examples)


def test_a_column_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.py"
    path.write_text(NOTES.replace("id = Key()", "id = Key()\n    key, one, here, c0, nth, JOIN = (Integers(1, 6) for _ in range(6))"))
    for name in "ab":
        package.build(str(path), out=tmp_path / name)
    change(
        tmp_path / "b",
        "notes",
        "UPDATE notes SET key = 7, one = 7, here = 7, c0 = 7, nth = 7, JOIN = 7 WHERE rowid = 2".replace("JOIN", '"JOIN"'),
    )
    (found,) = package.diff(tmp_path / "a", tmp_path / "b")
    assert found.columns == dict.fromkeys(["key", "one", "here", "c0", "nth", "JOIN"], 1)
    change(tmp_path / "b", "notes", "INSERT INTO notes FROM notes")
    assert package.diff(tmp_path / "a", tmp_path / "b")[0].added == 8


def test_a_model_in_memory_may_be_given(tmp_path: Path) -> None:
    model = package.Model("shop", tables=[Things], volumes={"few": {"things": 9}})
    for name, seed in (("a", 1), ("b", 2)):
        package.build(model, out=tmp_path / name, seed=seed)
    assert package.diff(tmp_path / "a", tmp_path / "b", model=model)[0].table == "things"


def test_builds_of_two_models_are_refused(sound: Path, tmp_path: Path) -> None:
    package.build("ecommerce", volume="small", settings={"days": 1}, tables=["raw_products"], out=tmp_path / "shop")
    with pytest.raises(RequestError, match=r"'invoicing'.*'ecommerce'"):
        package.diff(sound, tmp_path / "shop")


def test_a_table_that_neither_has_is_refused(sound: Path) -> None:
    with pytest.raises(RequestError, match="did you mean 'invoices'"):
        package.diff(sound, sound, tables=["invoice"])


def test_no_build_is_refused(sound: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="holds no finished build"):
        package.diff(sound, tmp_path)


def test_a_missing_part_is_named_unless_its_table_is_not_asked_for(sound: Path, copy: Path) -> None:
    part_of(copy, "products").unlink()
    with pytest.raises(ColgenError, match=r"copy.*products/part-00000-[0-9a-f]{8}\.parquet is missing"):
        package.diff(sound, copy)
    assert package.diff(sound, copy, tables=["invoices"]) == []


@pytest.mark.parametrize("format", first_of(FORMATS, quick=2))
def test_a_file_that_cannot_be_read_is_named(format: str, sound: Path, another: Callable[..., Path]) -> None:
    folder = another(format=format)
    (part,) = (folder / "products").iterdir()
    part.write_bytes(b"no such file, says the disk\n" * 9)
    with pytest.raises(ColgenError, match=f"another/products/{part.name} cannot be read"):
        package.diff(sound, folder)


def test_files_with_the_same_digest_need_no_query(sound: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colgen.audit.diff.answer", None)
    assert package.diff(sound, copy) == []


@law
@given(
    st.lists(
        st.sampled_from(
            [
                "UPDATE products SET name = 'x' WHERE id % 3 = 1",
                "UPDATE products SET price = NULL WHERE id BETWEEN 20 AND 40",
                "UPDATE products SET id = id + 50 WHERE id > 60",
                "DELETE FROM products WHERE id % 7 = 2",
                "DELETE FROM products",
                "INSERT INTO products SELECT * REPLACE (id + 200 AS id) FROM products WHERE id < 10",
            ]
        ),
        max_size=4,
        unique=True,
    )
)
def test_seen_from_the_other_build_added_is_gone(sound: Path, statements: list[str]) -> None:
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(sound, Path(folder) / "copy"))
        change(copy, "products", *statements)
        found = package.diff(sound, copy)
        assert package.diff(copy, sound) == mirrored(found)
        assert package.diff(copy, copy) == []
        for one in found:
            assert one.rows[0] - one.gone == one.rows[1] - one.added >= one.changed >= max(one.columns.values(), default=0)
