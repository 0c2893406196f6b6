"""A script that is not run: without a PostgreSQL, and in the SQL of other databases."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

import colgen
from colgen import RequestError
from colgen.introspect import sql_file
from colgen.introspect.dialects import dialect_of
from colgen.introspect.new import NewModel, new_model
from tests.introspect.support import assert_clean
from tests.support import thorough

pytest.importorskip("sqlglot", reason="scripts are read by sqlglot: pip install 'colgen[sql]'")

MYSQL = r"""
-- MySQL dump 10.13  Distrib 8.0
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `countries`;
CREATE TABLE `countries` (
  `code` char(2) NOT NULL,
  `name` varchar(60) NOT NULL COMMENT 'In ''English''',
  PRIMARY KEY (`code`),
  UNIQUE KEY `by_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='Where people live; all of them';
INSERT INTO `countries` VALUES ('DE','It\'s; CREATE TABLE `no` (x int);'),('FR','b');
CREATE TABLE `customers` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `email` varchar(80) NOT NULL,
  `country` char(2) DEFAULT NULL,
  `mood` enum('sad','it''s ok') NOT NULL DEFAULT 'sad',
  `active` tinyint(1) NOT NULL DEFAULT '1',
  `level` tinyint unsigned NOT NULL,
  `created_at` datetime NOT NULL,
  `price` decimal(10,2) DEFAULT NULL,
  `twice` decimal(12,2) GENERATED ALWAYS AS ((`price` * 2)) STORED,
  `stars` int NOT NULL, # up to five
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_email` (`email`(20)),
  KEY `by_country` (`country`),
  CONSTRAINT `lives` FOREIGN KEY (`country`) REFERENCES `countries` (`code`) ON DELETE SET NULL,
  CONSTRAINT `few` CHECK ((`stars` between 1 and 5))
) ENGINE=InnoDB AUTO_INCREMENT=7;
CREATE TABLE `orders` (`id` bigint NOT NULL, `customer_id` int unsigned NOT NULL, `line` int NOT NULL);
ALTER TABLE `orders` ADD PRIMARY KEY (`customer_id`,`line`), ADD KEY `k` (`id`);
ALTER TABLE `orders` MODIFY `id` bigint NOT NULL AUTO_INCREMENT;
ALTER TABLE `orders` ADD CONSTRAINT `by` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`) ON DELETE CASCADE;
DELIMITER ;;
CREATE TRIGGER t BEFORE INSERT ON `orders` FOR EACH ROW BEGIN SET NEW.id = 1; END;;
DELIMITER ;
CREATE TABLE `odd` (`x` point_of_view NOT NULL ON WEEKDAYS);
"""

SQLITE = """
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "artists" ([id] INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name NVARCHAR(120) COLLATE NOCASE, anything);
INSERT INTO artists VALUES(1,'AC;DC',NULL);
CREATE TABLE albums (id INTEGER PRIMARY KEY, title TEXT NOT NULL CHECK (length(title) <= 30), artist_id INTEGER NOT NULL REFERENCES Artists (Id) ON DELETE CASCADE,
    kind TEXT CHECK (kind IN ('LP', 'EP')), made REAL);
CREATE UNIQUE INDEX by_title ON albums (lower(title));
CREATE TRIGGER noted AFTER INSERT ON albums BEGIN UPDATE artists SET name = 'x'; END;
DELETE FROM sqlite_sequence;
COMMIT;
"""

POSTGRES = """
SET search_path = '';
CREATE TYPE public.mood AS ENUM ('sad', 'happy');
CREATE TABLE public.teams (id bigint NOT NULL, Name text NOT NULL DEFAULT 'a;b');
ALTER TABLE public.teams OWNER TO me;
CREATE TABLE public.people (id bigint GENERATED ALWAYS AS IDENTITY, team_id bigint, mood public.mood NOT NULL, tags text[], score numeric(5,2), since timestamp with time zone,
    twice int GENERATED ALWAYS AS (id * 2) STORED, where_ geometry(Point, 4326));
COMMENT ON TABLE public.people IS 'Who plays';
COMMENT ON COLUMN public.people.score IS 'Of the last year';
ALTER TABLE ONLY public.teams ALTER COLUMN id SET DEFAULT nextval('teams_id'::regclass);
ALTER TABLE ONLY public.teams ADD CONSTRAINT teams_key PRIMARY KEY (id);
ALTER TABLE ONLY public.people ADD CONSTRAINT people_key PRIMARY KEY (id), ADD CONSTRAINT enough CHECK (score >= 0 AND score < 100);
ALTER TABLE ONLY public.people ADD CONSTRAINT plays FOREIGN KEY (team_id) REFERENCES public.teams(id);
ALTER TABLE public.people ALTER COLUMN team_id SET NOT NULL;
CREATE UNIQUE INDEX by_name ON public.teams (name);
CREATE INDEX other ON public.teams (name);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN; RETURN NEW; END$$;
CREATE TABLE other.things (id int);
ALTER TABLE public.people ADD CONSTRAINT lost FOREIGN KEY (id) REFERENCES public.nowhere(id);
CREATE DOMAIN percent AS int CHECK (VALUE > 0);
COPY public.teams (id, name) FROM stdin;
1	a;
\\.
"""


def made_of(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch | None = None, **options: Any) -> NewModel:
    (folder / "shop.sql").write_text(script)
    if monkeypatch is not None:
        monkeypatch.setattr(sql_file, "find_spec", lambda name: None)
    return new_model(str(folder / "shop.sql"), "shop", **options)


def assert_builds(made: NewModel, folder: Path) -> None:
    (folder / "shop.py").write_text(made.text)
    assert_clean(folder / "shop.py")
    assert all(outcome.holds for outcome in colgen.build(folder / "shop.py", out=folder / "data", check=True).outcomes or ())


def test_a_dump_of_mysql_is_read(tmp_path: Path) -> None:
    made = made_of(MYSQL, tmp_path)
    for line in (
        'class Countries(Table, key="code"):',
        '    """Where people live; all of them"""',
        """doc="In 'English'")""",
        "    email = Email()  # ? its name",
        '    mood = Category({"sad": 1, "it\'s ok": 1})',
        "    active = Flag(0.85)  # ? its name",
        "    level = Integers(1, 99, type=SmallInteger)  # ? its name",
        "    stars = Rating()  # ? a CHECK",
        "    country = ForeignKey(Countries, nullable=0.2)",
        'class Orders(Table, key=("customer_id", "line")):',
        "    customer_id = ParentKey(Customers)",
    ):
        assert line in made.text, line
    assert "twice" not in made.text
    assert made.notes == [
        "this was read from a text in mysql, not run in PostgreSQL, which honours less",
        "2 of 10 statements were not understood",
        "not understood: CREATE TRIGGER t BEFORE INSERT ON `orders` FOR EACH ROW BEGI",
        "not understood: CREATE TABLE `odd` (`x` point_of_view NOT NULL ON WEEKDAYS)",
    ]


def test_a_dump_of_sqlite_is_read(tmp_path: Path) -> None:
    made = made_of(SQLITE, tmp_path)
    for line in (
        "    artist_id = ParentKey(Artists)",
        "    title = Words(1, 2, most=30, unique=True)  # ? its name",
        '    kind = Category({"LP": 1, "EP": 1}, nullable=0.1)',
        "    anything = Words(1, 4, nullable=0.1)  # ? its type",
    ):
        assert line in made.text, line
    assert made.notes[2:] == ["not understood: CREATE TRIGGER noted AFTER INSERT ON albums BEGIN UPDATE art"]


def test_without_a_postgresql_its_scripts_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_of(POSTGRES, tmp_path, monkeypatch, schemas=["public"])
    for line in (
        '    """Who plays"""',
        "    team_id = ForeignKey(",
        '    mood = Category({"sad": 1, "happy": 1})',
        "    score = Integers(",
        'doc="Of the last year"',
        "    name = Words(1, 2, unique=True)  # ? its name",
        "this was read from a text in postgres",
    ):
        assert line in made.text, line
    assert "twice" not in made.text
    assert made.notes[2:] == [
        "not understood: CREATE DOMAIN percent AS int CHECK (VALUE > 0)",
        "people: a reference (id) to a table that was not read",
    ]


@thorough
@pytest.mark.parametrize("script", [MYSQL, SQLITE, POSTGRES])
def test_what_is_written_builds_and_is_clean(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_builds(made_of(script, tmp_path, monkeypatch), tmp_path)


def test_several_schemas_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_of("CREATE TABLE a.t (id int PRIMARY KEY); CREATE TABLE b.t (id int PRIMARY KEY REFERENCES a.t)", tmp_path, monkeypatch)
    assert 'schema="b"' in made.text
    assert "id = ParentKey(AT)" in made.text


@pytest.mark.parametrize(
    ("script", "dialect"),
    [
        ("CREATE TABLE a (b int) ENGINE = MyISAM", "mysql"),
        ("CREATE TABLE a (id int AUTO_INCREMENT)", "mysql"),
        ("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)", "sqlite"),
        ("CREATE TABLE [a] ([b] int)", "sqlite"),
        ("PRAGMA x;\nCREATE TABLE a (b)", "sqlite"),
        ("CREATE TABLE [dbo].[a] (id int IDENTITY(1,1))", "tsql"),
        ("CREATE TABLE a (b VARCHAR2(20))", "oracle"),
        ("-- ENGINE=InnoDB\nCREATE TABLE a (b text DEFAULT 'AUTO_INCREMENT')", "postgres"),
    ],
)
def test_whose_sql_it_is_is_guessed(script: str, dialect: str) -> None:
    assert dialect_of(script) == dialect


def test_the_sql_of_sql_server_is_read(tmp_path: Path) -> None:
    script = "CREATE TABLE [dbo].[people] ([id] INT IDENTITY(1,1) NOT NULL, [name] NVARCHAR(40) NOT NULL, CONSTRAINT [k] PRIMARY KEY CLUSTERED ([id] ASC))\nGO\nCREATE TABLE [dbo].[b] ([x] BIT)\nGO\n"
    made = made_of(script, tmp_path)
    assert made.tables == 2
    assert "    id = Key()" in made.text
    assert "    x = Flag(0.5, nullable=0.1)  # ? its type" in made.text


def test_what_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RequestError, match="--dialect mysqll: did you mean 'mysql'"):
        made_of("CREATE TABLE a (b int)", tmp_path, dialect="mysqll")
    with pytest.raises(RequestError, match="no table in it that is understood as mysql; --dialect says whose SQL it is"):
        made_of("CREATE TABLE `a", tmp_path)
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(RequestError, match=r"a script of mysql is read by sqlglot: pip install 'colgen\[sql\]'"):
        made_of(MYSQL, tmp_path)
    with pytest.raises(RequestError, match=r"--scratch postgresql://…, or install one .* pip install 'colgen\[sql\]'"):
        made_of(POSTGRES, tmp_path, monkeypatch)


def test_a_server_that_was_named_is_not_done_without(tmp_path: Path) -> None:
    assert importlib.util.find_spec("sqlglot") is not None
    with pytest.raises(colgen.TargetError, match="no connection to PostgreSQL"):
        made_of(POSTGRES, tmp_path, scratch="postgresql://nobody@127.0.0.1:1/none")
