"""Numbers with check digits: each is well formed by rules that are said here in another way, and none comes twice where that is promised."""

from __future__ import annotations

import re
from typing import Any

import pytest

from colgen import CardNumber, Ean13, Iban, Key, Money, Table, Varchar, vocabulary
from tests.support import model_of, refused, rows_of

COUNTRIES = dict(zip(*(vocabulary.column("ibans", field).to_pylist() for field in ("code", "bban")), strict=True))


def made(column: Any, rows: int = 300, **how: Any) -> list[str]:
    """The values of a column."""
    things = type("Things", (Table,), {"rows": rows, "id": Key(), "value": column})
    return [row["value"] for row in rows_of(model_of(things), "things", **how)]


def is_iban(text: str) -> bool:
    """By ISO 13616: the country and the check digits moved behind, letters as numbers, one more than a multiple of 97."""
    form = "".join(
        {"n": "[0-9]", "c": "[0-9A-Z]", "a": "[A-Z]"}[sign] + f"{{{many}}}" for many, sign in re.findall(r"(\d+)(.)", COUNTRIES[text[:2]])
    )
    return bool(re.fullmatch(form, text[4:])) and int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def is_luhn(text: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text))]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def is_ean(text: str) -> bool:
    return sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(text)) % 10 == 0


def test_the_rules_hold_for_numbers_that_are_published() -> None:
    assert is_iban("DE89370400440532013000")
    assert is_iban("MT84MALT011000012345MTLCAST001S")
    assert not is_iban("DE88370400440532013000")
    assert is_luhn("4242424242424242")
    assert not is_luhn("4242424242424241")
    assert is_ean("4006381333931")
    assert not is_ean("4006381333932")


def test_the_iban_of_every_country_has_its_length_form_and_check_digits() -> None:
    texts = made(Iban(*COUNTRIES), 2_000)
    assert [text for text in texts if not is_iban(text)] == []
    assert {text[:2] for text in texts} == set(COUNTRIES)


@pytest.mark.parametrize(
    "kind",
    [Iban("NO", unique=True), Iban("MU", "BE", unique=True), CardNumber(unique=True), Ean13(unique=True), Ean13("97800", unique=True)],
)
def test_what_is_unique_comes_once_in_blocks_of_any_size(kind: Any) -> None:
    texts = made(kind, 2_000)
    assert len(set(texts)) == 2_000
    assert all(is_iban(text) if text[0].isalpha() else is_ean(text) if len(text) == 13 else is_luhn(text) for text in texts)
    assert made(kind, 2_000, block_cells=300) == texts


def test_cards_are_of_a_range_that_no_bank_has_or_published_for_tests() -> None:
    assert all(re.fullmatch("99999[0-9]{11}", text) and is_luhn(text) for text in made(CardNumber()))
    for brand, first in (("visa", "4"), ("mastercard", "52"), ("amex", "3"), ("discover", "6"), ("diners", "3"), ("jcb", "3")):
        assert all(is_luhn(text) and text[0] in first for text in made(CardNumber(brand)))


@pytest.mark.parametrize("prefix", ["2", "20", "978", "40063813"])
def test_articles_have_thirteen_digits_of_their_prefix(prefix: str) -> None:
    assert all(re.fullmatch(f"{prefix}[0-9]{{{13 - len(prefix)}}}", text) and is_ean(text) for text in made(Ean13(prefix)))


def test_what_cannot_be_is_refused() -> None:
    with refused("Iban: name the countries".replace(":", r"\(\):")):
        Iban()
    with refused(r"Iban\('US'\): this country has no IBAN"):
        Iban("US")
    with refused(r"CardNumber\('vista'\): there are no test numbers of it; did you mean 'visa'"):
        CardNumber("vista")
    with refused(r"Ean13\('97a'\): its prefix has one to eight digits"):
        Ean13("97a")
    with refused("CardNumber: it is a text, and cannot be of the type decimal"):
        CardNumber(type=Money)
    with refused("Ean13: it has 13 digits, and .* holds 12"):
        Ean13(type=Varchar(12))
    with refused("things.value: 4 rows must differ, and there are 3 different values"):
        made(CardNumber("visa", unique=True), 4)
    with refused("Iban: its texts have up to 22 characters"):
        Iban("DE", type=Varchar(21))
