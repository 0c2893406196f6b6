"""Names, places and companies of many countries, from Mimesis' lists.

Mimesis (MIT) is optional: `pip install 'colgen[locales]'`. Only its files of words are read, in their order; its code, which
makes one value at a time, is not. What its lists say is not weighted: each word of one is as likely as another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen.arrays import Array
from colgen.draws.draw import Draw
from colgen.errors import ModelError, one_of
from colgen.values.text.digits import Digits
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes
from colgen.values.word_list import Grouped, WordList
from colgen.vocabulary.patterns import Patterns

LIBRARY = "mimesis"
_OTHER_FOLDERS = ("bin", "global", "int")
_FAMILY_FIRST = {"hu": " ", "ja": "", "ko": "", "zh": ""}
"""Where the family name comes first: what stands between it and the first name, as Unicode's CLDR has it."""
_COMPLETE = ("pt-br",)
"""Whose names of streets have `Rua` and `Avenida` in them, so that none goes before them."""
_HIGHEST_HOUSE = 199
_OF_WOMEN = {"cs": "á"}
"""Where Mimesis has women's surnames and men's in one list: what the former end in."""


class Locale:
    """The lists of a language in a country, such as `vocabulary.locale("de-at")`, for `Vocabulary`. What a country has no list of is its
    language's: Australia has the surnames of the United States. ModelError for a list that neither has.

    first_names, last_names : of both sexes, each of which comes as often as the other
    cities, states, companies, jobs : words
    digest : of all of its lists, 16 hexadecimal digits
    """

    def __init__(self, code: str) -> None:
        self.code = code
        person, address, finance = (_merged(code, file) for file in ("person", "address", "finance"))
        street = address.get("street", {})
        self._lists: dict[str, Any] = {
            "first names": _of_sexes(person.get("names")),
            "last names": _of_sexes(person.get("surnames"), _OF_WOMEN.get(code, "")),
            "jobs": _clean(person.get("occupation")),
            "telephone numbers": _clean(person.get("telephone_fmt")),
            "cities": _clean(address.get("city")),
            "states": _clean(address.get("state", {}).get("name")),
            "streets": _clean(street.get("name")),
            "kinds of streets": [] if code in _COMPLETE else _clean(street.get("suffix")),
            "addresses": address.get("address_fmt", ""),
            "companies": _clean(finance.get("company", {}).get("name")),
        }
        self.digest = hashlib.blake2b(json.dumps(self._lists, sort_keys=True).encode(), digest_size=8).hexdigest()

    @property
    def source(self) -> tuple[str, ...]:
        """What a manifest lists, so that another version of the lists is noticed."""
        return LIBRARY, f"{LIBRARY} {self.code}"

    def _list(self, name: str) -> Any:
        if not self._lists[name]:
            raise ModelError(f"locale {self.code!r}: Mimesis has no {name} of it")
        return self._lists[name]

    def _words(self, name: str) -> WordList:
        return self._sourced(WordList(f"{name} ({self.code})", self._list(name)))

    def _sourced(self, words: WordList) -> WordList:
        words.source = self.source
        return words

    def _people(self, name: str) -> Grouped:
        """The names of women, group 0, and of men, group 1."""
        women, men = self._list(name)
        return Grouped(f"{name} ({self.code})", [*women, *men], np.repeat([0, 1], [len(women), len(men)]))

    def _names(self, name: str) -> WordList:
        shares = self.shares(name)
        return self._sourced(WordList(f"{name} ({self.code})", self._people(name).type.words, shares.sum(axis=0)))

    def shares(self, name: str) -> Array:
        """How often each word is the name of a woman, and how often of a man: float64, shape (2, words)."""
        words = {word: number for number, word in enumerate(self._people(name).type.words.to_pylist())}
        shares = np.zeros((2, len(words)))
        for sex, names in enumerate(self._list(name)):
            shares[sex, [words[word] for word in names]] = 1 / len(names)
        return shares

    @cached_property
    def first_names(self) -> WordList:
        return self._names("first names")

    @cached_property
    def last_names(self) -> WordList:
        return self._names("last names")

    @cached_property
    def by_sex(self) -> tuple[Grouped, Grouped]:
        """First names, and surnames as they are for women and for men: by 0 and 1."""
        return self._people("first names"), self._people("last names")

    @property
    def has_surnames_by_sex(self) -> bool:
        """Whether a woman's surname may differ from a man's."""
        women, men = self._list("last names")
        return bool(women != men)

    @cached_property
    def cities(self) -> WordList:
        return self._words("cities")

    @cached_property
    def states(self) -> WordList:
        return self._words("states")

    @cached_property
    def companies(self) -> WordList:
        return self._words("companies")

    @cached_property
    def jobs(self) -> WordList:
        return self._words("jobs")

    @cached_property
    def _phones(self) -> Patterns:
        return Patterns(f"telephone numbers ({self.code})", ["|".join(self._list("telephone numbers"))])

    def phones(self, draw: Draw) -> pa.StringArray:
        """A telephone number for each row, in the form that the country has."""
        return self._phones.sample(draw, np.zeros(draw.count, np.int64))

    @property
    def longest_phone(self) -> int:
        """How many characters a telephone number has at most."""
        return max(map(len, self._list("telephone numbers")))

    @cached_property
    def _bytes(self) -> dict[str, WordBytes]:
        """Lists as texts are put together out of them."""
        known = {name: WordBytes(pa.array(words)) for name, words in self._lists.items() if isinstance(words, list) and words}
        first, last = self.by_sex
        return {**known, "first names": WordBytes(first.type.words), "last names": WordBytes(last.type.words)}

    def full_name(self, draw: Draw) -> list[TextPart]:
        """The parts of a first name and a surname of the same sex, in the order of the language."""
        sex = draw.below(2)
        names: list[TextPart] = [
            Coded(self._bytes[name], words.pick(draw, sex)) for name, words in zip(("first names", "last names"), self.by_sex, strict=True)
        ]
        between = _FAMILY_FIRST.get(self.code)
        return [names[0], " ", names[1]] if between is None else [names[1], between, names[0]]

    def street_address(self, draw: Draw) -> list[TextPart]:
        """The parts of a street and a number, in the order of the country."""
        pattern = self._list("addresses")
        if self.code == "ja":  # a quarter, and the numbers of a block, a lot and a house
            pattern = "{st_name}{st_sfx}{st_num}-{st_num}-{st_num}"
        parts: list[TextPart] = []
        for number, piece in enumerate(pattern.replace("{", "}").split("}")):
            list_ = {"st_name": "streets", "st_sfx": "kinds of streets"}.get(piece)
            if number % 2 and list_:
                if self._lists[list_] or list_ == "streets":
                    parts.append(Coded(self._bytes[list_], draw.below(len(self._list(list_)))))
                elif parts and parts[-1] == " ":
                    parts.pop()
            elif number % 2:
                parts.append(Digits(draw.integers(1, _HIGHEST_HOUSE)))
            elif piece and (parts or piece.strip()):
                parts.append(piece)
        return parts

    @property
    def longest_address(self) -> int:
        """How many characters a street and a number have at most."""
        return 20 + sum(_longest(self._lists[name]) for name in ("streets", "kinds of streets"))

    @property
    def longest_name(self) -> int:
        """How many characters a full name has at most."""
        return 1 + sum(max(map(_longest, self._list(name))) for name in ("first names", "last names"))


def _longest(words: Sequence[str]) -> int:
    return pc.max(pc.utf8_length(pa.array(words, pa.string()))).as_py() or 0


def _clean(words: Any) -> list[str]:
    """Different words in the order of their file, without the spaces and notes that some have around them."""
    return [word for word in dict.fromkeys(" ".join(str(word).partition("\t")[0].split()) for word in words or ()) if word]


def _of_sexes(names: Any, of_women: str = "") -> tuple[list[str], list[str]] | None:
    """The names of women, and of men.

    of_women : what those of women end in, where they are in one list
    """
    if not names:
        return None
    if isinstance(names, Mapping):
        return _clean(names["female"]), _clean(names["male"])
    women, men = ([name for name in _clean(names) if not of_women or name.endswith(of_women) == is_woman] for is_woman in (True, False))
    return women, men


def _folder() -> Path:
    """Mimesis' folder of lists; it is not imported, which takes a while."""
    spec = find_spec(LIBRARY)
    if spec is None or spec.origin is None:
        raise ModelError("names and places of other languages are those of Mimesis, which is not installed: pip install 'colgen[locales]'")
    return Path(spec.origin).with_name("datasets")


def _merged(code: str, file: str) -> dict[str, Any]:
    """A file of a language, with what a country has otherwise."""
    merged: dict[str, Any] = {}
    for part in dict.fromkeys((code.partition("-")[0], code)):
        _update(merged, json.loads((_folder() / part / f"{file}.json").read_text(encoding="utf-8")))
    return merged


def _update(old: dict[str, Any], new: Mapping[str, Any]) -> None:
    for word, value in new.items():
        if isinstance(value, Mapping) and isinstance(old.get(word), dict):
            _update(old[word], value)
        elif value:
            old[word] = value


@cache
def locale_codes() -> tuple[str, ...]:
    """The codes of all locales. ModelError where Mimesis is not installed."""
    folders = [path for path in _folder().iterdir() if (path / "person.json").is_file()]
    return tuple(sorted(path.name for path in folders if path.name not in _OTHER_FOLDERS))


def locale(code: str) -> Locale:
    """The names, places and companies of a language, or of a country that it is spoken in: `de`, `de-at`, `ja`. Read once.

    ModelError for a code that Mimesis has not, or where it is not installed.

    >>> locale("de_AT").cities.type.words.to_pylist()[:2]
    ['Amstetten', 'Ansfelden']
    """
    if not isinstance(code, str):
        raise ModelError(f"locale({code!r}): give the code of a language, such as 'de' or 'pt-BR'")
    name = code.lower().replace("_", "-")
    if name not in locale_codes():
        raise ModelError(f"locale({code!r}) is not one that Mimesis has; {one_of(name, locale_codes())}")
    return _read(name)


@cache
def _read(code: str) -> Locale:
    return Locale(code)


def digest(code: str) -> str:
    """The digest of a locale's lists; "unknown" where there is none."""
    try:
        return locale(code).digest
    except (ModelError, OSError, ValueError):
        return "unknown"
