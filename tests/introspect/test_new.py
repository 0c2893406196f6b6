"""A model file from a schema that is there: it builds, checks and fills with no edit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen import RequestError
from colgen.declare.find import find_model
from colgen.introspect import checks, scripts
from colgen.introspect.code import Raw, call, laid_out
from colgen.introspect.guesses import beginnings_of, flag, number_range, text
from colgen.introspect.names import rules_of
from colgen.introspect.new import new_model
from colgen.introspect.shapes import CheckShape, ColumnShape, TableShape
from tests.support import colgen as command
from tests.support import thorough

psycopg = pytest.importorskip("psycopg", reason="PostgreSQL is read by psycopg: pip install 'colgen[postgres]'")

SHOP = """
-- a shop; with what real schemas have
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE customers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email varchar(80) NOT NULL, first_name text, country char(2) REFERENCES countries,
    mood mood NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, discount percent);
CREATE UNIQUE INDEX ON customers (lower(email));
CREATE TABLE profiles (customer_id uuid PRIMARY KEY REFERENCES customers, bio text, ip inet, tags text[] NOT NULL, born date);
CREATE TABLE categories (id serial PRIMARY KEY, parent_id int REFERENCES categories, name varchar(30) NOT NULL, UNIQUE (parent_id, name));
CREATE TABLE products (id bigserial PRIMARY KEY, category_id int, sku varchar(12) NOT NULL UNIQUE, price numeric(10, 2) NOT NULL CHECK (price > 0),
    status text NOT NULL CHECK (status IN ('on sale', 'sold out')), low int NOT NULL, high int NOT NULL, CHECK (low <= high),
    hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{8}$'), note text CHECK (char_length(note) <= 20), data jsonb NOT NULL DEFAULT '{}',
    gross numeric GENERATED ALWAYS AS (price * 2) STORED);
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    paid_with text, paid_at timestamp, CHECK ((paid_with IS NULL) = (paid_at IS NULL)));
CREATE TABLE order_lines (order_id bigint NOT NULL REFERENCES orders, line int NOT NULL, product_id bigint NOT NULL REFERENCES products,
    quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 20), PRIMARY KEY (order_id, line), UNIQUE (order_id, product_id));
CREATE TABLE returns (order_id bigint, line int, reason text, FOREIGN KEY (order_id, line) REFERENCES order_lines);
CREATE TABLE "Odd Names" ("class" int, "Unit Price" real, "rows" int, from_ date);
CREATE TABLE visits (day date NOT NULL, page text) PARTITION BY LIST (page);
CREATE TABLE visits_home PARTITION OF visits FOR VALUES IN ('home', 'start');
CREATE UNIQUE INDEX ON visits_home (day);
CREATE TABLE heads (id int PRIMARY KEY, team_id int);
CREATE TABLE teams (id int PRIMARY KEY, head_id int NOT NULL REFERENCES heads);
ALTER TABLE heads ADD FOREIGN KEY (team_id) REFERENCES teams;
CREATE TABLE trees (id int PRIMARY KEY, planted numeric(5, 2) NOT NULL, now numeric(5, 2) NOT NULL, most numeric(5, 2) NOT NULL,
    CHECK (planted <= now), CHECK (now <= most), is_oldest boolean NOT NULL, first_day date NOT NULL, last_day date, felled_by int UNIQUE,
    CHECK (last_day >= first_day OR last_day IS NULL), CHECK (id <> 1 OR planted IS NULL));
CREATE UNIQUE INDEX ON trees (is_oldest) WHERE is_oldest;
ALTER TABLE trees ADD added int, ADD theirs int, ADD noted int, ADD next_id int REFERENCES trees, ADD kind int REFERENCES heads,
    ADD CHECK ((kind IS NULL AND next_id IN (2, 5)) OR next_id NOT IN (2, 5));
CREATE TABLE cases (id int PRIMARY KEY);
CREATE TABLE victims (case_id int NOT NULL REFERENCES cases, person int NOT NULL, PRIMARY KEY (case_id, person));
CREATE TABLE acts (id int PRIMARY KEY, case_id int NOT NULL REFERENCES cases ON DELETE CASCADE, person int NOT NULL,
    FOREIGN KEY (case_id, person) REFERENCES victims)
"""


@pytest.fixture
def app(database: Any, schema: str) -> str:
    """A schema with the shop's tables."""
    database.execute(f'CREATE SCHEMA "{schema}"; SET search_path = "{schema}"')
    for text_ in scripts.statements(SHOP):
        database.execute(text_)
    return schema


@pytest.fixture
def model_file(server: str, app: str, tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_text(new_model(server, "shop", [app]).text, encoding="utf-8")
    return path


def test_what_is_written_builds_checks_and_fills_with_no_edit(
    server: str, database: Any, app: str, model_file: Path, tmp_path: Path
) -> None:
    assert all(outcome.holds for outcome in colgen.build(model_file, out=tmp_path / "data", check=True).outcomes or ())
    filled = colgen.build(model_file, out=server, schema=app, fill=True)
    assert set(filled.rows) == {
        *(
            "countries",
            "customers",
            "profiles",
            "categories",
            "products",
            "orders",
            "order_lines",
            "returns",
            "Odd Names",
            "visits",
            "heads",
            "teams",
            "trees",
            "cases",
            "victims",
            "acts",
        )
    }
    for table, rows in filled.rows.items():
        assert database.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (rows,)


@thorough
def test_it_is_as_formatters_linters_and_type_checkers_want_it(model_file: Path) -> None:
    strict = model_file.with_name("strict.py")  # by colgen's own settings, whose cache is there, and the one thing that they leave out
    strict.write_text(f"# mypy: warn-return-any\n{model_file.read_text()}")
    for *tool, file in (
        ["ruff", "format", "--check", "--isolated", model_file],
        ["ruff", "check", "--isolated", "--select", "E,F,I,UP,B", model_file],
        ["mypy", strict],
    ):
        done = subprocess.run([sys.executable, "-m", *tool, file], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_thing_is_read_for_what_it_is(model_file: Path) -> None:
    written = model_file.read_text()
    for line in (
        'class Countries(Table, key="code"):',
        "    email = Email()  # ? its name",
        '    mood = Category({"sad": 1, "ok": 1, "happy": 1}, type=Enum("mood"))',
        '    updated_at = Later("created_at", days=Exponential(30))  # ? its name',
        "    discount = Integers(0, 100, nullable=0.1)  # ? a CHECK",
        "    customer_id = ParentKey(Customers)",
        "    rows = FanOut(Customers, {0: 30, 1: 70})",
        '    category_id = ForeignKey("Categories", nullable=0.2)  # ? its name',
        '    status = Category({"on sale": 1, "sold out": 1})',
        '    hash = Code("xxxxxxxx")',
        "    line = Ordinal()",
        '    page = Category({"home": 1, "start": 1})',
        '    class_ = Integers(0, 3, nullable=0.1, name="class")  # ? its name',
        '    head_id = ForeignKey("Heads")',
    ):
        assert line in written.replace("ForeignKey(Categories", 'ForeignKey("Categories"').replace(
            "ForeignKey(Heads", 'ForeignKey("Heads"'
        ), line
    assert "gross" not in written


def test_a_script_is_run_in_a_database_of_its_own(server: str, tmp_path: Path) -> None:
    script = tmp_path / "shop.sql"
    script.write_text(SHOP + "; CREATE NONSENSE", encoding="utf-8")
    made = new_model(str(script), "shop", scratch=server)
    assert made.tables == 16
    assert any("NONSENSE" in note for note in made.notes)
    with psycopg.connect(server) as connection:
        assert connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'colgen_scratch%'").fetchone() == (0,)


def test_the_command_writes_a_file_and_never_overwrites_one(server: str, app: str, tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    done = command("new", path, "--from", server, "--schema", app)
    assert (done.returncode, "16 tables" in done.stderr) == (0, True)
    find_model(str(path))
    path.write_text(path.read_text().replace("Volume", "Loudness"), encoding="utf-8")
    again = command("new", path, "--from", server, "--schema", app)
    assert (again.returncode, "-    rows = Loudness(" in again.stdout, "left as it is" in again.stderr) == (2, True, True)
    assert "Loudness" in path.read_text()


def test_what_cannot_be_read_is_refused(server: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"'shop.csv': give postgresql://…, .* or a "):
        new_model("shop.csv", "shop")
    with pytest.raises(RequestError, match="cannot be read: no such file"):
        new_model(str(tmp_path / "none.sql"), "shop", scratch=server)
    (tmp_path / "not.sql").write_text("CREATE TABLES a (b int)")
    with pytest.raises(
        RequestError, match="no table in it that PostgreSQL makes; --dialect says whose SQL it is; not understood: CREATE TABLES"
    ):
        new_model(str(tmp_path / "not.sql"), "shop", scratch=server)
    with pytest.raises(RequestError, match="there is no table in schema nowhere"):
        new_model(server, "shop", ["nowhere"])
    refused = command("new", tmp_path / "my-model.py", "--from", server)
    assert (refused.returncode, "called like a Python module" in refused.stderr) == (2, True)


def test_a_script_falls_into_statements() -> None:
    script = """
        /* one; */ CREATE TABLE a (b text DEFAULT 'x;''y'); -- two;
        \\restrict abc
        COPY a (b) FROM stdin;
        1;2
        \\.
        CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$ BEGIN RETURN 1; END $body$;
        CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;
        SELECT E'\\';'; SELECT "a;b"
    """.replace("        ", "")
    found = list(scripts.statements(script))
    assert [one.split()[0] for one in found] == ["CREATE", "CREATE", "CREATE", "SELECT", "SELECT"]
    assert found[0] == "CREATE TABLE a (b text DEFAULT 'x;''y')"
    assert found[2].endswith("END")


@pytest.mark.parametrize(
    ("column", "check", "read"),
    [
        ({"type": "text"}, "CHECK ((x = ANY (ARRAY['a'::text, 'b'::text])))", {"words": ["a", "b"]}),
        ({"type": "character varying"}, "CHECK (((x)::text = ANY ((ARRAY['a'::character varying])::text[])))", {"words": ["a"]}),
        ({"type": "text"}, "CHECK (((x = 'a'::text) OR (x = 'it''s'::text)))", {"words": ["a", "it's"]}),
        ({"type": "integer"}, "CHECK (((x >= 1) AND (x <= 5)))", {"low": 1.0, "high": 5.0}),
        ({"type": "integer"}, "CHECK ((x > 0))", {"low": 1.0}),
        ({"type": "integer"}, "CHECK ((x = ANY (ARRAY['-1'::integer, 0, 1])))", {"low": -1.0, "high": 1.0}),
        ({"type": "integer"}, "CHECK ((x = ANY (ARRAY[3, 5, 9])))", {"low": 3.0, "high": 3.0}),
        ({"type": "numeric"}, "CHECK ((x < (100)::numeric))", {"high": 99.99}),
        ({"type": "text"}, "CHECK ((char_length(x) <= 8))", {"length": 8}),
        ({"type": "text"}, "CHECK ((length((x)::text) < 8))", {"length": 7}),
        ({"type": "text"}, "CHECK ((x IS NOT NULL))", {"nullable": False}),
        ({"type": "text"}, "CHECK ((x ~ '^[A-Z]{2}-\\d{3}$'::text))", {"pattern": "AA\\-000"}),
        ({"type": "text"}, "CHECK ((x ~* '^[^@]+@b\\.c'::text))", {"pattern": "a" * 8 + "\\@\\b\\.\\c"}),
        ({"type": "text", "length": 5}, "CHECK ((x ~ '^[a-z0-9_]{1,100}$'::text))", {"pattern": "a"}),
        ({"type": "text"}, "CHECK ((x ~ '^[0-9]{6}([0-9]{2}){0,2}$'::text))", {"pattern": "000000"}),
        ({"type": "text"}, "CHECK ((x ~ '^[A-Z]{3,5}$'::text))", {"pattern": "AAAAA"}),
        ({"type": "jsonb"}, "CHECK ((jsonb_typeof(x) = 'array'::text))", {"is_list": True}),
        (
            {"type": "jsonb"},
            "CHECK (((jsonb_typeof(x) = 'object'::text) AND ((NOT (x ? 'a'::text)) OR (jsonb_typeof((x -> 'a'::text)) = 'array'::text))))",
            {"is_list": False},
        ),
    ],
)
def test_a_check_of_one_column_is_read_into_it(column: dict[str, Any], check: str, read: dict[str, Any]) -> None:
    shape = ColumnShape("x", **column)
    assert checks.apply(TableShape("t", columns=[shape], checks=[CheckShape(check, ("x",))])) == []
    assert {name: getattr(shape, name) for name in read} == read


@pytest.mark.parametrize("check", ["CHECK ((f(x) > 3))", "CHECK ((x ~ '^(a|b)+$'::text))", "CHECK (((x > 3) OR (x = 0)))"])
def test_a_check_that_is_not_understood_is_left_over(check: str) -> None:
    shape = ColumnShape("x", "integer" if "~" not in check else "text")
    assert len(checks.apply(TableShape("t", columns=[shape], checks=[CheckShape(check, ("x",))]))) == 1


@pytest.mark.parametrize(
    ("name", "length", "kind"),
    [
        ("email", None, "Email"), ("CustomerEmail", 80, "Email"), ("email", 20, "Words"), ("last_name", 20, "LastName"), ("phone_number", 20, "Phone"),
        ("zip", 5, "Code"), ("city", None, "Vocabulary"), ("ip_address", None, "IpAddress"), ("slug", None, "Slug"), ("avatar_url", None, "Url"),
        ("api_token", 64, "Code"), ("status", None, "Category"), ("notes", None, "Paragraph"), ("notes", 200, "Words"), ("title", 200, "Words"), ("xyz", 3, "Code"), ("xyz", None, "Words"),
        ("currency", 3, "CurrencyCode"), ("time_zone", None, "Category"), ("full_name", None, "FullName"), ("address", None, "StreetAddress"), ("uuid", 36, "Uuids"),
    ],
)  # fmt: skip
def test_names_lead_to_texts(name: str, length: int | None, kind: str) -> None:
    assert text(ColumnShape(name, "text", length=length)).value.name == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("correo", "Email"), ("Vorname", "FirstName"), ("primerApellido", "LastName"), ("cognome", "LastName"), ("prénom", "FirstName"),
        ("mot_de_passe", "Code"), ("contraseña", "Code"), ("ville", "Vocabulary"), ("Straße", "StreetAddress"), ("PLZ", "Code"), ("codice_postale", "Code"),
        ("telefono", "Phone"), ("empresa", "CompanyName"), ("Beruf", "JobTitle"), ("descrição", "Paragraph"), ("Geschlecht", "Category"), ("titre", "Words"),
        ("moneda", "CurrencyCode"), ("imagem", "Url"), ("estado", "Category"),
    ],
)  # fmt: skip
def test_names_in_other_languages_lead_to_the_same(name: str, kind: str) -> None:
    guess = text(ColumnShape(name, "text"))
    assert (guess.value.name, guess.by) == (kind, "its name")


@pytest.mark.parametrize(
    ("name", "read"),
    [("fecha_nacimiento", "birth_date"), ("GebDatum", "birth_date"), ("dataNascita", "birth_date"), ("CustomerEmail", "customer_email"), ("order_date", "order_date"),
     ("cantidad", "quantity"), ("activo", "active"), ("Preis", "price"), ("montant", "amount"), ("customer id", "customer_id"), ("data", "data"), ("cap", "cap")],
)  # fmt: skip
def test_names_are_read_in_english(name: str, read: str) -> None:
    assert rules_of(name) == read


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("user_agent", "UserAgent"), ("mime_type", "MimeType"), ("hostname", "Hostname"), ("mac_address", "MacAddress"), ("card_number", "CardNumber"),
        ("isbn", "Ean13"), ("iban", "Iban"), ("bic", "Code"), ("country_code", "CountryCode"), ("job_title", "JobTitle"), ("company", "CompanyName"),
        ("company_name", "CompanyName"), ("filename", "FileName"), ("queue_name", "Category"), ("settings", "Text"), ("created_by", "FullName"),
        ("customerid", "Code"), ("last_four", "Code"), ("blood_type", "Category"), ("slogan", "Words"),
    ],
)  # fmt: skip
def test_names_lead_to_kinds_of_their_own(name: str, kind: str) -> None:
    guess = text(ColumnShape(name, "text"))
    assert (guess.value.name, guess.by) == (kind, "its name")


@pytest.mark.parametrize(
    ("column", "limits"),
    [
        (ColumnShape("latitude", "numeric"), (-90, 90)), (ColumnShape("price", "numeric", precision=4, scale=2), (1, 99)),
        (ColumnShape("quantity", "integer"), (1, 10)), (ColumnShape("xyz", "integer"), (1, 1000)),
        (ColumnShape("rating", "integer", low=0, high=3), (0, 3)), (ColumnShape("tax_rate", "numeric"), (0, 100)),
        (ColumnShape("total_cents", "bigint"), (100, 100_000)), (ColumnShape("byte_size", "bigint"), (1_000, 5_000_000)), (ColumnShape("cantidad", "integer"), (1, 10)), (ColumnShape("xyz", "smallint", low=40_000), (40_000, 40_000)),
    ],
)  # fmt: skip
def test_names_and_checks_lead_to_numbers(column: ColumnShape, limits: tuple[float, float]) -> None:
    assert number_range(column)[:2] == limits


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("is_deleted", 0.05),
        ("inactive", 0.05),
        ("active", 0.85),
        ("is_verified", 0.85),
        ("was_paid", 0.6),
        ("muted", 0.3),
        ("has_children", 0.3),
        ("walrus", 0.5),
    ],
)
def test_names_lead_to_shares_of_flags(name: str, share: float) -> None:
    assert flag(name) == (share, "its type" if name == "walrus" else "its name")


def test_what_ends_is_told_by_its_name() -> None:
    assert "start_date" in beginnings_of("end_date")
    assert "starts_at" in beginnings_of("ends_at")
    assert "valid_from" in beginnings_of("valid_to")
    assert beginnings_of("weekend") == beginnings_of("total") == []


BOOKINGS = """
CREATE TABLE users (id serial PRIMARY KEY, deleted_at timestamp, confirmed_at timestamp, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
    admin boolean NOT NULL DEFAULT false, walrus boolean NOT NULL DEFAULT true);
CREATE TABLE bookings (id serial PRIMARY KEY, creator_id integer NOT NULL, approved_by integer, start_date date NOT NULL, end_date date NOT NULL,
    "from" timestamp NOT NULL, "to" timestamp NOT NULL, revoked_at timestamp);
CREATE TABLE hoteles (id serial PRIMARY KEY, nombre varchar(60) NOT NULL, ciudad text NOT NULL, latitud_geo int, lat double precision, lng numeric(10, 7) NOT NULL,
    precio numeric(8, 2) NOT NULL CHECK (precio >= 20), fee numeric(4, 2), rating smallint NOT NULL, iban varchar(34) UNIQUE, moneda char(3) NOT NULL);
CREATE TABLE uploads (id serial PRIMARY KEY, filename text NOT NULL UNIQUE, content_type text NOT NULL, start_lat numeric(9, 6), start_lon numeric(9, 6),
    user_agent text, mac macaddr, ean varchar(13) NOT NULL UNIQUE, opinion_estrellas int)
"""


@pytest.fixture
def bookings(server: str, tmp_path: Path) -> str:
    (tmp_path / "bookings.sql").write_text(BOOKINGS)
    return new_model(str(tmp_path / "bookings.sql"), "bookings", scratch=server).text


def test_one_thing_follows_another_where_the_names_say_so(bookings: str) -> None:
    assert 'deleted_at = Later("created_at", days=Exponential(90), nullable=0.95)  # ? its name' in bookings
    assert 'confirmed_at = Later("created_at", days=Exponential(5), nullable=0.1)  # ? its name' in bookings
    assert 'updated_at = Later("created_at", days=Exponential(30))  # ? its name' in bookings
    assert 'end_date = Later("start_date", days=Exponential(20))  # ? its name' in bookings
    assert 'to = Later("from", days=Exponential(20))  # ? its name' in bookings
    assert "revoked_at = Timestamps(type=LocalTimestamp, nullable=0.95)  # ? its name" in bookings


def test_flags_follow_their_defaults_where_the_names_say_nothing(bookings: str) -> None:
    assert "admin = Flag(0.05)  # ? its name" in bookings
    assert "walrus = Flag(0.8)  # ? its default" in bookings


def test_who_did_it_is_a_user(bookings: str) -> None:
    assert 'creator_id = ForeignKey("Users")  # ? its name' in bookings
    assert 'approved_by = ForeignKey("Users", nullable=0.2)  # ? its name' in bookings


def test_what_goes_together_is_written_so(bookings: str) -> None:
    for line in (
        '    ciudad = Vocabulary(vocabulary.words("cities", "city"))  # ? its name',
        '    lat = Latitude("ciudad", nullable=0.1)  # ? its name',
        '    lng = Longitude("ciudad", type=Decimal(10, 7))  # ? its name',
        "    precio = Price(2000, 101_900, type=Decimal(8, 2))  # ? a CHECK",
        "    fee = Price(100, 9900, type=Decimal(4, 2), nullable=0.1)  # ? its name",
        "    rating = Rating(type=SmallInteger)  # ? its name",
        '    iban = Iban("DE", nullable=0.1, unique=True)  # ? its name',
        "    moneda = CurrencyCode()  # ? its name",
        '    filename = FileName("content_type")  # ? its name',
        "    start_lat = Latitude(nullable=0.1)  # ? its name",
        '    start_lon = Longitude("start_lat", nullable=0.1)  # ? its name',
        "    ean = Ean13(unique=True)  # ? its name",
    ):
        assert line in bookings, line


def test_what_follows_is_written_so_that_it_builds(bookings: str, tmp_path: Path) -> None:
    (tmp_path / "bookings.py").write_text(bookings)
    outcomes = colgen.build(tmp_path / "bookings.py", out=tmp_path / "data", volume="small", check=True).outcomes or ()
    assert outcomes
    assert all(outcome.holds for outcome in outcomes)


def test_long_calls_are_broken_as_formatters_do() -> None:
    short = call("Category", {"a": 1})
    assert laid_out("x = ", short, 4) == ['    x = Category({"a": 1})']
    middle = call("ForeignKey", Raw("SomethingWithALongNameIndeed"), nullable=0.2, distinct=True, name="a name")
    assert laid_out("some_attribute = ", middle, 4) == [
        "    some_attribute = ForeignKey(",
        '        SomethingWithALongNameIndeed, nullable=0.2, distinct=True, name="a name"',
        "    )",
    ]
    long = call("Model", "m", tables=[Raw("Averylongname" * 3)], volumes={"small": {"a" * 60: 1}})
    assert laid_out("model = ", long, 0)[:2] == ["model = Model(", '    "m",']
