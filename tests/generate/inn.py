"""A model whose number of rows depends on ids of rows that are fanned out, so that no part of it is counted alone."""

from __future__ import annotations

from colgen import FanOut, Integer, Key, Model, ParentKey, Table, Volume, column
from tests.support import model_of


class Rooms(Table):
    rows = Volume("rooms")
    id = Key()


class Beds(Table):
    rows = FanOut(Rooms, 3)
    id = Key()
    pillows = column(Integer)(lambda id: id % 3)


class Pillows(Table):
    rows = FanOut(Beds, "pillows")
    id = Key()
    bed_id = ParentKey(Beds)


FAMILY = Rooms.__table__, Beds.__table__, Pillows.__table__


def inn(rooms: int) -> Model:
    return model_of(Rooms, Beds, Pillows, rooms=rooms)
