"""URLs as they may be shown."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

_SECRET = re.compile(r"(?:password|passwd|passphrase|pwd|token|secret)\s*$", re.IGNORECASE)
_PAIR = re.compile(
    r"((?:password|passwd|passphrase|pwd|token|secret)\s*=\s*)('(?:\\.|[^'\\])*'?|(?:\\.?|[^\s\\])*)", re.IGNORECASE | re.DOTALL
)


def without_password(url: str) -> str:
    """A database's URL, or a line of `key=value`, as it may be shown. When in doubt, it hides too much rather than too little.

    >>> without_password("postgresql://ann:geheim@db.example:5432/shop?sslmode=require")
    'postgresql://ann:***@db.example:5432/shop?sslmode=require'
    >>> without_password("host=db.example password='ge heim' dbname=shop")
    'host=db.example password=*** dbname=shop'
    """
    scheme, colons, rest = url.partition("://")
    if not colons or "=" in scheme:
        url = _PAIR.sub(r"\1***", url)
        scheme, colons, rest = url.partition("://")
    if not colons:
        bare = re.fullmatch(r"([^:=\s]*:)[^\s]*@([^@\s]*)", url)
        return f"{bare[1]}***@{bare[2]}" if bare else url
    before, at, after = rest.rpartition("@")  # the last one: a password may have been written with an @ in it, or with a / or a ?
    user, colon, password = before.partition(":")
    if at and colon:
        if _without_secrets(password) != password:  # the @ was in a password among the parameters
            after = "&".join(["***", *after.split("&")[1:]])
        rest = f"{user}:***@{after}"
    return f"{scheme}://{_without_secrets(rest)}"


def _without_secrets(text: str) -> str:
    """Parameters of a URL, `password=` and its like without their values."""
    pieces = text.split("&")
    for number, piece in enumerate(pieces):
        for key in re.finditer(r"([^?;=/]*)=", piece):
            if _SECRET.search(unquote_plus(key[1])):
                pieces[number] = f"{piece[: key.end()]}***"
                break
    return "&".join(pieces)
