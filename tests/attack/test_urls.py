"""Whatever is given for a database: a password in it is never shown, in whatever form, and nothing but a message comes of it."""

from __future__ import annotations

from hypothesis import strategies as st

from colgen import ColgenError
from colgen.targets import guard
from colgen.targets.destination import Destination
from colgen.targets.urls import without_password
from tests.attack.attack import Attack, share
from tests.attack.outcomes import REFUSED, TAKEN, assert_for_people

SCHEMES = (
    "postgresql",
    "postgres",
    "POSTGRESQL",
    "postgresql+psycopg",
    "mysql",
    "jdbc:postgresql",
    "redis",
    "duckdb",
    "s3",
    "https",
    "x-y.z+1",
)
HOSTS = ("db.example", "localhost:5432", "[::1]:5432", "[::1", "", "%2Ftmp", "a,b:1", "db@evil", "h:port")
SECRET = st.text("abcXYZ0123456789", min_size=6, max_size=10).map(lambda letters: f"q{letters}q")
AROUND = st.sampled_from(["", "%zz", "%00", "%40", "@", ":", "/", "?", "#", "&", " ", "'", "\\", "é", "=", ";", "\n", "%"])


@st.composite
def urls(draw: st.DrawFn) -> tuple[str, str]:
    """Something like a database's URL, and the secret in it."""
    secret = draw(SECRET)
    word = draw(AROUND) + secret + draw(AROUND)
    in_query = word.replace("&", "%26")  # which would end the parameter
    key = draw(st.sampled_from(["password", "PASSWORD", "passwd", "pwd", "sslpassword", "pass%77ord", "token", "secret"]))
    scheme, host, user = (
        draw(st.sampled_from(SCHEMES)),
        draw(st.sampled_from(HOSTS)),
        draw(st.sampled_from(["me", "", "a.b", "é", "me%40corp"])),
    )
    plain_key = "sslpassword" if "%" in key else key  # nothing is decoded outside of URLs
    form = draw(st.integers(0, 5))
    if form == 0:
        return f"{scheme}://{user}:{word}@{host}/shop", secret
    if form == 1:
        return f"{scheme}://{host}/shop?user={user}&{key}={in_query}", secret
    if form == 2:
        return f"{scheme}://{user}:{word}@{host}/shop?sslmode=require&{key}={in_query}", secret
    if form == 3:
        return f"host={host} user={user} {plain_key}={secret} dbname=shop", secret
    if form == 4:
        return f"host={host} user={user} {plain_key} = '{secret}' dbname=shop", secret
    return f"{user}:{word}@{host}/shop", secret


@share(0.12)
def test_no_password_is_ever_shown(attack: Attack) -> None:
    def strike(given: tuple[str, str]) -> str:
        url, secret = given
        assert secret not in without_password(url)
        try:
            shown, came = str(Destination.parse(url)), TAKEN
        except ColgenError as error:
            shown, came = str(error), REFUSED
        assert_for_people(shown)
        assert secret not in shown or (came == TAKEN and "://" not in url)  # a folder of that name
        return came

    attack(urls(), strike)


@share(0.03)
def test_a_guard_that_is_told_anything_refuses_in_words(attack: Attack) -> None:
    text = st.text(max_size=12) | st.sampled_from(["shop", "prod-db", "public", "", "live.duckdb", "prod/shop.duckdb", "a\0"])
    maybe = st.none() | text

    def strike(given: dict[str, object]) -> str:
        attempt = guard.Attempt(**given)  # type: ignore[arg-type]
        for refusal in guard.refusals(attempt):
            assert_for_people(str(refusal))
        return REFUSED if guard.refusals(attempt) else TAKEN

    attempts = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["postgresql", "duckdb", "mysql"]),
            "host": maybe,
            "port": st.none() | st.integers(-1, 70000),
            "database": maybe,
            "schema": maybe,
            "schema_named": st.booleans(),
            "schema_exists": st.none() | st.booleans(),
            "tables": st.none() | st.lists(text, max_size=3),
            "ours": st.lists(text, max_size=3),
            "rows": st.none() | st.integers(-1, 10**12),
            "bytes": st.none() | st.integers(-1, 10**12),
            "free_bytes": st.none() | st.integers(-1, 10**12),
            "environment": st.dictionaries(
                st.sampled_from([*guard.ENVIRONMENT_NAMES, "COLGEN_ENV", "COLGEN_MAX_ROWS", "COLGEN_DENY"]), text
            ),
            "enabled": st.none() | st.booleans(),
            "max_rows": st.none() | st.integers(-5, 10) | text,
            "deny": st.lists(text, max_size=2),
        }
    )
    attack(attempts, strike)
