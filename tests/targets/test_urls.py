"""A password is never shown, wherever in a URL or a line of pairs it stands."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from colgen.targets.urls import without_password, without_passwords


def never_shown(password: str, written: str, before: str, after: str) -> None:
    """The password is not in what is shown, unless it is in what stands around it."""
    shown = without_password(before + written + after)
    for secret in (password, written):
        assume(secret not in f"{before}***{after}")
        assert secret not in shown


class TestPasswords:
    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("postgresql://ann:geheim@db.example:5432/shop", "postgresql://ann:***@db.example:5432/shop"),
            ("postgresql://ann@db.example/shop", "postgresql://ann@db.example/shop"),
            ("postgresql://db.example:5432/shop?sslmode=require", "postgresql://db.example:5432/shop?sslmode=require"),
            ("postgresql:///shop?host=/tmp&password=geheim&user=ann", "postgresql:///shop?host=/tmp&password=***&user=ann"),
            ("postgresql://db/shop?sslpassword=geheim", "postgresql://db/shop?sslpassword=***"),
            ("postgresql://db/shop?p%61ssword=geheim", "postgresql://db/shop?p%61ssword=***"),
            ("postgresql://db/shop?password=ge@heim", "postgresql://db/shop?password=***"),
            ("postgresql://ann:ge@h/e?im@db/shop", "postgresql://ann:***@db/shop"),
            ("postgresql://ann@corp:geheim@db/shop", "postgresql://ann@corp:***@db/shop"),
            ("postgresql://:geheim@db/shop", "postgresql://:***@db/shop"),
            ("postgresql:/ann:geheim@db/shop", "postgresql:***@db/shop"),
            ("ann:geheim@db/shop", "ann:***@db/shop"),
            ("postgresql+psycopg://ann:geheim@db/shop", "postgresql+psycopg://ann:***@db/shop"),
            ("mysql://ann:ge\nheim@db", "mysql://ann:***@db"),
            ("redis://:geheim@db", "redis://:***@db"),
            ("jdbc:postgresql://db/shop?user=ann&password=geheim", "jdbc:postgresql://db/shop?user=ann&password=***"),
            ("postgresql://ann:geheim/shop", "postgresql://ann:***"),
            ("postgresql://ann:geheim%40db/shop", "postgresql://ann:***"),
            ("postgresql://ann%3Ageheim@db/shop", "postgresql://***:***@db/shop"),
            ("postgresql://a:5432,[::1]:5433,c/shop", "postgresql://a:5432,[::1]:5433,c/shop"),
            ("postgresql://db/shop?pass=geheim&api_key=geheim", "postgresql://db/shop?pass=***&api_key=***"),
            ("host=db password=ge heim dbname=shop", "host=db password=*** dbname=shop"),
            ("host=db password=geheim dbname=shop", "host=db password=*** dbname=shop"),
            ("host=db password = 'ge \\' heim' dbname=shop", "host=db password = *** dbname=shop"),
            ("PASSWORD=geheim", "PASSWORD=***"),
            ("dsn=postgresql://ann:geheim@db/shop", "dsn=postgresql://ann:***@db/shop"),
            ("duckdb:///shop.duckdb", "duckdb:///shop.duckdb"),
            ("md:shop?motherduck_token=geheim", "md:shop?motherduck_token=***"),
            ("data/shop.duckdb", "data/shop.duckdb"),
            ("", ""),
        ],
    )
    def test_only_the_password_is_hidden(self, url: str, shown: str) -> None:
        assert without_password(url) == shown

    def test_a_password_with_an_at_sign_and_a_port_before_it(self) -> None:
        assert "geheim" not in without_password("postgresql://db:5432/shop?password=a@geheim&x=y")

    def test_a_long_text_is_shown_at_once(self) -> None:
        for piece in (" ", ",", ":", "@", "a:", "password=", "a ", "[", "&", "://", "\\"):
            without_password("postgresql://" + piece * 100_000)
            without_password(piece * 100_000)

    @given(st.text())
    def test_any_text_can_be_shown(self, text: str) -> None:
        without_password(text)


PART = st.text(st.characters(categories=["Ll", "Lu", "Nd"], include_characters="-_."), min_size=1, max_size=8)


PASSWORDS = st.text(min_size=1, max_size=20)


@given(password=PASSWORDS, user=PART, host=PART, port=st.none() | st.integers(1, 65535), database=PART, raw=st.booleans(), more=PART)
def test_a_password_before_the_host_is_never_shown(
    password: str, user: str, host: str, port: int | None, database: str, raw: bool, more: str
) -> None:
    written = password if raw else quote(password, safe="")
    rest = f"@{host}{f':{port}' if port else ''}/{database}?application_name={more}"
    never_shown(password, written, f"postgresql://{user}:", rest)


@given(password=PASSWORDS, key=st.sampled_from(["password", "sslpassword", "Password", "pwd"]), host=PART, more=PART, raw=st.booleans())
def test_a_password_among_the_parameters_is_never_shown(password: str, key: str, host: str, more: str, raw: bool) -> None:
    written = password.replace("&", "") if raw else quote(password, safe="")
    assume(written)
    never_shown(written, written, f"postgresql://{host}/shop?application_name={more}&{key}=", "&connect_timeout=3")


@given(password=PASSWORDS, host=PART, quoted=st.booleans())
def test_a_password_in_a_line_of_pairs_is_never_shown(password: str, host: str, quoted: bool) -> None:
    escaped = re.sub(r"([\\'])", r"\\\1", password)
    written = f"'{escaped}'" if quoted or re.search(r"\s", password) else escaped
    never_shown(password, written, f"host={host} password=", " dbname=shop")


@given(
    password=st.text(st.characters(categories=["L"]), min_size=4, max_size=20),
    scheme=st.sampled_from(["postgresql", "postgresql+psycopg", "MYSQL", "jdbc:postgresql", "redis", "odbc+x", "s3"]),
    form=st.sampled_from(
        [
            "{}://ann:{}@db",
            "{}://:{}@db:1/x?y=z",
            "{}://ann:a@{}@db",
            "{}://ann:{}",
            "{}://ann:{}/x",
            "{}://db/x?user=ann&PASSWORD={}",
            "{}:ann:{}@db",
        ]
    ),
    message=st.sampled_from(["there is no model {!r}", "Got unexpected extra argument ({})", "{}"]),
)
def test_a_password_is_in_no_message(password: str, scheme: str, form: str, message: str) -> None:
    url = form.format(scheme, password)
    assume(password not in message.format(form.format(scheme, "")))
    assert password not in without_passwords(message.format(url), ["build", url])
