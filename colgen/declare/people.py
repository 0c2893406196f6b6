"""People and companies: of the United States, or of the locale that is named.

| kind | values |
|---|---|
| `FirstName()`, `LastName()`, `FullName()` | as often as people are called so; `LastName("first_name")` is of the same sex, where surnames have one |
| `Email()` | with the row's number, so that none comes twice, of domains that reach nobody |
| `Phone()`, `StreetAddress()` | a telephone number; a street and a number |
| `CompanyName()` | an invented company's; of a locale, one of its companies |

`locale=` takes a code such as `de`, `de-AT` or `ja`, whose words are Mimesis' (`colgen.vocabulary.locales`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pyarrow as pa

from colgen import vocabulary
from colgen.arrays import Array
from colgen.declare.arguments import require_text, shown
from colgen.declare.column import Options
from colgen.declare.columns import Vocabulary
from colgen.declare.everyday import Texts, coded
from colgen.declare.rows import Rows
from colgen.draws.draw import Draw
from colgen.errors import ModelError
from colgen.values.text.digits import Digits
from colgen.values.text.mailbox import mailbox
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import String, Type
from colgen.values.word_list import WordList
from colgen.vocabulary import Locale

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo


@cache
def _mailboxes(words: WordList) -> WordBytes:
    return WordBytes(mailbox(words.type.words))


_KINDS_OF_COMPANIES = WordBytes(pa.array([" Ltd", " Inc", " Group", " & Sons", " Partners", " Holdings", " Services", " LLC"]))


def locale_of(place: str, code: str | None) -> Locale | None:
    """The lists of a locale; None for those that ship, of the United States."""
    if code is None:
        return None
    require_text(place, locale=code)
    return vocabulary.locale(code)


class FirstName(Vocabulary):
    """A first name of a woman or a man: as often as people in the United States are called so, or of a locale, each in a list as often as another.

    locale : whose names; those of the United States if None
    """

    def __init__(self, *, locale: str | None = None, **options: Unpack[Options]) -> None:
        self.locale = locale_of("FirstName", locale)
        super().__init__(self.locale.first_names if self.locale else vocabulary.words("first_names", "name"), **options)

    @property
    def men(self) -> Array:
        """How many of those who have each name are men: float64."""
        if self.locale:
            women, men = self.locale.shares("first names")
        else:
            table, words = vocabulary.table("first_names"), self.type.words.to_pylist()  # type: ignore[attr-defined]
            place = {word: number for number, word in enumerate(words)}
            women, men = (np.zeros(len(words)) for _ in "FM")
            for name, sex, weight in zip(*(table[field].to_pylist() for field in ("name", "gender", "weight")), strict=True):
                (men if sex == "M" else women)[place[name]] += weight
        return men / (women + men)


class LastName(Vocabulary):
    """A surname. In some languages a woman's differs from a man's (Novák, Nováková): name the first name beside it, so that both are of one sex.

    of : the own column of the first name, a `FirstName` of the same locale
    locale : whose names; those of the United States if None
    """

    def __init__(self, of: str = "", *, locale: str | None = None, **options: Unpack[Options]) -> None:
        require_text("LastName", of=of)
        self.of, self.locale = of, locale_of("LastName", locale)
        super().__init__(self.locale.last_names if self.locale else vocabulary.words("last_names", "name"), **options)
        self._men: Array | None = None
        if self._by_sex and (self.unique or self.distinct):
            raise ModelError(
                f"LastName({shown(of)}): surnames that go with first names cannot be {'unique' if self.unique else 'distinct'}"
            )

    @property
    def _by_sex(self) -> bool:
        return bool(self.of) and self.locale is not None and self.locale.has_surnames_by_sex

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        first = table.columns.get(self.of)  # the table names what is missing
        if first is None:
            return
        if not isinstance(first, FirstName) or first.locale is not self.locale:
            code = f"locale={self.locale.code!r}" if self.locale else ""
            raise ModelError(f"{self.qualified_name}: of={self.of!r} must name a FirstName({code}) of this table")
        self._men = first.men if self._by_sex else None

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.of,) if self._by_sex else ()

    def make(self, rows: Rows) -> Array:
        if not self._by_sex:
            return super().make(rows)
        assert self.locale is not None
        assert self._men is not None
        draw = rows.draw(self)
        first = np.ma.filled(rows.values(self.of), 0)  # where there is no first name, the surname is anybody's
        sex = draw.apart("sex").chance(self._men.take(first)).astype(np.int64)
        return self.locale.by_sex[1].pick(draw, sex).astype(self.type.dtype, copy=False)


class _OfLocale(Texts):
    """Texts of the United States, or of a locale."""

    promises: tuple[str, ...] = ()

    def __init__(self, how: str, locale: str | None, type: Type, options: Options) -> None:
        place = self.__class__.__name__
        self.locale = locale_of(place, locale)
        if self.locale:
            self.longest = self.longest_of(self.locale)
        super().__init__(f"{how}{f' ({self.locale.code})' if self.locale else ''}", type, options)

    def longest_of(self, locale: Locale) -> int:
        """How many characters a text of a locale may have."""
        raise NotImplementedError

    @property
    def libraries(self) -> tuple[str, ...]:
        return self.locale.source if self.locale else ()


class FullName(_OfLocale):
    """A first name and a surname, as often as people in the United States are called so; with `unique` or `distinct`, a number behind them.

    locale : whose names, in the order of its language, and of one sex where surnames have one

    >>> from colgen import Key, Model, Table
    >>> class People(Table):
    ...     rows = 3
    ...     id = Key()
    ...     name = FullName(locale="cs")
    >>> _ = Model("people", tables=[People], volumes={"small": {}})
    """

    promises = ("unique", "distinct")
    longest = 40

    def __init__(self, *, locale: str | None = None, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("a first name and a surname", locale, type, options)

    def longest_of(self, locale: Locale) -> int:
        return locale.longest_name + 12

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        if self.locale:
            named = self.locale.full_name(draw)
        else:
            named = [coded(vocabulary.words("first_names", "name"), draw), " ", coded(vocabulary.words("last_names", "name"), draw)]
        return [*named, " ", Digits(rows.numbers)] if self.differs else named


class Email(Texts):
    """An e-mail address with the row's number in it, so that none comes twice, of a domain that is reserved for examples."""

    longest = 60

    def __init__(self, *, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("first.last.number@example.com", type, options)
        self.unique = True

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        first, last = vocabulary.words("first_names", "name"), vocabulary.words("last_names", "name")
        return [
            *(coded(first, draw, _mailboxes(first)), "."),
            *(coded(last, draw, _mailboxes(last)), "."),
            *(Digits(rows.numbers), "@", coded(vocabulary.words("email_domains", "domain"), draw)),
        ]


class Phone(_OfLocale):
    """A telephone number of the United States from the range 555-0100 to 555-0199, which is reserved for fiction: (212) 555-0142.

    locale : in the form of a country, with random digits: most countries reserve no numbers, so it may be somebody's
    """

    longest = 14

    def __init__(self, *, locale: str | None = None, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("(area) 555-01##" if locale is None else "a telephone number", locale, type, options)

    def longest_of(self, locale: Locale) -> int:
        return locale.longest_phone

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        if self.locale:
            return [self.locale.phones(draw)]
        return ["(", Digits(draw.integers(201, 989), 3), ") 555-01", Digits(draw.integers(0, 99), 2)]


class StreetAddress(_OfLocale):
    """A number and a street of the United States, or of a locale, in the order of its country."""

    longest = 60

    def __init__(self, *, locale: str | None = None, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("a number and a street", locale, type, options)

    def longest_of(self, locale: Locale) -> int:
        return locale.longest_address

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        if self.locale:
            return self.locale.street_address(draw)
        return [Digits(draw.integers(1, 9_999)), " ", coded(vocabulary.words("streets", "name"), draw)]


class CompanyName(_OfLocale):
    """The name of an invented company, after its founder: Hartman & Sons; with `unique` or `distinct`, a number behind it.

    locale : one of the companies of a country, which are real ones

    >>> from colgen import Varchar
    >>> CompanyName(type=Varchar(40)).type.name
    'varchar(40)'
    """

    promises = ("unique", "distinct")
    longest = 40

    def __init__(self, *, locale: str | None = None, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("a company", locale, type, options)

    def longest_of(self, locale: Locale) -> int:
        return max(map(len, locale.companies.type.words.to_pylist())) + 12

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        if self.locale:
            named: list[TextPart] = [coded(self.locale.companies, draw)]
        else:
            kind = draw.below(len(_KINDS_OF_COMPANIES.words))
            named = [coded(vocabulary.words("last_names", "name"), draw), Coded(_KINDS_OF_COMPANIES, kind)]
        return [*named, " ", Digits(rows.numbers)] if self.differs else named
