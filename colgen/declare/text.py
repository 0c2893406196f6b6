"""Text put together out of other columns."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pyarrow as pa

from colgen.arrays import Array
from colgen.declare.arguments import is_text, shown
from colgen.declare.clock import DAY
from colgen.declare.column import Column, Options
from colgen.declare.days import day_of_month, month_of, per_day, year_of
from colgen.declare.rows import Rows
from colgen.errors import ModelError
from colgen.values.arrow import with_missing
from colgen.values.text.composed import Composed, composed
from colgen.values.text.digits import Digits
from colgen.values.text.mailbox import mailbox
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import MOMENTS, WHOLE, Boolean, Bytes, Categorical, ColumnData, Date, String, Time, Type

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo

_DIRECTIVES: dict[str, tuple[Callable[[Array], Array], int]] = {
    "Y": (lambda moments: per_day(year_of, moments // DAY), 4),
    "m": (lambda moments: per_day(month_of, moments // DAY), 2),
    "d": (lambda moments: per_day(day_of_month, moments // DAY), 2),
    "H": (lambda moments: moments % DAY // (DAY // 24), 2),
    "M": (lambda moments: moments % DAY // (DAY // 1440) % 60, 2),
    "S": (lambda moments: moments % DAY // 1_000_000 % 60, 2),
}
"""`strftime`'s directives: the function of a moment (microseconds since 1970-01-01), and how many digits it gives."""

_ISO_DAY = "%Y-%m-%d"


@cache
def _words(*words: str) -> WordBytes:
    return WordBytes(pa.array(words))


class Text(Column):
    """Other columns put together: `Text("{first_name} {last_name}")`.

    A field is a column's name in braces (a literal brace is doubled). `{id:08d}` pads a whole number with zeros,
    `{placed_at:%Y-%m-%d %H:%M:%S}` writes a date or a moment as `strftime` does, and `{name:mailbox}` a word as it may stand in an e-mail
    address. Without a format a decimal has its point (-0.05), a flag is `true` or `false`, and a date is as in 2024-12-31; a moment needs a
    format.
    """

    promises = ("unique", "distinct")

    def __init__(self, template: str, *, type: Type = String, **options: Unpack[Options]) -> None:
        if not is_text(template):
            raise ModelError(f"Text({shown(template)}): give a text in which columns stand in braces, such as '{{first_name}} {{id:08d}}'")
        super().__init__(type, template, **options)
        if type.arrow != pa.string():
            raise ModelError(f"Text({template!r}): it is a text, and cannot be of the type {type.name}; String, Json and Uuid are texts")
        self.template = template
        self._parts: list[str | tuple[str, str]] = []
        try:
            for constant, field, form, conversion in string.Formatter().parse(template):
                if conversion:
                    raise ModelError(f"Text({template!r}): a value is written in one way; leave !{conversion} out")
                self._parts += [constant] if constant else []
                self._parts += [(field, form or "")] if field is not None else []
        except ValueError as error:
            raise ModelError(f"Text({template!r}): {error}; write a literal brace twice") from None
        self._words: dict[tuple[str, str], WordBytes] = {}

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        self._words = {}  # a branch's columns have words of their own
        for word, form in (part for part in self._parts if not isinstance(part, str)):
            if word not in table.columns:
                continue  # the table names what is missing
            column = table.columns[word]
            field = f"{self.qualified_name}: {{{word}{':' * bool(form)}{form}}}"
            self.nullable = self.nullable or column.nullable  # where a part is missing, so is the text
            if form == "" and column.type in (*MOMENTS, Time):
                such = "%H:%M:%S" if column.type is Time else "%Y-%m-%d %H:%M:%S"
                raise ModelError(f"{field}: say how a moment is written, such as {{{word}:{such}}}")
            if column.type.role in ("fraction", "list", "struct") or column.type is Bytes:
                raise ModelError(
                    f"{field}: a {column.type.name} has no one way to be written; make a decimal or a text of it in a function"
                )
            fits = [fitting for pattern, fitting in _FORMATS.items() if re.fullmatch(pattern, form)]
            if form and not fits:
                raise ModelError(f"{field} has an unknown format; there are 08d, mailbox, and %Y %m %d %H %M %S")
            if form and not fits[0][1](column.type):
                raise ModelError(f"{field} is a format of {fits[0][0]}, and {word} is of the type {column.type.name}")

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part[0] for part in self._parts if not isinstance(part, str)))

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        return any(self.table.columns[name].nullable for name in self.needs)

    def make(self, rows: Rows) -> Composed | pa.StringArray:
        text = composed(self.parts(rows) or [""], rows.count)
        missing = [_missing(rows.compact(name)) for name in self.needs if self.table.columns[name].nullable]
        if not missing:
            return text
        spelled = text.spelled if isinstance(text, Composed) else text
        return with_missing(spelled, np.logical_or.reduce(missing))

    def parts(self, rows: Rows) -> list[TextPart]:
        """What the texts of some rows are put together out of."""
        parts: list[TextPart] = []
        for part in self._parts:
            if isinstance(part, str):
                parts.append(part)
            elif self.table.columns[part[0]].type in (Date, Time, *MOMENTS):
                parts += self._moment(rows, part[0], part[1] or _ISO_DAY)
            else:
                parts += self._part(rows, *part)
        return parts

    def _moment(self, rows: Rows, name: str, form: str) -> list[TextPart]:
        """The parts of a date or a moment."""
        values = np.ma.filled(rows.values(name), 0)
        moments = values if self.table.columns[name].type is not Date else values.astype(np.int64, copy=False) * DAY
        parts: list[TextPart] = []
        for directive, constant in re.findall(r"%(.)([^%]*)", form):
            function, width = _DIRECTIVES[directive]
            parts += [Digits(function(moments), width), constant]
        return parts

    def _part(self, rows: Rows, name: str, form: str) -> Sequence[TextPart]:
        column, values = self.table.columns[name], _there(rows.compact(name))
        if isinstance(column.type, Categorical):
            if (name, form) not in self._words:
                words = column.type.words
                self._words[name, form] = WordBytes(mailbox(words) if form == "mailbox" else words)
            return [Coded(self._words[name, form], values)]
        if column.type is Boolean:
            return [Coded(_words("false", "true"), values.view(np.int8))]
        if pa.types.is_decimal(column.type.arrow):
            return _decimal(values, column.type.arrow.scale)
        if isinstance(values, Composed):
            if not form:
                return values.parts
            values = values.spelled
        if isinstance(values, pa.Array) and form == "mailbox":
            return [mailbox(values)]
        return [values if isinstance(values, pa.Array) else Digits(values, int(form[1:-1]) if form else 0)]


def _missing(values: ColumnData) -> Array:
    """Which values are missing: bool."""
    if isinstance(values, pa.Array):
        return np.asarray(values.is_null().to_numpy(zero_copy_only=False))
    return np.zeros(len(values), bool) if isinstance(values, Composed) else np.ma.getmaskarray(values)


def _there(values: ColumnData) -> ColumnData:
    """The same values, with something in place of those that are missing."""
    if isinstance(values, pa.StringArray) and values.null_count:
        return values.fill_null("")
    return np.ma.filled(values, 0) if hasattr(values, "mask") else values


def _decimal(values: Array, scale: int) -> list[TextPart]:
    """The parts of a decimal that is given in its smallest unit."""
    values = values.astype(np.int64, copy=False)
    size, unit = np.abs(values), 10**scale
    whole: list[TextPart] = [Coded(_words("", "-"), (values < 0).view(np.int8)), Digits(size // unit)]
    return [*whole, ".", Digits(size % unit, scale)] if scale else whole


def _is_text(type: Type) -> bool:
    return isinstance(type, Categorical) or type.dtype is None


_FORMATS: dict[str, tuple[str, Callable[[Type], bool]]] = {
    r"0[1-9]\d?d": ("whole numbers", lambda type: type in WHOLE),
    r"(%[HMS][^%]*)+": ("dates, times and timestamps", lambda type: type in (Date, Time, *MOMENTS)),
    r"(%[YmdHMS][^%]*)+": ("dates and timestamps", lambda type: type in (Date, *MOMENTS)),
    "mailbox": ("texts", _is_text),
}
"""Each format: of which columns it is, in words and as a test of their type."""
