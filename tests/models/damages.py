"""What is done to the data of each model, and the rule that must break for it: a table, SQL that changes it, and the rule."""

from __future__ import annotations


def first_row(table: str, change: str, where: str = "true") -> tuple[str, str]:
    """Changes the first row for which something holds."""
    return table, f"UPDATE {table} SET {change} WHERE rowid = (SELECT min(rowid) FROM {table} WHERE {where})"
