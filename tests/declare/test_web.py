"""Hosts, network cards, files, browsers and paragraphs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from colgen import (
    Category,
    CountryCode,
    CurrencyCode,
    FileName,
    Hostname,
    JobTitle,
    Key,
    MacAddress,
    MimeType,
    Paragraph,
    Table,
    UserAgent,
    Varchar,
    vocabulary,
)
from tests.support import model_of, refused, rows_of

SENTENCE = r"[A-Z][a-z]*( [a-z]+){5,13}\."


def made(rows: int = 300, block_cells: int | None = None, **columns: Any) -> list[dict[str, Any]]:
    things = type("Things", (Table,), {"rows": rows, "id": Key(), **columns})
    return rows_of(model_of(things), "things", block_cells=block_cells)


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        (Hostname(), r"[a-z]+-\d+\.example\.com"),
        (MacAddress(), r"02(:[0-9a-f]{2}){5}"),
        (FileName(), r"[a-z]+-[a-z]+-\d+\.[a-z0-9]+"),
        (CountryCode(), "[A-Z]{2}"),
        (CurrencyCode(), "[A-Z]{3}"),
        (JobTitle(), "[A-Z][A-Za-z ]+"),
        (UserAgent(), r"Mozilla/5\.0 \(.+"),
        (Paragraph(1, 1), SENTENCE),
        (Paragraph(2, 4), f"{SENTENCE}( {SENTENCE}){{1,3}}"),
        (Paragraph(1, 2, unique=True), rf"{SENTENCE}( {SENTENCE})? \d+"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_looks_like_what_it_is_in_blocks_of_any_size(kind: Any, pattern: str) -> None:
    texts = [row["value"] for row in made(value=kind)]
    assert [text for text in texts if not re.fullmatch(pattern, text)] == []
    assert [row["value"] for row in made(value=kind, block_cells=100)] == texts


@pytest.mark.parametrize("kind", [Hostname(), FileName(), MacAddress(unique=True), Paragraph(1, 1, unique=True)])
def test_what_is_unique_comes_once(kind: Any) -> None:
    assert len({row["value"] for row in made(value=kind)}) == 300


def test_the_ending_of_a_file_goes_with_its_type() -> None:
    table = vocabulary.table("mime_types")
    endings = dict(zip(table["type"].to_pylist(), table["extension"].to_pylist(), strict=True))
    rows = made(content_type=MimeType(), filename=FileName("content_type"))
    assert all(row["filename"].endswith(f".{endings[row['content_type']]}") for row in rows)
    assert len({row["content_type"] for row in rows}) > 8


def test_every_number_of_sentences_comes() -> None:
    assert {row["value"].count(".") for row in made(value=Paragraph(2, 4))} == {2, 3, 4}


def test_sentences_hardly_ever_come_twice() -> None:
    sentences = [row["value"] for row in made(2_000, value=Paragraph(1, 1))]
    assert len(set(sentences)) >= 1_998


def test_what_cannot_be_is_refused() -> None:
    with refused("things.value: of='kind' must name a MimeType"):
        made(kind=Category(pdf=1), value=FileName("kind"))
    with refused(r"Paragraph\(3, 2\): the lower end is above the upper end"):
        Paragraph(3, 2)
    with refused(r"Paragraph: its texts have up to \d+ characters, and varchar\(80\) holds 80"):
        Paragraph(1, 2, type=Varchar(80))
