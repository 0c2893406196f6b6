"""Text put together out of other columns."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from colgen.arrays import Array
from colgen.declare.clock import DAY
from colgen.declare.column import Column
from colgen.declare.days import day_of_month, month_of, per_day, year_of
from colgen.declare.rows import Rows
from colgen.errors import ModelError
from colgen.values.text.composed import Composed, composed
from colgen.values.text.digits import Digits
from colgen.values.text.mailbox import mailbox
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import Categorical, Date, String, Timestamp, Type

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

_FORMAT = re.compile(r"|0\d+d|(%[YmdHMS][^%]*)+|mailbox")


class Text(Column):
    """Other columns put together: `Text("{first_name} {last_name}")`.

    A field is a column's name in braces (a literal brace is doubled). `{id:08d}` pads a number with zeros,
    `{placed_at:%Y-%m-%d %H:%M:%S}` writes a date or a moment as `strftime` does, and `{name:mailbox}` a word as it may stand in an e-mail
    address.
    """

    def __init__(self, template: str, *, type: Type = String, unique: bool = False, hidden: bool = False) -> None:
        super().__init__(type, unique=unique, hidden=hidden, doc=template)
        self.template = template
        self._parts: list[str | tuple[str, str]] = []
        try:
            for constant, field, form, _ in string.Formatter().parse(template):
                self._parts += [constant] if constant else []
                self._parts += [(field, form or "")] if field is not None else []
        except (TypeError, ValueError) as error:
            raise ModelError(f"Text({template!r}): {error}; write a literal brace twice") from None
        self._words: dict[tuple[str, str], WordBytes] = {}

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        self._words = {}  # a branch's columns have words of their own
        for word, form in (part for part in self._parts if not isinstance(part, str)):
            if word not in table.columns:
                continue  # the table names what is missing
            column = table.columns[word]
            if column.nullable and column.type is not String:
                raise ModelError(
                    f"{self.qualified_name} needs {word!r}, which may be missing; put it together in a function, with nullable=True"
                )
            if not _FORMAT.fullmatch(form):
                raise ModelError(
                    f"{self.qualified_name}: {{{word}:{form}}} has an unknown format; there are 08d, mailbox, and %Y %m %d %H %M %S"
                )
            if form.startswith("%") and column.type not in (Date, Timestamp):
                raise ModelError(f"{self.qualified_name}: {{{word}:{form}}} is a format of dates and timestamps, and {word} is neither")

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part[0] for part in self._parts if not isinstance(part, str)))

    def make(self, rows: Rows) -> Composed | pa.StringArray:
        return composed(self.parts(rows), rows.count)

    def parts(self, rows: Rows) -> list[TextPart]:
        """What the texts of some rows are put together out of."""
        parts: list[TextPart] = []
        for part in self._parts:
            if isinstance(part, str):
                parts.append(part)
            elif part[1].startswith("%"):
                parts += self._moment(rows, *part)
            else:
                parts += self._part(rows, *part)
        return parts

    def _moment(self, rows: Rows, name: str, form: str) -> list[TextPart]:
        """The parts of a date or a moment."""
        values = rows.values(name)
        moments = values if self.table.columns[name].type is Timestamp else values * DAY
        parts: list[TextPart] = []
        for directive, constant in re.findall(r"%(.)([^%]*)", form):
            function, width = _DIRECTIVES[directive]
            parts += [Digits(function(moments), width), constant]
        return parts

    def _part(self, rows: Rows, name: str, form: str) -> Sequence[TextPart]:
        column, values = self.table.columns[name], rows.compact(name)
        if isinstance(column.type, Categorical):
            if (name, form) not in self._words:
                words = column.type.words
                self._words[name, form] = WordBytes(mailbox(words) if form == "mailbox" else words)
            return [Coded(self._words[name, form], values)]
        if isinstance(values, Composed):
            if not form:
                return values.parts
            values = values.spelled
        if isinstance(values, pa.Array) and form == "mailbox":
            return [mailbox(values)]
        return [values if isinstance(values, pa.Array) else Digits(values, int(form[1:-1]) if form else 0)]
