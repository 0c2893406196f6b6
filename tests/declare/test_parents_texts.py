"""A parent's text is the same in all its rows, and is stored once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

import colgen
from colgen import (
    Between,
    FanOut,
    ForeignKey,
    Key,
    Lookup,
    Ordinal,
    ParentKey,
    String,
    Table,
    Text,
    Volume,
    column,
)
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.targets.finished import read_build
from colgen.values.types import RepeatedText
from tests.declare.baskets import BLOCKS, counts, given_values, law, of
from tests.support import model_of, rows_of, write_build


@law
@given(counts, st.lists(st.sampled_from(["", "a", "b", "é", "long " * 9]), min_size=12, max_size=12))
def test_a_parents_text_is_the_same_in_all_its_rows_and_stands_once_in_a_block(sizes: list[int], notes: list[str]) -> None:
    class Orders(Table):
        rows = len(sizes)
        id = Key()
        size = given_values(sizes)
        note = given_values(notes[: len(sizes)], String)

    class Lines(Table):
        rows = FanOut(Orders, "size")
        id = Key()
        order_id = ParentKey(Orders)
        note = Lookup(Orders.note)

    shop = model_of(Orders, Lines)
    expected = [note for note, many in zip(notes, sizes, strict=False) for _ in range(many)]
    for block_cells in BLOCKS:
        assert of(rows_of(shop, "lines", block_cells=block_cells), "note") == expected
    generation = Spec.of(shop).generation(shop)
    orders, lines = Orders.__table__, Lines.__table__
    (blocks,) = walk(generation, (orders, lines), 1, len(sizes))
    written = next(blocks[lines].batches(generation.arrow_schema(lines))).columns[2]
    written.validate(full=True)
    assert written.type == RepeatedText.arrow
    assert len(set(written.dictionary.to_pylist())) == len(written.dictionary)


def test_a_parents_text_is_a_text_in_every_format(tmp_path: Path) -> None:
    class Orders(Table):
        rows = 40
        id = Key()
        code = Text("O-{id}", unique=True)
        kind = column(String)(lambda id: pa.array([f"kind {i % 3}" for i in id.tolist()]))

    class Lines(Table):
        rows = FanOut(Orders, Between(0, 3))
        id = Key()
        order_id = ParentKey(Orders)
        code = Lookup(Orders.code)
        kind = Lookup(Orders.kind)

    shop = model_of(Orders, Lines)
    for format in ("parquet", "csv", "jsonl", "arrow"):
        summary = colgen.build(shop, out=tmp_path / format, format=format)
        connection = read_build(tmp_path / format).connect()
        found = connection.sql("FROM lines ORDER BY id")
        assert list(map(str, found.types)) == ["BIGINT", "BIGINT", "VARCHAR", "VARCHAR"]
        lines = found.fetchall()
        assert len(lines) == summary.rows["lines"]
        assert [(code, kind) for _, _, code, kind in lines] == [(f"O-{order}", f"kind {order % 3}") for _, order, _, _ in lines]
        assert all(one.holds for one in colgen.check(tmp_path / format, model=shop))


class Chapters(Table):
    """A parent with texts, for Parquet's larger parts."""

    rows = Volume("chapters")
    id = Key()
    title = Text("A title that is long enough to be worth writing once, number {id}", unique=True)


class Pages(Table):
    """Its children."""

    rows = FanOut(Chapters, 20)
    id = Key()
    chapter_id = ParentKey(Chapters)
    title = Lookup(Chapters.title)


def test_blocks_with_texts_of_their_own_share_a_row_group(tmp_path: Path) -> None:
    book = model_of(Chapters, Pages, chapters=10_000)
    write_build(book, tmp_path / "data", block_cells=1 << 18)
    (file,) = (tmp_path / "data" / "pages").iterdir()
    found = pq.read_table(file)
    assert pq.ParquetFile(file).num_row_groups == 1
    assert found["title"].to_pylist() == [
        f"A title that is long enough to be worth writing once, number {i}" for i in found["chapter_id"].to_pylist()
    ]


def test_blocks_with_texts_of_their_own_are_written_in_one_dictionary(tmp_path: Path) -> None:
    book = model_of(Chapters, Pages, chapters=10_000)
    write_build(book, tmp_path / "data", block_cells=1 << 18)
    (file,) = (tmp_path / "data" / "pages").iterdir()
    texts = pq.ParquetFile(file).metadata.row_group(0).column(2)
    assert texts.total_uncompressed_size < 10_000 * 75 + 200_000 * 3  # each title once, and two bytes or so a row


def test_a_parents_text_may_be_put_into_another_text() -> None:
    class Orders(Table):
        rows = 2
        id = Key()
        name = Text("Ö {id}")

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        place = Ordinal()
        name = Lookup(Orders.name)
        label = Text("{name}/{place}")
        mail = Text("{name:mailbox}@example.com")

    made = rows_of(model_of(Orders, Lines), "lines")
    assert of(made, "label") == ["Ö 1/1", "Ö 1/2", "Ö 2/1", "Ö 2/2"]
    assert of(made, "mail") == ["o1@example.com", "o1@example.com", "o2@example.com", "o2@example.com"]


def test_a_repeated_text_may_be_looked_up_by_a_foreign_key() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, 2)
        id = Key()
        order_id = ParentKey(Orders)
        name = Lookup(Orders.name)

    class Notes(Table):
        rows = 5
        id = Key()
        line_id = ForeignKey(Lines)
        name = Lookup(Lines.name)

    for note in rows_of(model_of(Orders, Lines, Notes), "notes"):
        assert note["name"] == f"order {(note['line_id'] + 1) // 2}"


def test_a_repeated_text_is_looked_up_by_the_next_generation() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        name = Text("order {id}")

    class Lines(Table):
        rows = FanOut(Orders, Between(0, 2))
        id = Key()
        order_id = ParentKey(Orders)
        name = Lookup(Orders.name)

    class Parts(Table):
        rows = FanOut(Lines, 2)
        id = Key()
        line_id = ParentKey(Lines)
        order_id = Lookup(Lines.order_id)
        name = Lookup(Lines.name)

    made = rows_of(model_of(Orders, Lines, Parts), "parts")
    assert of(made, "name") == [f"order {part['order_id']}" for part in made]


def test_a_parents_text_may_come_in_chunks() -> None:
    class Orders(Table):
        rows = 3
        id = Key()
        name = column(String)(lambda id: pa.chunked_array([["a"], ["b", "c"]]))

    class Lines(Table):
        rows = FanOut(Orders, 1)
        id = Key()
        order_id = ParentKey(Orders)
        name = Lookup(Orders.name)

    assert of(rows_of(model_of(Orders, Lines), "lines"), "name") == ["a", "b", "c"]
