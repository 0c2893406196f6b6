"""Whose SQL a script is, and where its statements end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from colgen.introspect import scripts

POSTGRESQL = "postgres"
_DIALECTS = [
    ("sqlite", r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|^\s*PRAGMA\b|\bsqlite_sequence\b"),
    ("mysql", r"`|\bENGINE\s*=|\bAUTO_INCREMENT\b"),
    ("tsql", r"\bIDENTITY\s*\(\s*\d|\[dbo\]|^\s*GO\s*$|\bNVARCHAR\s*\(\s*MAX\b"),
    ("oracle", r"\bVARCHAR2\b|\bNUMBER\s*\(\s*\d"),
    ("sqlite", r"\bTABLE\s+(IF\s+NOT\s+EXISTS\s+)?\["),
]
"""Signs of the SQL of other databases than PostgreSQL."""

_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_PARTS = {
    True: re.compile(r"--\s[^\n]*|#[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|;", re.DOTALL),
    False: re.compile(r"--[^\n]*|/\*.*?\*/|'[^']*'|\"[^\"]*\"|`[^`]*`|\[\w[^\]\n]*\]|;", re.DOTALL),
}
"""Comments and quoted texts, within which a semicolon ends nothing: with backslashes in texts, as in MySQL, and without."""

_DELIMITED = re.compile(r"^DELIMITER\s+(?!;\s*$)\S+.*?^DELIMITER\s*;\s*$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
"""What MySQL's own program takes as one, whatever semicolons are in it."""

_SILENT = re.compile(
    r"(INSERT|REPLACE|UPDATE|DELETE|SELECT|WITH|VALUES|COPY|TRUNCATE|SET|USE|UN?LOCK|LOCK|DROP|PRAGMA|BEGIN|START|COMMIT|END|ROLLBACK|GRANT|REVOKE|ANALYZE|VACUUM|GO"
    r"|REINDEX|DO|DECLARE|PRINT|EXEC|RESET|COMMENT"
    r"|(CREATE|ALTER)\s+(OR\s+REPLACE\s+)?(UNLOGGED\s+)?(DATABASE|SCHEMA|SEQUENCE|EXTENSION|VIEW|MATERIALIZED|FUNCTION|PROCEDURE|ROLE|USER|INDEX|CAST|OPERATOR|AGGREGATE|PUBLICATION"
    r"|DEFAULT\s+PRIVILEGES|POLICY|LANGUAGE|COLLATION|TEXT\s+SEARCH)|ALTER\s+\w+\s+.*\b(OWNER\s+TO|REPLICA\s+IDENTITY|CLUSTER\s+ON|ENABLE|DISABLE|SET\s+STORAGE)\b"
    r"|CREATE\s+TABLE\s+\S+\s+PARTITION\s+OF)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Statements of which a schema keeps nothing."""


def dialect_of(script: str) -> str:
    """Whose SQL a script is, by its signs: PostgreSQL's where there are none of others.

    >>> dialect_of("CREATE TABLE `a` (b int)"), dialect_of("CREATE TABLE a (b text DEFAULT '`')")
    ('mysql', 'postgres')
    """
    bare = _QUOTED.sub("''", script[: 1 << 20])
    return next((name for name, signs in _DIALECTS if re.search(signs, bare, re.IGNORECASE | re.MULTILINE)), POSTGRESQL)


def statements(script: str, dialect: str) -> Iterator[str]:
    """The statements of a script, without comments."""
    if dialect == POSTGRESQL:
        yield from scripts.statements(script)
        return
    for block in _DELIMITED.findall(script):  # of these, only triggers matter, which nothing here understands
        yield from re.findall(r"CREATE[^;]*?\bTRIGGER\b[^;]*", block, re.IGNORECASE)
    script = _DELIMITED.sub("", script)
    script = re.sub(r"^\s*GO\s*$", ";", script, flags=re.MULTILINE | re.IGNORECASE) if dialect == "tsql" else script
    begin, pieces = 0, list[str]()
    for part in _PARTS[dialect in ("mysql", "mariadb", "tidb", "doris", "starrocks")].finditer(script):
        if part[0] == ";" or part[0].startswith(("--", "#", "/*")):
            pieces.append(script[begin : part.start()])
            begin = part.end()
        if part[0] == ";":
            if text := " ".join(pieces).strip():
                yield text
            pieces = []
    if text := " ".join([*pieces, script[begin:]]).strip():
        yield text


def is_silent(text: str) -> bool:
    """Whether a statement is one of which a schema keeps nothing."""
    return _SILENT.match(text) is not None and re.match(r"COMMENT\b|CREATE\s+UNIQUE", text, re.IGNORECASE) is None
