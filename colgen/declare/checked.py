"""Numbers with check digits: of bank accounts, cards and goods. Each is well formed, and of a range that nobody is given where there is one.

| kind | values |
|---|---|
| `Iban("DE", "FR")` | account numbers of some countries |
| `CardNumber()` | card numbers that no bank issues; `CardNumber("visa")` those that are published for tests |
| `Ean13()` | numbers of goods that only a shop itself gives out |
"""

from __future__ import annotations

import re
from functools import cache
from typing import Unpack

import numpy as np
import pyarrow as pa

from colgen import vocabulary
from colgen.arrays import Array
from colgen.declare.arguments import is_text, require_text, require_text_type, shown
from colgen.declare.column import Options
from colgen.declare.columns import OneOf
from colgen.declare.everyday import Texts
from colgen.declare.rows import Rows
from colgen.draws.draw import Draw
from colgen.draws.shuffle import Shuffle
from colgen.errors import ModelError, one_of
from colgen.values.text.composed import Composed, composed
from colgen.values.text.digits import Digits
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import String, Type

_TEST_CARDS = {
    "visa": ("4111111111111111", "4012888888881881", "4242424242424242"),
    "mastercard": ("5555555555554444", "5105105105105100", "2223003122003222"),
    "amex": ("378282246310005", "371449635398431", "378734493671000"),
    "discover": ("6011111111111117", "6011000990139424"),
    "diners": ("30569309025904", "38520000023237"),
    "jcb": ("3530111333300000", "3566002020360505"),
}
"""By brand: the numbers that payment services publish for tests (PayPal, Braintree, Stripe); no account has them."""


@cache
def _group_sums(odd: int, even: int, folds: bool) -> Array:
    """For each number of four digits, the weighted sum of its digits: uint8 (10,000,).

    odd, even : the weights of the last digit and each second one before it, and of those between
    folds : whether the digits of a product are added up, as Luhn does
    """
    numbers, total = np.arange(10_000), np.zeros(10_000, np.int64)
    for place, weight in enumerate((odd, even, odd, even)):
        product = numbers // 10**place % 10 * weight
        total += product - 9 * (product > 9) if folds else product
    return total.astype(np.uint8)


def _checked(payload: Array, digits: int, sums: Array) -> Array:
    """Numbers of so many digits, each with the digit behind it that makes their weighted sum a multiple of ten: int64."""
    total, rest = np.zeros(len(payload), np.int64), payload
    for _ in range(0, digits, 4):
        total += sums.take(rest % 10_000)
        rest = rest // 10_000
    return payload * 10 + -total % 10


class _Numbered(OneOf):
    """Numbers of a prefix, digits, and a check digit.

    digits : how many there are between the prefix and the check digit
    """

    compact = False
    prefix = ""
    digits = 10

    def __init__(self, how: str, type: Type, options: Options) -> None:
        place = self.__class__.__name__
        super().__init__(type, how, **options)
        require_text_type(place, type)
        length = len(self.prefix) + self.digits + 1
        if type.limits[1] and type.limits[1] < length:
            raise ModelError(f"{place}: it has {length} digits, and {type.name} holds {type.limits[1]}")

    @property
    def size(self) -> int:
        return int(10**self.digits)

    @property
    def digit_sums(self) -> Array:
        """What each four digits add to the sum that the check digit completes."""
        raise NotImplementedError

    def drawn(self, rows: Rows) -> Array:
        return rows.draw(self).below(self.size)

    def make(self, rows: Rows) -> Composed | pa.StringArray:
        width = len(self.prefix) + self.digits
        payload = int(self.prefix) * self.size + self.chosen(rows).astype(np.int64, copy=False)
        return composed([Digits(_checked(payload, width, self.digit_sums), width + 1)], rows.count)


class Ean13(_Numbered):
    """The number of an article under its bar code, with its check digit: of the prefix 20, which GS1 leaves to shops for their own use, so that no
    manufacturer has it. `Ean13("978")` gives numbers as books have them.

    prefix : what it starts with, up to eight digits

    >>> from colgen import Varchar
    >>> Ean13("978", type=Varchar(13)).size
    1000000000
    """

    def __init__(self, prefix: str = "20", *, type: Type = String, **options: Unpack[Options]) -> None:
        if not is_text(prefix) or not re.fullmatch(r"[0-9]{1,8}", prefix):
            raise ModelError(f"Ean13({shown(prefix)}): its prefix has one to eight digits, such as '20' or '978'")
        self.prefix, self.digits = prefix, 12 - len(prefix)
        super().__init__(f"{prefix} and {self.digits} digits, the last a check digit", type, options)

    @property
    def digit_sums(self) -> Array:
        return _group_sums(3, 1, False)


class CardNumber(_Numbered):
    """The number of a payment card, with its check digit by Luhn. It starts with 99999: ISO/IEC 7812 gives 9 to national standards, each under its
    country's number, and ISO 3166 will give 999 to no country, so that nobody can be charged. Of a brand there are few: those published for tests.

    brand : visa, mastercard, amex, discover, diners or jcb; none if empty
    """

    prefix = "99999"

    def __init__(self, brand: str = "", *, type: Type = String, **options: Unpack[Options]) -> None:
        require_text("CardNumber", brand=brand)
        if brand and brand not in _TEST_CARDS:
            raise ModelError(f"CardNumber({shown(brand)}): there are no test numbers of it; {one_of(brand, _TEST_CARDS)}")
        self.brand = brand
        self._test_cards = WordBytes(pa.array(_TEST_CARDS[brand])) if brand else None
        super().__init__(f"test numbers of {brand}" if brand else "99999 and 11 digits, the last a check digit", type, options)

    @property
    def size(self) -> int:
        return len(_TEST_CARDS[self.brand]) if self.brand else super().size

    @property
    def digit_sums(self) -> Array:
        return _group_sums(2, 1, True)

    def make(self, rows: Rows) -> Composed | pa.StringArray:
        return composed([Coded(self._test_cards, self.chosen(rows))], rows.count) if self._test_cards else super().make(rows)


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIFFERENT = 5
"""Digits of each of the two numbers that tell accounts apart, where they must differ."""


@cache
def _letters(count: int) -> tuple[WordBytes, Array]:
    """Each one or two letters, and what they are as a number, A being 10: int64."""
    texts = [first + second for first in _LETTERS for second in (_LETTERS if count == 2 else ("",))]
    return WordBytes(pa.array(texts)), np.array([_number(text) for text in texts])


def _number(text: str) -> int:
    """Letters and digits as one number, A being 10 and Z 35."""
    return int("".join(str(int(letter, 36)) for letter in text))


class _Country:
    """The account numbers of a country.

    form : what follows the check digits, such as `4a14n`: n and c for digits, which are what most banks use where both are allowed, a for letters
    """

    def __init__(self, code: str, form: str) -> None:
        self.code = code
        runs = [(len(run), run[0] == "a") for run in re.findall("a+|n+", "".join(
            ("a" if sign == "a" else "n") * int(many) for many, sign in re.findall(r"(\d+)([nac])", form)
        ))]  # fmt: skip
        longest = max(range(len(runs)), key=lambda run: 0 if runs[run][1] else runs[run][0])
        self.length = 4 + sum(signs for signs, _ in runs)
        self.pieces: list[tuple[int, bool]] = []  # how many signs, and whether they are letters
        for run, (signs, is_letters) in enumerate(runs):
            if run == longest:
                self.first_different = len(self.pieces)
                self.pieces += [(_DIFFERENT, False)] * 2
                signs -= 2 * _DIFFERENT
            most = 2 if is_letters else 8
            self.pieces += [(min(most, signs - start), is_letters) for start in range(0, signs, most)]

    def texts(self, chance: list[Array], different: Array | None, rows: int) -> Composed:
        """Account numbers.

        chance : random bits for each piece, uint32
        different : a number of ten digits for each row, where they must differ
        """
        remainder, parts = np.zeros(rows, np.int64), list[TextPart]()
        for piece, ((signs, is_letters), bits) in enumerate(zip(self.pieces, chance, strict=False)):
            size = (26 if is_letters else 10) ** signs
            number = (bits * np.uint64(size) >> np.uint64(32)).astype(np.int64)
            if different is not None and piece == self.first_different:
                number = different // 10**_DIFFERENT
            elif different is not None and piece == self.first_different + 1:
                number = different % 10**_DIFFERENT
            words, values = _letters(signs) if is_letters else (None, None)
            parts.append(Digits(number, signs) if words is None else Coded(words, number))
            remainder = (remainder * 10 ** (2 * signs if is_letters else signs) + (number if values is None else values.take(number))) % 97
        check = 98 - (remainder * 10**6 + _number(f"{self.code}00")) % 97
        checked = composed([self.code, Digits(check, 2), *parts], rows)
        assert isinstance(checked, Composed)
        return checked


class Iban(Texts):
    """An international bank account number: of the length and form that its country has (SWIFT's IBAN registry, release 101), with check digits by
    ISO 13616. Its bank is random, so that hardly any such account exists; check digits that a country has within are random, too.

    countries : codes such as DE, each as likely as another

    >>> Iban("NO", "DE").longest
    22
    """

    def __init__(self, *countries: str, type: Type = String, **options: Unpack[Options]) -> None:
        known = dict(zip(*(vocabulary.column("ibans", field).to_pylist() for field in ("code", "bban")), strict=True))
        if not countries:
            raise ModelError("Iban(): name the countries, such as Iban('DE', 'FR')")
        for country in countries:
            if not isinstance(country, str) or country not in known:
                raise ModelError(f"Iban({shown(country)}): this country has no IBAN; {one_of(str(country), known)}")
        self.countries = [_Country(country, known[country]) for country in dict.fromkeys(countries)]
        self.longest = max(country.length for country in self.countries)
        super().__init__(f"IBANs of {', '.join(countries)}", type, options)

    def make(self, rows: Rows) -> Composed | pa.StringArray:
        draw, count = rows.draw(self), rows.count
        chosen = draw.below(len(self.countries))
        chance = [draw.bits(32) for _ in range(max(len(country.pieces) for country in self.countries))]
        different = self._different(rows, draw) if self.differs else None
        if len(self.countries) == 1:
            return self.countries[0].texts(chance, different, count)
        texts, places = list[pa.StringArray](), list[Array]()
        for number, country in enumerate(self.countries):
            places.append(np.flatnonzero(chosen == number))
            of_country = [bits[places[-1]] for bits in chance]
            texts.append(country.texts(of_country, None if different is None else different[places[-1]], len(places[-1])).spelled)
        order = np.empty(count, np.int64)
        order[np.concatenate(places)] = np.arange(count)
        return pa.concat_arrays(texts).take(pa.array(order))

    def _different(self, rows: Rows, draw: Draw) -> Array:
        """A number of ten digits for each row, none twice."""
        most = 10 ** (2 * _DIFFERENT)
        if len(rows.numbers) and int(rows.numbers[-1]) > most:
            raise ModelError(f"{self.qualified_name}: {int(rows.numbers[-1]):,} rows must differ, and {most:,} are the most")
        return draw.apart("different")(Shuffle(most))(rows.numbers) - 1
