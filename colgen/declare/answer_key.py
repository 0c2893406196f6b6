"""The table that says where a build with defects is wrong, and what would be right."""

from __future__ import annotations

from colgen.declare.column import Column
from colgen.declare.rows import Branches
from colgen.declare.table import Table, TableInfo
from colgen.values.types import RepeatedText, String


class Defects(Table, key=("table_name", "row_key", "column_name")):
    """The answer key: a cell or a row of another table that is wrong."""

    rows = Branches()

    table_name = Column(RepeatedText, doc="The table that has the defect.")
    row_key = Column(String, doc="The key of its row as text; the values of a key of several columns with commas between them.")
    column_name = Column(RepeatedText, doc="The column; of a row that comes again, that of its key.")
    kind = Column(RepeatedText, doc="What is wrong: typo, missing, stale, unit, swap, mojibake, duplicate or orphan.")
    clean_value = Column(String, doc="The right value as text; of a row that comes again, the key of the first.")
    written_value = Column(String, nullable=True, doc="What stands there instead, as text.")


ANSWER_KEY: TableInfo = Defects.__table__
