"""A URL of PostgreSQL that cannot be meant as it stands is refused in colgen's words, which never quote it: libpq's own would show passwords."""

from __future__ import annotations

import pytest

from colgen.errors import ColgenError, RequestError
from colgen.targets.postgres.connect import connect

pytest.importorskip("psycopg", reason="a PostgreSQL target needs psycopg: pip install 'colgen[postgres]'")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:sec@ret@db.invalid/shop",
        "postgresql://me:sec/ret@db.invalid/shop",
        "postgresql://me:5/secret@db.invalid/shop",
        "postgresql://me:sec ret@db.invalid/shop",
        "postgresql://me:sec%zzret@db.invalid/shop",
        "postgresql://me:sec%00ret@db.invalid/shop",
        "postgresql://me:sec\0ret@db.invalid/shop",
        "postgresql://me:secret@[::1/shop",
        "postgresql://me:secret",
        "postgresql://me@corp:secret@db.invalid/shop",
        "postgres://me:sec@ret@db.invalid/shop",
        "POSTGRESQL://me:sec@ret@db.invalid/shop",
        "postgresql://me:secret@db.invalid/shop?sslmod=require",
        "postgresql://me:secret@db.invalid:five/shop",
        "mysql://me:secret@db.invalid/shop",
        "host=db.invalid password='secret",
        "host=db.invalid password=sec ret",
        "postgresql://me:sec\udc80ret@db.invalid/shop",
    ],
)
def test_one_that_cannot_be_read_is_not_quoted(url: str) -> None:
    with pytest.raises(RequestError, match="cannot be read; write postgresql://user:password@host:5432/database") as error:
        connect(url)
    words = str(error.value).partition(";")[0]
    assert not any(piece in words for piece in ("sec", "ret", "me:", "corp", "invalid"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:secret@127.0.0.1:1/shop",
        "postgresql://me:se%40cret@127.0.0.1:1/shop",
        "postgresql://me:sec?ret#@127.0.0.1:1/shop",
        "postgresql://127.0.0.1:1/shop?password=secret&application_name=me@home",
        "postgresql://me:secret@127.0.0.1:1/shop?sslmode=secret",
        "postgresql://me:secret@127.0.0.1:1/shop?service=secret",
        f"postgresql://me:secret@{'a' * 70}.invalid/shop",
        "host=127.0.0.1 port=1 password=secret dbname=shop",
    ],
)
def test_one_where_nobody_answers_shows_no_password(url: str) -> None:
    with pytest.raises(ColgenError, match="no connection") as error:
        connect(url)
    assert not any(secret in str(error.value) for secret in ("secret", "se@cret", "sec?ret", "se%40cret"))
