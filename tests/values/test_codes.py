"""Codes: words, their numbers and their type, declared once."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pytest

from colgen import Codes, ModelError


class Status(Codes):
    pending: int
    out_for_delivery: int
    back: Annotated[int, "on its way back"]


class Change(Codes, sql="JSON"):
    created: Annotated[int, '{"status": null}']


def test_names_are_plain_numbers_in_the_order_of_their_declaration() -> None:
    assert [Status.pending, Status.out_for_delivery, Status.back] == [0, 1, 2]
    assert type(Status.back) is int  # NumPy widens narrow arrays for subclasses of int
    assert (np.array([0, 2], np.int8) + Status.out_for_delivery).dtype == np.int8


def test_the_type_has_the_words() -> None:
    assert Status.words == ("pending", "out_for_delivery", "on its way back")
    assert Status.type.words.to_pylist() == list(Status.words)
    assert (Status.type.sql, Change.type.sql) == ("VARCHAR", "JSON")


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        ({"one": int, "other": Annotated[int, "one"]}, "Wrong: a word occurs twice"),
        ({"one": str}, r"Wrong\.one must be annotated as int"),
        ({"one": Annotated[int, 7]}, r"Wrong\.one must be annotated as int"),
        ({"one": Annotated[str, "one"]}, r"Wrong\.one must be annotated as int"),
        ({"type": int}, "Wrong: annotate at least one word"),
        ({"words": int}, "Wrong: annotate at least one word"),
        ({}, "Wrong: annotate at least one word"),
    ],
)
def test_a_wrong_declaration_is_refused(annotations: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        type("Wrong", (Codes,), {"__annotations__": annotations})


def test_a_word_that_does_not_fit_the_type_in_sql_is_refused():
    with pytest.raises(ModelError, match=r"Size: 'XXXL' has 4 characters, and varchar\(3\) holds at most 3"):

        class Size(Codes, sql="VARCHAR(3)"):
            XS: int
            XXXL: int
