"""How large pages and row groups become."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """What a page and a row group hold. A row group ends with the batch that reaches either of its limits.

    row_group_bytes : as written, which is how they wait in memory: wide rows make smaller groups, so that memory stays flat
    page_bytes : of text, before compression
    sample_bytes : of a column's first page, which are compressed to see whether that is worth it
    """

    row_group_rows: int = 1 << 19
    row_group_bytes: int = 3 << 20
    page_rows: int = 1 << 17
    page_bytes: int = 1 << 19
    sample_bytes: int = 1 << 14

    def of(self, row_group_bytes: int) -> Limits:
        """The same with row groups of another size: larger ones may have as many rows more, so that narrow tables come near it, too."""
        rows = self.row_group_rows * max(row_group_bytes, self.row_group_bytes) // self.row_group_bytes
        return self._replace(row_group_bytes=row_group_bytes, row_group_rows=rows)
