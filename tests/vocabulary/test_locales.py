"""Mimesis' lists: every locale has what the documentation says it has, in an order that is always the same, and other lists are noticed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colgen
from colgen import (
    Calendar,
    CompanyName,
    Day,
    FirstName,
    FullName,
    JobTitle,
    Key,
    LastName,
    Model,
    ModelError,
    Phone,
    RequestError,
    StreetAddress,
    Table,
    Varchar,
    Vocabulary,
    Volume,
    vocabulary,
)
from colgen.draws.draw import Draw, key
from colgen.targets import manifest as manifests
from colgen.vocabulary import locales
from tests.support import model_of, refused, rows_of

pytest.importorskip("mimesis", reason="names of other languages are Mimesis': pip install 'colgen[locales]'")

CODES = locales.locale_codes()


def made(rows: int = 200, block_cells: int | None = None, **columns: Any) -> list[dict[str, Any]]:
    things = type("Things", (Table,), {"rows": rows, "id": Key(), **columns})
    return rows_of(model_of(things), "things", block_cells=block_cells)


@pytest.mark.parametrize("code", CODES)
def test_every_locale_has_people_places_and_companies(code: str) -> None:
    lists = vocabulary.locale(code)
    for words in (lists.first_names, lists.last_names, lists.companies, lists.cities, lists.states, lists.jobs):
        texts = words.type.words.to_pylist()
        assert len(set(texts)) == len(texts) > 0
        assert all(text == " ".join(text.split()) for text in texts)
    draw = Draw(key(code), count=40)
    assert len(set(lists.phones(draw).to_pylist())) > 30
    for row in made(20, name=FullName(locale=code), street=StreetAddress(locale=code), phone=Phone(locale=code)):
        assert re.search(r"\d", row["street"])
        assert not re.search(r"[{}#]|^ | $|  ", row["street"] + row["phone"] + row["name"])
        assert len(row["street"]) <= lists.longest_address
        assert len(row["name"]) <= lists.longest_name


def test_there_are_forty_languages_and_countries_and_more() -> None:
    assert len(CODES) > 40
    assert {"de", "de-at", "en-gb", "es-mx", "fr", "it", "ja", "pl", "pt-br", "ru", "zh"} < set(CODES)


@pytest.mark.parametrize("code", ["cs", "el", "pl", "ru"])
def test_a_first_name_and_a_surname_are_of_one_sex(code: str) -> None:
    of_sex = {name: [set(names) for names in vocabulary.locale(code)._list(name)] for name in ("first names", "last names")}
    rows = made(1_000, first_name=FirstName(locale=code), last_name=LastName("first_name", locale=code))
    for sex, (first, last) in enumerate(zip(of_sex["first names"], of_sex["last names"], strict=True)):
        only = first - of_sex["first names"][1 - sex]
        surnames = {row["last_name"] for row in rows if row["first_name"] in only}
        assert len(surnames) > 20
        assert surnames <= last
        assert not surnames <= of_sex["last names"][1 - sex]


def test_the_parts_of_a_full_name_are_of_one_sex_and_in_the_order_of_the_language() -> None:
    women, men = (set(names) for names in vocabulary.locale("ru")._list("last names"))
    women_first, men_first = (set(names) for names in vocabulary.locale("ru")._list("first names"))
    for row in made(name=FullName(locale="ru")):
        first, _, last = row["name"].partition(" ")
        assert (first in women_first and last in women) or (first in men_first and last in men)
    families = vocabulary.locale("hu").last_names.type.words.to_pylist()
    assert all(row["name"].split()[0] in " ".join(families) for row in made(name=FullName(locale="hu")))
    assert not any(" " in row["name"] for row in made(name=FullName(locale="ja")))


def test_names_of_women_come_as_often_as_those_of_men_however_long_their_lists_are() -> None:
    first = FirstName(locale="hu")
    assert abs((first.list.weights * first.men).sum() / first.list.weights.sum() - 0.5) < 1e-9
    assert np.all(vocabulary.locale("hu").shares("first names").sum(axis=1).round(9) == 1)


def test_values_do_not_depend_on_how_rows_are_cut() -> None:
    columns = {
        "first": FirstName(locale="pl"),
        "last": LastName("first", locale="pl"),
        "name": FullName(locale="de", unique=True),
        "street": StreetAddress(locale="ja"),
        "phone": Phone(locale="fr"),
        "company": CompanyName(locale="it", unique=True),
        "job": JobTitle(locale="es"),
        "city": Vocabulary(vocabulary.locale("sv").cities),
    }
    rows = made(**columns)
    assert made(block_cells=300, **columns) == rows
    assert len({row["name"] for row in rows}) == len({row["company"] for row in rows}) == 200


def test_kinds_without_a_locale_are_of_the_united_states() -> None:
    row = made(1, first=FirstName(), last=LastName("first"), company=CompanyName())[0]
    assert row["first"] in vocabulary.column("first_names", "name").to_pylist()
    assert row["last"] in vocabulary.column("last_names", "name").to_pylist()
    assert re.fullmatch(r"[\w' -]+ (Ltd|Inc|Group|& Sons|Partners|Holdings|Services|LLC)", row["company"])


def test_what_cannot_be_is_refused() -> None:
    with refused(r"locale\('tlh'\) is not one that Mimesis has"):
        vocabulary.locale("tlh")
    with refused(r"locale\('../de'\) is not one that Mimesis has"):
        vocabulary.locale("../de")
    with refused("FullName: locale must be a text"):
        FullName(locale=7)  # type: ignore[arg-type]
    with refused(r"things.last: of='first' must name a FirstName\(locale='pl'\) of this table"):
        made(first=FirstName(locale="cs"), last=LastName("first", locale="pl"))
    with refused(r"LastName\('first'\): surnames that go with first names cannot be unique"):
        LastName("first", locale="pl", unique=True)
    with refused("Phone: its texts have up to"):
        Phone(locale="de", type=Varchar(9))


def test_the_manifest_lists_the_version_and_the_digest_of_the_lists_that_are_used(tmp_path: Path) -> None:
    people = type(
        "People", (Table,), {"rows": 9, "id": Key(), "name": FullName(locale="de"), "city": Vocabulary(vocabulary.locale("fr").cities)}
    )
    plain = type("Plain", (Table,), {"rows": 9, "id": Key(), "name": FullName()})
    for table, expected in ((people, {"mimesis", "mimesis de", "mimesis fr"}), (plain, set())):
        folder = tmp_path / table.__name__
        colgen.build(model_of(table), out=folder)
        manifest = manifests.read(folder)
        assert {name for name in manifest.versions if name.startswith("mimesis")} == expected
        assert manifest.other_versions() == {}


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of Mimesis' German lists, to be read in place of those that are installed."""
    copied = tmp_path / "datasets"
    shutil.copytree(locales._folder() / "de", copied / "de")
    monkeypatch.setattr(locales, "_folder", lambda: copied)
    _forget()
    yield copied / "de"
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    locales.locale_codes.cache_clear()
    locales._read.cache_clear()


def test_another_word_in_a_list_is_noticed_by_verify_and_refused_by_extend(lists: Path, tmp_path: Path) -> None:
    class People(Table):
        rows = Volume("people", Calendar())
        id = Key()
        day = Day()
        name = FullName(locale="de")

    model = Model("people", tables=[People], volumes={"small": {"people": 40}}, settles_after=0)
    colgen.build(model, out=tmp_path / "out", last_day="2024-01-31")
    words = json.loads((lists / "person.json").read_text(encoding="utf-8"))
    words["surnames"][0] = "Neu"
    (lists / "person.json").write_text(json.dumps(words), encoding="utf-8")
    _forget()
    assert set(colgen.verify(tmp_path / "out", model=model).versions) == {"mimesis de"}
    with pytest.raises(RequestError, match=r"was made with mimesis de [0-9a-f]{16}, and this is [0-9a-f]{16}"):
        colgen.extend(tmp_path / "out", "2024-02-10", model=model)


def test_where_mimesis_is_not_installed_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locales, "find_spec", lambda name: None)
    _forget()
    with pytest.raises(ModelError, match=r"pip install 'colgen\[locales\]'"):
        vocabulary.locale("de")
    assert locales.digest("de") == "unknown"
