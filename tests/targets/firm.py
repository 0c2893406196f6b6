"""A model whose rows go into tables that somebody else's migrations made: a tree, a circle of references, and rows without a key."""

from __future__ import annotations

from colgen import (
    Between,
    Category,
    Code,
    FanOut,
    ForeignKey,
    Integers,
    Key,
    Level,
    Model,
    Money,
    ParentKey,
    PolymorphicKey,
    Table,
    Text,
    Tree,
    Uuids,
    Volume,
)


class Categories(Table, unique=[("name", "parent_id")]):
    rows = Volume("n")
    id = Key()
    parent_id = Tree(levels=3, roots=2)
    depth = Level("parent_id")
    name = Code("AAAA", unique=True)


class Departments(Table):
    rows = Volume("n")
    id = Key()
    head_id = ForeignKey("Employees", nullable=0.2)
    name = Code("AAA aaa")


class Employees(Table, key="id"):
    rows = FanOut(Departments, Between(1, 4))
    id = Uuids()
    department_id = ParentKey(Departments)
    number = Integers(1, 2_000_000_000, unique=True)
    octet = Integers(0, 255, hidden=True)
    ip = Text("10.0.{octet}.{octet}")
    salary = Integers(100, 900, type=Money)
    tags = Text("{{a,b}}")
    rating = Category(G=1, PG=2)


class Logs(Table):
    rows = Volume("n")
    what = Category(a=1, b=1)
    subject_type = Category(c=1, d=1)
    subject_id = PolymorphicKey({"c": Categories, "d": Departments}, by="subject_type")


FIRM = Model("firm", tables=[Categories, Departments, Employees, Logs], volumes={"small": {"n": 30}})

TABLES = ("categories", "departments", "employees", "logs")
