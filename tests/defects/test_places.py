"""Where defects may be, by how columns are declared."""

from __future__ import annotations

import colgen
from colgen import Category, Code, FanOut, ForeignKey, Integers, Key, Lookup, Ordinal, ParentKey, PolymorphicKey, Table, Volume, Words
from colgen.defects.places import DirtyTable, dirty_table
from colgen.defects.shares import KINDS
from tests.defects.clinic import clinic
from tests.support import model_of

ALL = dict.fromkeys(KINDS, 0.1)


def places(table: type[Table], *others: type[Table], shares: dict[str, float] = ALL) -> DirtyTable | None:
    model = model_of(table, *others, things=10)
    return dirty_table(model.table(table.__table__.name), model, shares)


def test_the_type_of_a_column_says_which_kinds_make_sense() -> None:
    dirty = dirty_table(clinic.table("patients"), clinic, ALL)
    assert dirty is not None
    assert {name: set(shares) for name, shares in dirty.cells.items()} == {
        **{name: {"typo", "mojibake", "missing"} for name in ("first_name", "last_name", "called", "email", "city", "country")},
        "born_on": {"stale", "swap", "missing"},
        "weight": {"unit", "stale", "missing"},
        "insured": {"missing"},
        "notes": {"missing"},
        "ward_id": {"orphan"},
    }
    assert set(dirty.pairs) == {("first_name", "last_name"), ("city", "country")}


def test_types_that_a_database_reads_as_something_are_missing_at_most() -> None:
    dirty = dirty_table(clinic.table("devices"), clinic, ALL)
    assert dirty is not None
    assert {name: set(shares) for name, shares in dirty.cells.items()} == {
        **{name: {"missing"} for name in ("risk", "address", "charge", "wakes_at")},
        "label": {"typo", "mojibake", "missing"},
        "patient_id": {"orphan"},
    }


def test_any_kind_is_shared_among_those_that_fit() -> None:
    dirty = dirty_table(clinic.table("patients"), clinic, {"any": 0.12})
    assert dirty is not None
    assert dirty.cells["insured"] == {"missing": 0.12}
    assert dirty.cells["weight"] == {"unit": 0.04, "stale": 0.04, "missing": 0.04}
    assert dirty.cells["city"] == {"typo": 0.03, "mojibake": 0.03, "missing": 0.03}
    assert dirty.pairs["city", "country"] == 0.03


def test_a_table_whose_rows_have_no_key_stays_clean() -> None:
    class Notes(Table):
        rows = Volume("things")
        text = Words(3)

    class Things(Table):
        rows = Volume("things")
        id = Key()

    class Labels(Table, key=("thing_id", "word")):
        rows = FanOut(Things, 2)
        thing_id = ParentKey(Things)
        word = Words(1, distinct=True)
        size = Integers(1, 9)

    class Named(Table):
        rows = Volume("things")
        name = Code("[A-Z]{8}", unique=True, nullable=0.1)

    assert places(Notes) is None
    assert places(Labels, Things) is None
    assert places(Named) is None


def test_a_list_of_the_model_stays_clean() -> None:
    assert dirty_table(clinic.table("wards"), clinic, ALL) is None


def test_a_row_is_named_by_another_unique_column_where_the_key_is_hidden() -> None:
    class Things(Table):
        rows = Volume("things")
        id = Key(hidden=True)
        code = Code("[A-Z]{8}", unique=True)
        size = Integers(1, 9)

    dirty = places(Things)
    assert dirty is not None
    assert (dirty.key, set(dirty.cells), dirty.duplicates) == (("code",), {"size"}, 0)


def test_what_says_to_which_row_something_belongs_is_left_alone() -> None:
    class Posts(Table):
        rows = Volume("things")
        id = Key()

    class Comments(Table):
        rows = Volume("things")
        id = Key()
        subject_type = Category(Post=1)
        subject = PolymorphicKey({"Post": Posts}, by="subject_type")
        foreign_id = Integers(1, 9)
        likes = Integers(1, 9)

    dirty = places(Comments, Posts)
    assert dirty is not None
    assert set(dirty.cells) == {"likes"}


def test_so_is_what_rows_of_other_tables_refer_to() -> None:
    class Tenants(Table):
        rows = Volume("things")
        id = Key()

    class Rooms(Table, key=("tenant_id", "number")):
        rows = FanOut(Tenants, 2)
        tenant_id = ParentKey(Tenants)
        number = Ordinal()
        code = Code("[A-Z]{8}", unique=True)

    class Bookings(Table):
        rows = Volume("things")
        id = Key()
        room = ForeignKey(Rooms, hidden=True)
        code = Lookup(Rooms.code)

    dirty = places(Rooms, Tenants, Bookings)
    assert dirty is None
    assert colgen.build(model_of(Rooms, Tenants, Bookings, things=10), settings={"defects": {"duplicate": 0.2}}).rows["rooms"] == 20
