"""More of the web and of machines: hosts, network cards, files. `colgen.declare.everyday` has `Url`, `Slug` and `IpAddress`.

| kind | values |
|---|---|
| `Hostname()` | quiet-17.example.com, none twice |
| `MacAddress()` | addresses that no manufacturer has |
| `FileName("content_type")` | quiet-harbour-17.pdf, none twice; its ending goes with the column of its type |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pyarrow as pa

from colgen import vocabulary
from colgen.declare.arguments import require_text
from colgen.declare.column import Options
from colgen.declare.everyday import Slug, Texts, coded
from colgen.declare.identifiers import Code
from colgen.declare.lists import MimeType
from colgen.declare.rows import Rows
from colgen.draws.draw import Draw
from colgen.errors import ModelError
from colgen.values.text.digits import Digits
from colgen.values.text.spell import TextPart
from colgen.values.text.words import Coded, WordBytes
from colgen.values.types import String, Type

if TYPE_CHECKING:
    from colgen.declare.table import TableInfo


class Hostname(Texts):
    """The name of a machine below example.com, none twice: quiet-17.example.com. Nobody has it (RFC 2606)."""

    longest = 40

    def __init__(self, *, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__("word-number.example.com", type, options)
        self.unique = True

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        return [coded(vocabulary.words("words", "word"), draw), "-", Digits(rows.numbers), ".example.com"]


class MacAddress(Code):
    """The address of a network card, of those that are given out locally and that no manufacturer has (IEEE 802): 02:5e:10:00:a4:1f."""

    def __init__(self, *, type: Type = String, **options: Unpack[Options]) -> None:
        super().__init__(r"\02:xx:xx:xx:xx:xx", type=type, **options)


class FileName(Slug):
    """The name of a file, none twice: quiet-harbour-17.pdf.

    of : the own column of its media type, a `MimeType`; the ending is then that of the type

    >>> from colgen import Key, MimeType, Table
    >>> class Uploads(Table):
    ...     rows = 3
    ...     id = Key()
    ...     content_type = MimeType()
    ...     filename = FileName("content_type")
    >>> Uploads.filename.needs
    ('content_type',)
    """

    longest = 45

    def __init__(self, of: str = "", *, type: Type = String, **options: Unpack[Options]) -> None:
        require_text("FileName", of=of)
        super().__init__(type=type, **options)
        self.of = of
        self._endings = WordBytes(pa.array([f".{ending}" for ending in vocabulary.column("mime_types", "extension").to_pylist()]))

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        column = table.columns.get(self.of)  # the table names what is missing
        if column is not None and not isinstance(column, MimeType):
            raise ModelError(f"{self.qualified_name}: of={self.of!r} must name a MimeType() of this table")

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.of,) if self.of else ()

    def parts(self, rows: Rows, draw: Draw) -> Sequence[TextPart]:
        name = super().parts(rows, draw)
        ending = np.ma.filled(rows.values(self.of), 0) if self.of else vocabulary.words("mime_types", "type").sample(draw)
        return [*name, Coded(self._endings, ending)]
