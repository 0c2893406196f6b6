"""A database is built into only where nothing speaks against it; each reason against it comes with what would allow it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.errors import TargetError
from colgen.targets.guard import ENVIRONMENT_NAMES, NO, YES, Attempt, enforce, enforce_removal, forbidden, refusals

law = settings(max_examples=40)
NEW = Attempt(
    kind="postgresql",
    host="db.example",
    port=5432,
    database="shop",
    schema="colgen",
    schema_named=False,
    schema_exists=False,
    tables=(),
    ours=(),
    rows=1_000,
    bytes=100_000,
    free_bytes=10**9,
    environment={},
    enabled=True,
    max_rows=None,
    deny=(),
)
"""Into a schema that is not there yet."""


def reasons(**changes: Any) -> list[str]:
    """Why an attempt that is like NEW but for something is refused; each comes with what would allow it."""
    found = refusals(replace(NEW, **changes))
    assert all(one.reason.strip() and one.allow.strip() for one in found)
    return [one.reason for one in found]


def allows(**changes: Any) -> str:
    """What would allow it, of the one refusal."""
    (found,) = refusals(replace(NEW, **changes))
    return found.allow


def test_a_new_schema_is_written_to() -> None:
    assert reasons() == []
    enforce(NEW)


def test_a_new_duckdb_file_is_written_to() -> None:
    assert reasons(kind="duckdb", host=None, port=None, database="shop.duckdb", schema="main", schema_exists=True) == []


class TestEnvironment:
    @pytest.mark.parametrize("name", ["COLGEN_ENV", *ENVIRONMENT_NAMES])
    def test_every_variable_that_says_production_counts(self, name: str) -> None:
        (reason,) = reasons(environment={name: "production"})
        assert f"{name}=production" in reason

    @pytest.mark.parametrize(
        "value",
        ["prod", "production", "prd", "live", "PROD ", "\tProduction\n", "prod-eu", "prod1", "prd_2", "live-us", '"production"', "'prod'", "eu-prod"]
        + ["aws/production", "us.east.prd", "shop.settings.production", "eu,prod", "Production (EU)"],
    )  # fmt: skip
    def test_what_people_set_in_production_is_understood(self, value: str) -> None:
        assert len(reasons(environment={"APP_ENV": value})) == 1

    @pytest.mark.parametrize(
        "value", ["", " ", "dev", "development", "test", "staging", "qa", "local", "non-prod", "pre_production", "no prod", "olive"]
    )
    def test_what_people_set_elsewhere_allows(self, value: str) -> None:
        assert reasons(environment=dict.fromkeys(["COLGEN_ENV", *ENVIRONMENT_NAMES], value)) == []

    def test_colgen_env_goes_before_the_others(self) -> None:
        assert reasons(environment={"COLGEN_ENV": "development", "NODE_ENV": "production", "STAGE": "prod"}) == []
        assert reasons(environment={"COLGEN_ENV": "production", "NODE_ENV": "development"}) != []

    def test_that_colgen_env_goes_before_the_others_is_said(self) -> None:
        assert "COLGEN_ENV=development" in allows(environment={"NODE_ENV": "production"})
        assert "COLGEN_ENV=development" in allows(environment={"COLGEN_ENV": "live"})

    @pytest.mark.parametrize("empty", ["", "  "])
    def test_an_empty_colgen_env_says_nothing(self, empty: str) -> None:
        assert reasons(environment={"COLGEN_ENV": empty, "NODE_ENV": "production"}) != []

    def test_several_variables_are_one_reason(self) -> None:
        (reason,) = reasons(environment={"NODE_ENV": "production", "STAGE": "prd"})
        assert reason.endswith("NODE_ENV=production, STAGE=prd")

    def test_colgen_env_lifts_nothing_else(self) -> None:
        assert reasons(environment={"COLGEN_ENV": "development"}, host="db.prod.example") != []


class TestSwitch:
    def test_switched_off_by_the_user(self) -> None:
        assert "colgen toggle --enable" in allows(enabled=False)

    def test_unknown_is_off(self) -> None:
        assert "could not determine" in reasons(enabled=None)[0]

    @pytest.mark.parametrize("value", [*NO, "False", " OFF "])
    def test_switched_off_by_the_environment(self, value: str) -> None:
        assert "COLGEN_ENABLED=true" in allows(environment={"COLGEN_ENABLED": value})

    @pytest.mark.parametrize("value", [*YES, "True", " ON "])
    def test_left_on_by_the_environment(self, value: str) -> None:
        assert reasons(environment={"COLGEN_ENABLED": value}) == []

    @pytest.mark.parametrize("value", ["", "maybe", "2", "truefalse", "disabled"])
    def test_what_says_neither_is_off(self, value: str) -> None:
        assert "neither true nor false" in reasons(environment={"COLGEN_ENABLED": value})[0]

    def test_the_environment_does_not_switch_on_what_the_user_switched_off(self) -> None:
        assert reasons(enabled=False, environment={"COLGEN_ENABLED": "true"}) != []


class TestSchema:
    def test_tables_of_others_are_named(self) -> None:
        (reason,) = reasons(schema_exists=True, schema_named=True, tables=["b", "a"])
        assert reason == "the schema 'colgen' contains objects that colgen did not make, or that were changed since: a, b"

    def test_at_most_five_and_how_many_more(self) -> None:
        (reason,) = reasons(schema_exists=True, schema_named=True, replaces=True, tables=[f"t{n}" for n in range(9)], ours=["t0"])
        assert reason.endswith(": t1, t2, t3, t4, t5 and 3 more")

    def test_replacing_does_not_allow_tables_of_others(self) -> None:
        assert reasons(schema_exists=True, schema_named=True, replaces=True, tables=["mine", "yours"], ours=["mine"]) != []

    def test_ones_own_build_is_replaced_only_if_that_is_asked_for(self) -> None:
        there = {"schema_exists": True, "tables": ["a", "b"], "ours": ["a", "b"]}
        assert "--overwrite" in allows(**there)
        assert reasons(**there, replaces=True) == []

    def test_an_empty_schema_of_others_must_be_named(self) -> None:
        assert "--schema colgen" in allows(schema_exists=True)
        assert reasons(schema_exists=True, schema_named=True) == []

    @pytest.mark.parametrize("exists", [True, False])
    def test_public_must_be_named(self, exists: bool) -> None:
        assert "--schema public" in allows(schema="public", schema_exists=exists)
        assert reasons(schema="public", schema_named=True, schema_exists=exists) == []

    def test_public_with_ones_own_build_must_be_named_too(self) -> None:
        there = {"schema": "public", "schema_exists": True, "tables": ["a"], "ours": ["a"], "replaces": True}
        assert len(reasons(**there)) == 1
        assert reasons(**there, schema_named=True) == []

    def test_tables_of_others_in_a_duckdb_file(self) -> None:
        assert reasons(kind="duckdb", host=None, database="a.duckdb", schema="main", schema_exists=True, tables=["t"]) != []


class TestNames:
    @pytest.mark.parametrize("what", ["host", "database", "schema"])
    @pytest.mark.parametrize(
        "name",
        ["prod", "shop_prod", "db-prod.internal", "PROD", "production", "prod01", "prd", "live", "live-db", "db.live.example", "shop-primary", "master"]
        + ["proddb", "dbprod", "pgprod1", "shopProd", "LiveShop", "shop.PRODUCTION.x", "postgres_master"],
    )  # fmt: skip
    def test_names_of_production_are_denied(self, what: str, name: str) -> None:
        (reason,) = reasons(**{what: name})
        assert f"{what} {name!r}" in reason

    @pytest.mark.parametrize("what", ["host", "database", "schema"])
    @pytest.mark.parametrize(
        "name",
        ["olive", "delivery", "alive", "product", "products", "product_catalogue", "Products", "reproduction", "lively", "deliver", "liverpool", "producer"]
        + ["mastery", "primaries", "oliver-db", "x.rds.amazonaws.com", "localhost", "127.0.0.1", "::1", "/var/run/postgresql", "nonprodukt"],
    )  # fmt: skip
    def test_names_that_only_sound_alike_are_not(self, what: str, name: str) -> None:
        assert reasons(**{what: name}) == []

    def test_every_host_of_several_counts(self) -> None:
        assert reasons(host="one.example,prod.example") != []
        assert reasons(host="one.example, two.example", deny=["two.*"]) != []

    @pytest.mark.parametrize("schema", ["pg_catalog", "pg_toast", "PG_temp_1", "information_schema"])
    def test_the_systems_schemas_are_denied(self, schema: str) -> None:
        assert "belongs to the database system" in reasons(schema=schema, schema_named=True)[0]

    @pytest.mark.parametrize("schema", ["memory", "System", "temp"])
    def test_a_schema_called_like_a_database_that_every_connection_of_duckdb_has(self, schema: str) -> None:
        assert "belongs to the database system" in reasons(kind="duckdb", host=None, schema=schema)[0]
        assert reasons(schema=schema) == []

    @pytest.mark.parametrize("database", ["template0", "template1"])
    def test_the_systems_databases_are_denied(self, database: str) -> None:
        assert "belongs to the database system" in reasons(database=database)[0]

    def test_a_host_may_be_called_like_a_schema_of_the_system(self) -> None:
        assert reasons(host="pg_dev", database="pg_dev") == []

    @pytest.mark.parametrize("what", ["host", "database", "schema"])
    def test_the_users_patterns_are_denied(self, what: str) -> None:
        for changes in ({"deny": ["CRM_*"]}, {"environment": {"COLGEN_DENY": "other, crm_* ,"}}):
            assert reasons(**changes) == []
            (reason,) = reasons(**{what: "Crm_main"}, **changes)
            assert "crm_*" in reason.lower()

    def test_an_empty_pattern_denies_nothing(self) -> None:
        assert reasons(deny=["", " "], environment={"COLGEN_DENY": ", ,"}) == []

    @pytest.mark.parametrize("folder", ["/home/me/shop-master", "/srv/live", "prod", "C:/primary-school", "/Volumes/Production DB/x"])
    def test_of_a_file_only_its_own_name_is_judged(self, folder: str) -> None:
        """GitHub's archives unpack to NAME-master."""
        file = {"kind": "duckdb", "host": None, "schema": "main", "schema_exists": True}
        assert reasons(**file, database=f"{folder}/shop.duckdb") == []
        for name in ("prod.duckdb", "shop-live.ddb", "shop.production.duckdb"):
            (reason,) = reasons(**file, database=f"{folder}/{name}")
            assert "suggests production" in reason

    @pytest.mark.parametrize("pattern", ["crm*", "/data/*", "crm.duckdb"])
    def test_a_file_is_denied_by_its_name_or_path(self, pattern: str) -> None:
        assert len(reasons(kind="duckdb", host=None, database="/data/crm.duckdb", schema="main", schema_exists=True, deny=[pattern])) == 1


class TestRemoval:
    """What speaks against any change there speaks against removing something; what is about the size or contents of a build does not."""

    @pytest.mark.parametrize(
        "changes",
        [{"environment": {"APP_ENV": "production"}}, {"environment": {"COLGEN_ENABLED": "no"}}, {"enabled": False}, {"enabled": None}]
        + [{"host": "db-prod"}, {"database": "live"}, {"schema": "pg_catalog"}, {"deny": ["sho*"]}, {"environment": {"COLGEN_DENY": "colgen"}}]
        + [{"host": None}],
        ids=str,
    )  # fmt: skip
    def test_it_is_forbidden_where_every_change_is(self, changes: dict[str, Any]) -> None:
        with pytest.raises(TargetError, match=r"refusing to remove anything from schema .*; to allow it, "):
            enforce_removal(replace(NEW, **changes))

    @pytest.mark.parametrize(
        "changes",
        [{"rows": 10, "max_rows": 1}, {"rows": None}, {"bytes": 2 * 10**9}, {"tables": ["yours"], "schema_exists": True}]
        + [{"schema_exists": None}, {"schema": "public", "schema_named": False}, {"environment": {"COLGEN_MAX_ROWS": "many"}}],
        ids=str,
    )  # fmt: skip
    def test_it_is_allowed_where_only_a_build_is_refused(self, changes: dict[str, Any]) -> None:
        assert reasons(**changes) != []
        enforce_removal(replace(NEW, **changes))

    def test_nothing_about_a_build_need_be_known(self) -> None:
        place = {"kind": "duckdb", "host": None, "port": None, "database": "shop.duckdb", "schema": "shop", "free_bytes": 0}
        assert forbidden(Attempt(**place, environment={}, enabled=True, deny=())) == []


class TestSize:
    def test_the_row_limit(self) -> None:
        assert reasons(rows=1_001, max_rows=1_000) == ["1,001 rows are planned, but the row limit is 1,000"]
        assert reasons(rows=1_000, max_rows=1_000) == []
        assert reasons(rows=1, max_rows=0) != []

    def test_the_row_limit_of_the_environment(self) -> None:
        assert reasons(environment={"COLGEN_MAX_ROWS": "999"}) != []
        assert reasons(environment={"COLGEN_MAX_ROWS": " 1_000 "}) == []

    def test_an_option_goes_before_the_environment(self) -> None:
        assert reasons(max_rows=2_000, environment={"COLGEN_MAX_ROWS": "10"}) == []
        assert reasons(max_rows=10, environment={"COLGEN_MAX_ROWS": "2000"}) != []

    @pytest.mark.parametrize("limit", ["", "many", "1e6", "1.5", "-1", "nan", "٣", "true", -1, True, 1.5])
    def test_a_limit_that_is_no_whole_number_refuses(self, limit: Any) -> None:
        assert "not a whole number" in reasons(max_rows=limit)[0]
        assert "not a whole number" in reasons(environment={"COLGEN_MAX_ROWS": str(limit)})[0]

    def test_the_disk(self) -> None:
        assert "1.0 GB are free" in reasons(bytes=2 * 10**9)[0]
        assert reasons(bytes=2 * 10**9, free_bytes=None) == []
        assert reasons(bytes=10**9) == []


class TestUnknown:
    @pytest.mark.parametrize(
        "changes",
        [{"kind": "mysql"}, {"host": None}, {"database": None}, {"database": ""}, {"schema": None}, {"schema": ""}, {"schema_exists": None}]
        + [{"schema_exists": True, "schema_named": True, "tables": None}, {"rows": None}, {"rows": -1}, {"bytes": None}],
        ids=str,
    )  # fmt: skip
    def test_what_is_needed_and_not_known_refuses(self, changes: dict[str, Any]) -> None:
        (reason,) = reasons(**changes)
        assert "not known" in reason or "could not determine" in reason

    def test_what_is_not_needed_may_be_unknown(self) -> None:
        assert reasons(host="", port=None, tables=None, bytes=None, free_bytes=None) == []

    def test_a_note_refuses_and_shows_no_password(self) -> None:
        (reason,) = reasons(unknown=["no answer from postgresql://ann:geheim@db/shop: timeout"])
        assert "no answer" in reason
        assert "geheim" not in reason


class TestTheMessage:
    def test_one_reason_is_one_line(self) -> None:
        with pytest.raises(TargetError) as raised:
            enforce(replace(NEW, enabled=False))
        assert str(raised.value) == (
            "refusing to write to schema 'colgen' of the postgresql database 'shop' on db.example:5432: "
            "builds into databases are switched off; to allow it, run `colgen toggle --enable`"
        )
        assert raised.value.exit_code == 3

    def test_every_reason_is_listed(self) -> None:
        attempt = replace(NEW, enabled=False, max_rows=1, host="prod")
        with pytest.raises(TargetError, match="for 3 reasons:") as raised:
            enforce(attempt)
        assert str(raised.value).count("\n  - ") == 3
        for refusal in refusals(attempt):
            assert refusal.reason in str(raised.value)
            assert refusal.allow in str(raised.value)

    def test_no_password_is_shown(self) -> None:
        url = "postgresql://ann:geheim@prod/shop"
        with pytest.raises(TargetError) as raised:
            enforce(replace(NEW, database=url, deny=["*"], enabled=False))
        assert "geheim" not in str(raised.value)


HARMLESS = st.lists(
    st.sampled_from(["olive", "delivery", "alive", "product", "products", "shop", "Crm", "db1", "eu", "test", "ödland", "lively"])
    | st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).filter(lambda word: not re.search("pro?d|live|master|primary|^pg$|^template$", word)),
    min_size=1,
    max_size=4,
).map("_".join)  # fmt: skip


ENVIRONMENTS = st.dictionaries(
    st.sampled_from([*ENVIRONMENT_NAMES, "PATH", "COLGEN_ENV", "DATABASE_URL", "PGPASSWORD"]),
    st.sampled_from(["", " ", "dev", "Development", "test", "staging", "qa", "ci", "non-prod", "local-2"]),
)


@st.composite
def harmless(draw: st.DrawFn) -> Attempt:
    """Attempts that nothing speaks against."""
    ours = draw(st.lists(HARMLESS, unique=True, max_size=4))
    exists = draw(st.booleans()) or bool(ours)
    size, rows = draw(st.integers(0, 10**12)), draw(st.integers(0, 10**12))
    return Attempt(
        kind=draw(st.sampled_from(["postgresql", "duckdb"])),
        host=draw(HARMLESS | st.sampled_from(["", "localhost", "10.0.0.7", "x.rds.amazonaws.com"])),
        port=draw(st.none() | st.integers(1, 65535)),
        database=draw(HARMLESS),
        schema=draw(HARMLESS),
        schema_named=(exists and not ours) or draw(st.booleans()),
        schema_exists=exists,
        tables=ours,
        ours=ours + draw(st.lists(HARMLESS, max_size=2)),
        rows=rows,
        bytes=size,
        free_bytes=draw(st.none() | st.integers(size, 10**13)),
        environment=draw(ENVIRONMENTS),
        enabled=True,
        max_rows=draw(st.none() | st.integers(rows, 10**13) | st.integers(rows, 10**13).map(str)),
        deny=draw(st.lists(st.sampled_from(["", "zzz*", "*.nowhere.example"]))),
        replaces=bool(ours) or draw(st.booleans()),
    )


PRODUCTION = st.builds(
    lambda before, word, after: f"{before}{word}{after}",
    st.sampled_from(["", "shop-", "eu_", "1", "db."]),
    st.sampled_from(["prod", "production", "prd", "live", "PROD", "Live", "Production"]),
    st.sampled_from(["", "-eu", "_1", ".example", "2"]),
)


@st.composite
def one_reason(draw: st.DrawFn) -> Attempt:
    """Attempts that exactly one thing was added to that speaks against them."""
    attempt = draw(harmless())
    production = draw(PRODUCTION)
    name = draw(st.sampled_from(ENVIRONMENT_NAMES))
    changes: list[dict[str, Any]] = [
        {"environment": {**attempt.environment, "COLGEN_ENV": "", name: production}},
        {"environment": {**attempt.environment, "COLGEN_ENV": production}},
        {"environment": {**attempt.environment, "COLGEN_ENABLED": draw(st.text().filter(lambda text: text.strip().lower() not in YES))}},
        {"enabled": draw(st.sampled_from([False, None]))},
        {"kind": "postgresql", "host": production},
        {"database": production},
        {"schema": production},
        {"schema": f"pg_{attempt.schema}"},
        {"database": draw(st.sampled_from(["template0", "template1"]))},
        {"deny": [*attempt.deny, f"{attempt.database[:1]}*" if attempt.database else "*"]},
        {"tables": [*(attempt.tables or ()), "somebody_elses"], "schema_exists": True},
        {"schema": "public", "schema_named": False},
        {"schema_named": False, "schema_exists": True, "tables": ()},
        {"schema_exists": True, "schema_named": True, "tables": ["a"], "ours": ["a"], "replaces": False},
        {"rows": 11, "max_rows": draw(st.integers(0, 10))},
        {"max_rows": draw(st.text().filter(lambda text: not re.search("[0-9]", text)))},
        {"bytes": 1, "free_bytes": 0},
        {"unknown": [draw(st.text(min_size=1))]},
        *({name: None} for name in ("database", "schema", "schema_exists", "rows")),
    ]
    return replace(attempt, **draw(st.sampled_from(changes)))


@law
@given(harmless())
def test_an_attempt_that_nothing_speaks_against_passes(attempt: Attempt) -> None:
    assert refusals(attempt) == []
    enforce(attempt)


@law
@given(one_reason())
def test_an_attempt_that_one_thing_speaks_against_never_passes(attempt: Attempt) -> None:
    found = refusals(attempt)
    assert found
    assert all(one.reason.strip() and one.allow.strip() for one in found)
    with pytest.raises(TargetError):
        enforce(attempt)


ANY_WORD = st.none() | st.text(max_size=12)


@given(
    st.builds(
        Attempt,
        kind=st.text(max_size=3) | st.sampled_from(["postgresql", "duckdb"]),
        host=ANY_WORD,
        port=st.none() | st.integers(),
        database=ANY_WORD,
        schema=ANY_WORD,
        schema_named=st.booleans(),
        schema_exists=st.none() | st.booleans(),
        tables=st.none() | st.lists(st.text(max_size=3)),
        ours=st.lists(st.text(max_size=3)),
        rows=st.none() | st.integers(),
        bytes=st.none() | st.integers(),
        free_bytes=st.none() | st.integers(),
        environment=st.dictionaries(st.sampled_from(["COLGEN_ENV", "ENV", "COLGEN_ENABLED", "COLGEN_DENY", "COLGEN_MAX_ROWS"]), st.text(max_size=9)),
        enabled=st.none() | st.booleans(),
        max_rows=st.none() | st.integers() | st.text(max_size=4),
        deny=st.lists(st.text(max_size=4)),
    )
)  # fmt: skip
def test_whatever_is_attempted_is_judged_without_an_error(attempt: Attempt) -> None:
    assert all(one.reason and one.allow for one in refusals(attempt))
    assert str(attempt)
