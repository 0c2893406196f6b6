"""A small model with columns of every type and keys of several kinds, for tests of defects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import colgen
from colgen import (
    Between,
    Category,
    Dates,
    Double,
    Drawn,
    Enum,
    FanOut,
    Flag,
    ForeignKey,
    Integer,
    Integers,
    IpAddress,
    Json,
    Key,
    Model,
    Money,
    Named,
    Ordinal,
    ParentKey,
    RandomBytes,
    Several,
    Table,
    Text,
    Times,
    Timestamps,
    Uniform,
    Uuids,
    Varchar,
    Volume,
    Words,
)
from colgen.defects.places import Defects


class Wards(Table):
    """A list that the model states."""

    rows = 2

    id = Key()
    name = colgen.FixedValues("Süd", "Nord")


class Patients(Table):
    """Somebody who has been here, and is in the register twice now and then."""

    rows = Volume("patients")

    id = Key(Integer)
    ward_id = ForeignKey(Wards)
    first_name = Category(Jürgen=2, Zoë=1, Bo=1)
    last_name = Category(Müller=2, Nuñez=1, Ødegård=1)
    called = Text("{first_name}", type=Varchar(6))
    email = Text("{first_name}.{id}@clinic.example", unique=True)
    city = Category(Köln=1, Bonn=1)
    country = Category(Germany=1, Österreich=1)
    born_on = Dates()
    insured = Flag(0.9)
    weight = Integers(1_00, 120_00, type=colgen.Decimal(6, 2), nullable=0.2)
    notes = Text('{{"ward": {ward_id}}}', type=Json)


class Visits(Table, key=("patient_id", "number")):
    """When somebody was here."""

    rows = FanOut(Patients, {0: 20, 1: 40, 3: 40})

    patient_id = ParentKey(Patients)
    number = Ordinal()
    ward_id = ForeignKey(Wards)
    came_at = Timestamps()
    minutes = Integers(5, 120)
    price = Integers(0, 900_00, type=Money)


class Devices(Table, key="serial"):
    """A thing with a key that is a UUID."""

    rows = Volume("devices")

    serial = Uuids(unique=True)
    patient_id = ForeignKey(Patients)
    label = Words(2)
    risk = Category(low=8, high=2, type=Enum("risk"))
    address = IpAddress(type=Named("inet"))
    charge = Drawn(Uniform(0, 1), Double)
    wakes_at = Times()
    firmware = RandomBytes(8)
    tags = Several(["new", "old", "lent"], Between(0, 2))


clinic = Model("clinic", tables=[Wards, Patients, Visits, Devices], volumes={"small": {"patients": 60, "devices": 20}})

EVERYTHING: Mapping[str, float] = {"any": 0.2, "duplicate": 0.2, "orphan": 0.2}


def texts(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table, every value as the answer key spells it."""
    plain = {name: table[name].combine_chunks() for name in table.column_names}
    return pa.table({name: _texts(values) for name, values in plain.items()}).to_pylist()


def _texts(values: pa.Array) -> pa.StringArray:
    is_spelled = pa.types.is_list(values.type) or pa.types.is_binary(values.type)
    return pa.array(map(repr, values.to_pylist()), pa.string()) if is_spelled else pc.cast(values, pa.string())


def restored(data: colgen.Dataset, name: str) -> list[dict[str, Any]]:
    """The rows of a table as the answer key says that they should be."""
    dirty, key = Defects(data.spec.defects, data.spec.tables).of(data.model.table(name), data.model), {}
    if dirty is None:
        return texts(data.table(name))
    for defect in data.table("defects").to_pylist():
        if defect["table_name"] == name:
            key[defect["row_key"], defect["column_name"]] = defect
    return list(_restored(texts(data.table(name)), dirty.key, key))


def _restored(rows: list[dict[str, Any]], names: Sequence[str], key: dict[tuple[str, str], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        row_key = ",".join(row[name] for name in names)
        if (row_key, names[0]) in key:  # it comes again
            continue
        for column in row:
            if (defect := key.pop((row_key, column), None)) is not None:
                assert row[column] == defect["written_value"] != defect["clean_value"]
                row[column] = defect["clean_value"]
        yield row
