"""A model file from SQLAlchemy's metadata: the one source that is run, because it is the user's own Python."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import colgen
from colgen import RequestError
from colgen.introspect import metadata
from colgen.introspect.new import new_model
from tests.introspect.support import assert_clean
from tests.support import colgen as command
from tests.support import thorough

sqlalchemy = pytest.importorskip("sqlalchemy", reason="metadata is read by SQLAlchemy: pip install 'colgen[sqlalchemy]'")

SHOP = """
from __future__ import annotations

import datetime
import enum

from shop_types import LONG
from sqlalchemy import CheckConstraint, Computed, ForeignKey, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Mood(enum.Enum):
    sad = 1
    happy = 2


class Team(Base):
    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONG), unique=True, comment='100% "theirs"')
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", use_alter=True))


class User(Base):
    __tablename__ = "users"
    __table_args__ = (CheckConstraint("age BETWEEN 18 AND 99"), {"comment": "Who logs in"})
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(80), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    mood: Mapped[Mood]
    age: Mapped[int]
    twice: Mapped[int] = mapped_column(Computed("age * 2"))
    created_at: Mapped[datetime.datetime]


empty, nothing = MetaData(), 3
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a module of tables, which imports one beside it."""
    (tmp_path / "shop_types.py").write_text("LONG = 40\n")
    (tmp_path / "shop_tables.py").write_text(SHOP)
    for name in ("shop_types", "shop_tables", "colgen_source_shop_tables"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_that_is_declared_is_kept(server: str, shop: Path) -> None:
    made = new_model(str(shop / "shop_tables.py:Base"), "shop", scratch=server)
    for line in (
        "A model for the tables of shop_tables.py:Base, written by `colgen new`.",
        """    name = Words(1, 2, most=40, unique=True, doc='100% "theirs"')  # ? its name""",
        '    """Who logs in"""',
        '    lead_id = ForeignKey("Users", nullable=0.2)',
        "    rows = FanOut(Teams, Between(0, 3))",
        '    mood = Category({"sad": 1, "happy": 1}, type=Enum("mood"))',
        "    age = Integers(18, 99)  # ? a CHECK",
    ):
        assert line in made.text, line
    assert "twice" not in made.text
    assert made.notes == []
    path = shop / "model.py"
    path.write_text(made.text)
    assert_clean(path)


@thorough
def test_what_is_written_builds(server: str, shop: Path) -> None:
    (shop / "model.py").write_text(new_model("shop_tables.py:Base", "shop", scratch=server).text)
    assert all(outcome.holds for outcome in colgen.build(shop / "model.py", out=shop / "data", check=True).outcomes or ())


def test_a_module_is_found_where_one_is(server: str, shop: Path) -> None:
    before = list(sys.path)
    done = command("new", "model.py", "--from", "shop_tables:Base.metadata", "--scratch", server)
    assert (done.returncode, "2 tables" in done.stderr) == (0, True), done.stderr
    assert sys.path == before


def test_schemas_are_made_and_told_apart() -> None:
    tables = sqlalchemy.MetaData()
    sqlalchemy.Table("a", tables, sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True), schema='it"s')
    assert metadata.statements(tables)[0] == 'CREATE SCHEMA IF NOT EXISTS "it""s"'


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("shop_tables.py", "say what in it has the tables, such as shop_tables.py:Base"),
        ("none.py:Base", "'none.py' cannot be read: no such file"),
        ("none_such:Base", "'none_such' cannot be imported: ModuleNotFoundError: No module named"),
        ("leaves.py:Base", "'leaves.py' cannot be imported: SystemExit: 3"),
        ("shop_tables.py:Nope", "there is no Nope in shop_tables.py"),
        ("shop_tables.py:nothing", "nothing is neither a MetaData nor has one"),
        ("shop_tables.py:empty", "there is no table in it"),
        ("foreign.py:tables", "SQLAlchemy cannot make these tables in PostgreSQL: .*YEAR"),
    ],
)
def test_what_cannot_be_read_is_refused(shop: Path, source: str, message: str) -> None:
    (shop / "leaves.py").write_text("raise SystemExit(3)")
    (shop / "foreign.py").write_text(
        "from sqlalchemy import *\nfrom sqlalchemy.dialects.mysql import YEAR\ntables = MetaData()\nTable('a', tables, Column('b', YEAR))\n"
    )
    with pytest.raises(RequestError, match=message):
        new_model(source, "shop", scratch="postgresql://nobody@127.0.0.1:1/none")


def test_without_sqlalchemy_it_says_what_to_install(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(RequestError, match=r"pip install 'colgen\[sqlalchemy\]'"):
        new_model("shop_tables.py:Base", "shop")
