"""URLs as they may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus

_SECRETS = r"(?:pass(?:word|wd|phrase|code)?|pwd|token|secret|credentials?|key|signature|sig|auth)"
_SECRET = re.compile(rf"{_SECRETS}\s*$", re.IGNORECASE)
_PAIR = re.compile(
    rf"""({_SECRETS}\s*=\s*)
    ('(?:\\.|[^'\\])*'?(?=\s|$)                # in quotes
    |(?:\\.|(?!\s[^\s=]+\s*=).)*)             # or up to the next key: a space may have been meant as part of it""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_HOST = r"(?:\[[0-9a-fA-F:.%]*\]|[^:,\[\]]*)(?::[0-9]*)?"
_HOSTS = re.compile(rf"{_HOST}(?:,{_HOST})*")
"""Hosts, each with a port or without."""


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
        bare = re.fullmatch(r"([^:=]*:).*@([^@]*)", url, re.DOTALL) if "@" in url else None
        return f"{bare[1]}***@{bare[2]}" if bare else url
    before, at, after = rest.rpartition("@")  # the last one: a password may have been written with an @ in it, or with a / or a ?
    user, colon, password = before.partition(":")
    if at and not colon and ":" in unquote_plus(user):
        user, colon, password = "***", ":", ""
    if at and colon:
        if _without_secrets(password) != password:  # the @ was in a password among the parameters
            after = "&".join(["***", *after.split("&")[1:]])
        rest = f"{user}:***@{after}"
    elif not at:
        rest = _without_odd_port(rest)
    return f"{scheme}://{_without_secrets(rest)}"


def without_passwords(message: str, given: Iterable[str]) -> str:
    """A message about something that was given, as it may be shown: whatever of it is a URL with a password is masked, quoted or not.

    >>> without_passwords("there is no model 'mysql://ann:geheim@db'", ["mysql://ann:geheim@db"])
    "there is no model 'mysql://ann:***@db'"
    """
    for text in sorted(set(given), key=len, reverse=True):
        shown = without_password(text)
        if shown != text:
            message = message.replace(text, shown).replace(repr(text)[1:-1], repr(shown)[1:-1])
    return message


def _without_odd_port(rest: str) -> str:
    """What comes after the scheme where nothing says who asks: a port that is not one may be a password whose @ is missing."""
    hosts = re.match(r"[^/?#]*", rest)
    assert hosts is not None
    if _HOSTS.fullmatch(hosts[0]):
        return rest
    return f"{hosts[0].partition(':')[0]}:***"


def _without_secrets(text: str) -> str:
    """Parameters of a URL, `password=` and its like without their values, of which an & may have been meant as a part."""
    pieces, in_secret = text.split("&"), False
    for number, piece in enumerate(pieces):
        if in_secret and "=" not in piece:
            pieces[number] = "***"
            continue
        in_secret = False
        for key in re.finditer(r"(?:^|(?<=[?;=/]))([^?;=/]*)=", piece):
            if _SECRET.search(unquote_plus(key[1])):
                pieces[number], in_secret = f"{piece[: key.end()]}***", True
                break
    return "&".join(pieces)
