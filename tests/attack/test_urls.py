"""Whatever is given for a database: a password in it is never shown, in whatever form, and nothing but a message comes of it."""

from __future__ import annotations

from random import Random
from typing import Any

from colgen import ColgenError
from colgen.targets import guard
from colgen.targets.destination import Destination
from colgen.targets.urls import without_password
from tests.attack.attack import Attack, drawn, share
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
AROUND = ("", "%zz", "%00", "%40", "@", ":", "/", "?", "#", "&", " ", "'", "\\", "é", "=", ";", "\n", "%")
KEYS = ("password", "PASSWORD", "passwd", "pwd", "sslpassword", "pass%77ord", "token", "secret")


def urls(random: Random) -> tuple[str, str]:
    """Something like a database's URL, and the secret in it."""
    secret = f"q{''.join(random.choices('abcXYZ0123456789', k=random.randint(6, 10)))}q"
    word = random.choice(AROUND) + secret + random.choice(AROUND)
    in_query = word.replace("&", "%26")  # which would end the parameter
    key, scheme, host = random.choice(KEYS), random.choice(SCHEMES), random.choice(HOSTS)
    user = random.choice(["me", "", "a.b", "é", "me%40corp"])
    plain_key = "sslpassword" if "%" in key else key  # nothing is decoded outside of URLs
    form = random.randint(0, 5)
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


@share(0.2462)
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

    attack(drawn(urls), strike)


NAMES = (
    "shop",
    "prod-db",
    "public",
    "",
    "live.duckdb",
    "prod/shop.duckdb",
    "a\0",
    "olive",
    "PG_x",
    "template1",
    "é",
    "1",
    "-5",
    "true",
    " ",
)
VARIABLES = (*guard.ENVIRONMENT_NAMES, "COLGEN_ENV", "COLGEN_MAX_ROWS", "COLGEN_DENY", "COLGEN_ENABLED")


def attempts(random: Random) -> dict[str, Any]:
    """What may be known of a target."""

    def names() -> list[str]:
        return random.choices(NAMES, k=random.randint(0, 3))

    def count() -> int | None:
        return random.choice([None, -1, 0, 7, 10**6, 10**12])

    return {
        "kind": random.choice(["postgresql", "duckdb", "mysql"]),
        "port": random.choice([None, -1, 5432, 70000]),
        **{part: random.choice([None, *NAMES]) for part in ("host", "database", "schema")},
        **{fact: random.choice([None, True, False]) for fact in ("schema_exists", "enabled")},
        **{size: count() for size in ("rows", "bytes", "free_bytes")},
        "schema_named": random.random() < 0.5,
        "tables": random.choice([None, names()]),
        "ours": names(),
        "environment": {
            random.choice(VARIABLES): random.choice([*NAMES, "production", "staging", "live"]) for _ in range(random.randint(0, 2))
        },
        "max_rows": random.choice([None, -5, 10, "x", "1_000"]),
        "deny": names(),
    }


@share(0.08)
def test_a_guard_that_is_told_anything_refuses_in_words(attack: Attack) -> None:
    def strike(given: dict[str, Any]) -> str:
        refusals = guard.refusals(guard.Attempt(**given))
        for refusal in refusals:
            assert_for_people(str(refusal))
        return REFUSED if refusals else TAKEN

    attack(drawn(attempts), strike)
