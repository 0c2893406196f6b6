"""Where something is: degrees of latitude and longitude in and around real cities.

| kind | values |
|---|---|
| `Latitude("city")`, `Longitude("city")` | near the city in another column |
| `Latitude()`, `Longitude("latitude")` | near a city that is drawn by its population, the same for both |
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import vocabulary
from colgen.arrays import Array
from colgen.declare.arguments import require_text, require_values, shown
from colgen.declare.column import Column, Options
from colgen.declare.rows import Rows
from colgen.draws.alias import Weighted
from colgen.errors import ModelError
from colgen.values.types import Categorical, Decimal, Type

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

_SCALE = 6
DEGREES = Decimal(9, _SCALE)
_AROUND = 80_000
"""How far from the middle of its city a place is at most, in millionths of a degree: 9 km to the north."""


@cache
def _cities() -> Weighted:
    return Weighted(vocabulary.column("cities", "weight").to_numpy().astype(np.float64))


class _Degrees(Column):
    field = ""
    most = 0

    def __init__(self, of: str = "", *, type: Type = DEGREES, **options: Unpack[Options]) -> None:
        place = self.__class__.__name__
        require_text(place, of=of)
        if not isinstance(type, Type) or not pa.types.is_decimal(type.arrow):
            raise ModelError(f"{place}: its type is a Decimal, such as Decimal(9, 6), not {getattr(type, 'name', shown(type))}")
        require_values(place, type, (-self.most * 10**type.arrow.scale, self.most * 10**type.arrow.scale))
        super().__init__(type, f"degrees of {self.field}", **options)
        self.of = of
        self._city: Column | None = None

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        other = table.columns.get(self.of)  # the table names what is missing
        if isinstance(other, _Degrees):
            if other.of == self.name or (other.of and isinstance(table.columns.get(other.of), _Degrees)):
                raise ModelError(f"{self.qualified_name}: of={self.of!r} must name a column that is not itself beside another one")
            other = table.columns.get(other.of)
        if other is None:
            return
        if not isinstance(other.type, Categorical):
            raise ModelError(f"{self.qualified_name}: of={self.of!r} must name a column of cities, a Latitude or a Longitude of this table")
        unknown = [word for word, row in zip(other.type.words.to_pylist(), self._rows_of(other.type), strict=True) if row < 0]
        if unknown:
            raise ModelError(
                f"{self.qualified_name}: where {shown(unknown[0])} lies is not known; the cities are vocabulary.words('cities', 'city')"
            )
        self._city = other
        self.nullable = self.nullable or other.nullable

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        return self._city is not None and self._city.nullable

    @property
    def needs(self) -> tuple[str, ...]:
        return () if not self.of else (self._city.name,) if self._city is not None else (self.of,)

    def _rows_of(self, cities: Categorical) -> Array:
        """Where each city is in the file of coordinates, the largest one of its name; -1 for one that is not: int64."""
        names, weights = vocabulary.column("cities", "city"), vocabulary.column("cities", "weight").to_numpy()
        by_size = np.argsort(-weights, kind="stable")
        return np.append(by_size, -1).take(pc.index_in(cities.words, names.take(pa.array(by_size))).fill_null(len(names)).to_numpy())

    def _places(self, rows: Rows) -> tuple[Array, Array | None]:
        """The row of each place in the file of coordinates, int64; and which are missing."""
        if self._city is not None:
            codes = rows.values(self._city.name)
            assert isinstance(self._city.type, Categorical)
            return self._rows_of(self._city.type).take(np.ma.filled(codes, 0)), np.ma.getmaskarray(codes) if self._city.nullable else None
        beside = self.table.columns[self.of] if self.of else self  # both know the city from the draws of the one
        return _cities().sample(rows.draw(beside).apart("city")), None

    def make(self, rows: Rows) -> Array:
        places, missing = self._places(rows)
        middles = np.round(vocabulary.column("coordinates", self.field).to_numpy() * 10**_SCALE).astype(np.int64)
        draw, scale = rows.draw(self), self.type.arrow.scale
        value = middles.take(places) + (draw.integers(-_AROUND, _AROUND) + draw.integers(-_AROUND, _AROUND)) // 2
        value = value * 10 ** (scale - _SCALE) if scale >= _SCALE else np.round(value / 10 ** (_SCALE - scale)).astype(np.int64)
        return value if missing is None else np.ma.array(value, mask=missing)


class Latitude(_Degrees):
    """Degrees of latitude near a city: of another column, or drawn by population. North is positive.

    of : the own column of the city, `Vocabulary(vocabulary.words("cities", "city"))`, or of the longitude; any city if empty
    type : a Decimal

    >>> from colgen import Key, Table, Vocabulary, vocabulary
    >>> class Shops(Table):
    ...     rows = 3
    ...     id = Key()
    ...     city = Vocabulary(vocabulary.words("cities", "city"))
    ...     latitude = Latitude("city")
    ...     longitude = Longitude("city")
    >>> Shops.longitude.needs
    ('city',)
    """

    field, most = "latitude", 90


class Longitude(_Degrees):
    """Degrees of longitude near a city: of another column, or drawn by population. East is positive.

    of : the own column of the city, or of the latitude, whose city it then shares; any city if empty
    type : a Decimal
    """

    field, most = "longitude", 180
