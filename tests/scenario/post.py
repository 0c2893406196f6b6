"""A model for tests of scenarios, and scenario files for it."""

from __future__ import annotations

from pathlib import Path

from colgen import Burst, Calendar, Integers, Key, Model, Scenario, Table, Volume


class Parcels(Table):
    """What is sent."""

    rows = Volume("parcels")

    id = Key()
    weight = Integers(1, 30)


POST = Model(
    "post",
    tables=[Parcels],
    volumes={"small": {"parcels": 10, "days": 30, "weight_max": 0}},
    rates={"lost": 0.02, "late": 0.1},
    shares={"size": {"letter": 0.6, "box": 0.4}},
    anomalies={"torn": 0.5, "wet": 0.3, "stolen": 0.2},
    calendar=Calendar(weekday=(1, 1, 1, 1, 1, 1, 0), month={12: 2}, country="EG", holiday=0.1, bursts=[Burst(3, 1, 2.0)]),
)
SPARE = Model("spare", tables=[Parcels], volumes={"small": {"parcels": 10}})


def write_file(folder: Path, text: str | bytes, name: str = "my.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def loaded(folder: Path, text: str) -> Scenario:
    return Scenario.read(write_file(folder, text), POST)
