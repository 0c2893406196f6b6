"""What a table is: a class whose attributes are columns, and beside it one object that holds what colgen knows of it.

>>> from colgen import Integers, Key, Money, Table, Volume
>>> class Products(Table):
...     "What is sold."
...     rows = Volume("products")
...     id = Key()
...     cost = Integers(1_00, 90_00, type=Money)
>>> Products.__table__.name, list(Products.__table__.columns)
('products', ['id', 'cost'])
"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from colgen.declare.arguments import fit_column_name, fit_name, require_flags, require_list, require_text, shown
from colgen.declare.column import Column, Undecorated
from colgen.declare.rows import MOST_ROWS, Branches, FanOut, RowSource
from colgen.errors import ModelError, one_of
from colgen.values.types import Boolean

_MOST_COLUMNS = 1_600


class TableInfo:
    """What colgen knows of a table. It is the table's `__table__`, so that the class itself belongs to its columns.

    name : as it is written
    rows : where its rows come from
    columns : by the names that they are written under, in order, hidden ones included
    words : those names by the attributes of the class, which are what the parameters of its functions are called
    hidden : it is there only for others to be fanned out from, and is not written
    keep : the flag that says which of its rows are written; None for all
    declared_key : the columns of its primary key as its head names them; empty if it has a `Key()` or none at all
    unique : further sets of columns that are unique, as its head names them
    schema : of the user's database in which it is, where that has several; it stands before the name, with a point
    branch_of : the table whose rows these are a part of
    documentation : what a row is

    Two of them are equal if they are of one class: a model works out the columns of a table with branches for itself.
    """

    def __init__(
        self,
        declared: type[Table],
        *,
        name: str,
        rows: RowSource,
        columns: Mapping[str, Column],
        words: Mapping[str, str] | None = None,
        hidden: bool = False,
        keep: str | None = None,
        key: Sequence[str] = (),
        unique: Sequence[Sequence[str]] = (),
        schema: str = "",
        branch_of: TableInfo | None = None,
    ) -> None:
        self.declared, self.name, self.rows, self.columns = declared, name, rows, dict(columns)
        self.words = dict(words) if words is not None else {name: name for name in columns}
        self.hidden, self.keep, self.branch_of = hidden, keep, branch_of
        self.declared_key, self.unique, self.schema = tuple(key), [tuple(names) for names in unique], schema
        self.documentation = inspect.cleandoc(declared.__doc__ or "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TableInfo) and self.declared is other.declared

    def __hash__(self) -> int:
        return hash(self.declared)

    def __repr__(self) -> str:
        return f"<table {self.name}>"

    def with_columns(self, columns: Mapping[str, Column], keep: str | None) -> TableInfo:
        """The same table with other columns: what the branches of a table agree on in one model."""
        return TableInfo(
            self.declared,
            name=self.name,
            rows=self.rows,
            columns=columns,
            hidden=self.hidden,
            keep=keep,
            key=self.declared_key,
            unique=self.unique,
            schema=self.schema,
            branch_of=self.branch_of,
        )

    @property
    def parent(self) -> TableInfo | None:
        """The table it is fanned out from."""
        return self.rows.parent_table if isinstance(self.rows, FanOut) else None

    @property
    def ancestors(self) -> list[TableInfo]:
        """The table it is fanned out from, the one that one is fanned out from, and so on."""
        return [] if self.parent is None else [self.parent, *self.parent.ancestors]

    @property
    def written_as(self) -> TableInfo | None:
        """The table whose files its rows go to: itself, or the one it is a branch of; None if it is hidden."""
        return self.branch_of or (None if self.hidden else self)

    @property
    def keeps_whole_parents(self) -> bool:
        """Whether all rows that are fanned out from a written row are written, too."""
        flag, parent = self.columns.get(self.keep or ""), self.parent
        if flag is None or parent is None:
            return self.keep is None
        # any lookup has a `column`: this one is the parent's own flag
        return parent.keep is not None and getattr(flag, "column", None) is parent.columns[parent.keep]

    @property
    def written_columns(self) -> list[Column]:
        """The columns that are written, in order."""
        return [column for column in self.columns.values() if not column.hidden]

    @property
    def sql_types(self) -> dict[str, str]:
        """The SQL types of the written columns, by name."""
        return {column.name: column.type.sql for column in self.written_columns}

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return self.documentation.split("\n")[0]

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The columns of its primary key: those that its head names, or its `Key()`; none where it has neither."""
        if self.declared_key:
            return tuple(self.columns[name] for name in self.declared_key if name in self.columns)  # a branch may have it
        key = self._first_key
        return () if key is None else (key,)

    @property
    def key(self) -> Column | None:
        """The one column by which its rows are referred to: its primary key, or its `Key()` where the primary key is of several columns."""
        named = [name for name in self.declared_key if name in self.columns]
        return self.columns[named[0]] if len(named) == 1 else self._first_key

    @property
    def _first_key(self) -> Column | None:
        """Its `Key()`. The search ends there: it is asked for in every block, and mostly the first column."""
        return next((column for column in self.columns.values() if column.role == "key"), None)

    def key_to(self, column: Column, place: str, via: str | None = None) -> str:
        """The own column that refers to the table of `column`: the one to the row it is fanned out from where there are several, and also where
        there is none but the parents lead there.

        place : who asks, for messages
        via : which foreign key, where it is given

        Raises ModelError where there is none, or more than one.
        """
        target = getattr(column, "table", None)
        if target is None:
            raise ModelError(f"{place}: it looks up a column that does not belong to a table")
        keys = [name for name, own in self.columns.items() if own.references == target]
        if via is not None:
            if via not in keys:
                raise ModelError(f"{place}: {via!r} is not a foreign key to {target.name}; {one_of(via, keys)}")
            return via
        to_parent = [name for name, own in self.columns.items() if own.to_parent]
        if not keys and target in self.ancestors:
            keys = to_parent
        elif len(keys) > 1:
            keys = [name for name in keys if name in to_parent] or keys
        if len(keys) == 1:
            return keys[0]
        looks_up = f"{place} looks up {column.qualified_name}, but {self.name}"
        name = target.declared.__name__
        if keys:
            choice = f"say which: {name}.{column.name}.via({keys[0]!r})"
            raise ModelError(f"{looks_up} has {len(keys)} foreign keys ({', '.join(keys)}) to {target.name}; {choice}")
        if target in self.ancestors:
            parent = self.ancestors[0]
            key = f"parent_id = ParentKey({parent.declared.__name__}), with hidden=True if it is not to be written"
            raise ModelError(f"{looks_up} has no ParentKey to {parent.name}; add one: {key}")
        key = f"{target.name}_id = ForeignKey({name})"
        raise ModelError(
            f"{looks_up} has no foreign key to {target.name}; add one: {key}; or look it up from a table that has one, through a column there"
        )

    def bind(self) -> None:
        """Makes the columns this table's own. ModelError where one of them needs what is not there."""
        for name, column in self.columns.items():
            column.bind(self, name)
        self._check_column_names()
        keys = [name for name, column in self.columns.items() if column.role == "key"]
        if len(keys) > 1:
            raise ModelError(
                f"table {self.name} has {len(keys)} primary keys, {' and '.join(keys)}; it has one Key(). Columns that are unique only "
                f"together stand in its head: class {self.declared.__name__}(Table, key=(…))"
            )
        if not isinstance(self.rows, Branches):  # which has the columns that its branches agree on, in a model
            self.check_head()
        if self.keep is not None:
            if self.keep not in self.columns or self.columns[self.keep].type is not Boolean:
                raise ModelError(f"table {self.name}: keep={self.keep!r} must name a Boolean column of this table")
            if isinstance(self.rows, Branches):
                raise ModelError(f"table {self.name}: keep={self.keep!r} belongs in its branches, which make its rows")
        for column in self.columns.values():
            for need in (*column.needs, *column.when):
                if need not in self.columns:
                    raise ModelError(
                        f"{column.qualified_name} needs {need!r}, which is not a column of {self.name}; {one_of(need, self.columns)}"
                    )
            column.conditions  # noqa: B018 -- raises for what another column can never be

    def check_head(self) -> None:
        """ModelError where its head names what is not one of its written columns."""
        for word, sets in (("key", [self.declared_key] if self.declared_key else []), ("unique", self.unique)):
            for name in (name for names in sets for name in names):
                if name not in self.columns:
                    raise ModelError(
                        f"table {self.name}: its head names {name!r}, which is not one of its columns; {one_of(name, self.columns)}"
                    )
                if self.columns[name].hidden and word == "key":
                    raise ModelError(f"table {self.name}: key={name!r}: that column is hidden; a key is written")

    def _check_column_names(self) -> None:
        """ModelError for the name of a written column that not every target can hold."""
        if len(self.written_columns) > _MOST_COLUMNS:
            raise ModelError(f"table {self.name}: {len(self.written_columns):,} columns; PostgreSQL holds at most {_MOST_COLUMNS:,}")
        written: dict[str, str] = {}  # by the name in lower-case: to DuckDB they are the same
        for name in (column.name for column in self.written_columns):
            if not fit_column_name(name):
                raise ModelError(
                    f"table {self.name}: a column cannot be called {shown(name)} in every target; give it a name of 1 to 63 printable bytes "
                    "that is not one of PostgreSQL's own columns, such as ctid"
                )
            if name.lower() in written:
                raise ModelError(f"table {self.name}: the columns {written[name.lower()]!r} and {name!r} differ in case only; rename one")
            written[name.lower()] = name


class Table:
    """A table: subclass it, give it `rows` and columns. Its docstring says what a row is.

    In the head of the class:

    name : as it is written; `RawCustomers` is `raw_customers` unless this says otherwise
    rows : where the rows come from, for a table that has a column called `rows`
    hidden : it is there for other tables to be fanned out from, and is not written
    keep : the name of a flag; rows whose flag is false are made, so that no other row has another id for it, but not written
    key : its primary key, where that is not a `Key()`: the name of a column, or several that are unique together
    unique : further sets of columns that are unique, such as `[("parent_id", "name")]`. What is promised must follow from the columns
    schema : of the user's database in which it is, for builds that fill tables which are there; its name is then schema.table

    >>> from colgen import FanOut, Key, ParentKey, Table, Volume
    >>> class Orders(Table, name="sales_orders"):
    ...     "What a customer ordered."
    ...     rows = Volume("orders")
    ...     id = Key()
    >>> class OrderLines(Table, hidden=True):
    ...     rows = FanOut(Orders, 2)
    ...     id = Key()
    ...     order_id = ParentKey(Orders)
    >>> Orders.__table__.name, OrderLines.__table__.parent
    ('sales_orders', <table sales_orders>)
    """

    __table__: ClassVar[TableInfo]

    def __init_subclass__(
        cls,
        *,
        name: str | None = None,
        rows: RowSource | None = None,
        hidden: bool = False,
        keep: str | None = None,
        key: str | Sequence[str] = (),
        unique: Sequence[Sequence[str]] = (),
        schema: str = "",
    ) -> None:
        name = _snake_case(cls.__name__) if name is None else name
        if not fit_name(name):
            raise ModelError(
                f"table {shown(name)}: not every target can hold a table of this name: 1 to 63 bytes without / \\ * ? [ ] ' \" = ; and control characters, "
                "neither . ~ - nor a space first, and none of colgen's own; give it another in its head: class Orders(Table, name='sales_orders')"
            )
        require_flags(f"table {name}", hidden=hidden)
        if keep is not None:
            require_text(f"table {name}", keep=keep)
        require_text(f"table {name}", schema=schema)
        key, unique = _sets_of_columns(f"table {name}", key, unique)
        if schema and not fit_name(schema):
            raise ModelError(f"table {name}: schema={shown(schema)} is not the name of a schema")
        name = f"{schema}.{name}" if schema else name
        if "__tablename__" in vars(cls):
            raise ModelError(
                f"table {name}: say what it is called in its head: class {cls.__name__}(Table, name={vars(cls)['__tablename__']!r})"
            )
        base = next((ancestor for ancestor in cls.__mro__[1:] if issubclass(ancestor, Table)), Table)
        branch_of = base.__table__ if base is not Table else None
        if branch_of is not None and not isinstance(branch_of.rows, Branches):
            raise ModelError(f"table {name} is a branch of {branch_of.name}, which does not set rows = Branches()")
        if branch_of is not None and (key or unique):
            raise ModelError(
                f"table {name} is a branch of {branch_of.name}: its key and what else is unique stand in the head of {branch_of.name}"
            )
        mixins = [ancestor for ancestor in cls.__mro__[1:] if not issubclass(ancestor, Table)]
        if rows is None:
            own = next((vars(owner)["rows"] for owner in (cls, *mixins) if "rows" in vars(owner)), None)
            rows = own
        if not isinstance(rows, RowSource) or isinstance(rows, bool):
            raise ModelError(
                f"table {name}: it does not say where its rows come from; set `rows` to a number, Volume(name) or FanOut(parent, count)"
            )
        if isinstance(rows, int) and not 1 <= rows <= MOST_ROWS:
            raise ModelError(f"table {name}: rows = {rows:,}; a fixed table has at least one row and at most {MOST_ROWS:,}")
        attributes: dict[str, Any] = {}
        for owner in reversed(cls.__mro__):
            if owner is cls or not issubclass(owner, Table) or owner is base:
                attributes |= {word: value for word, value in vars(owner).items() if not word.startswith("__")}
        columns: dict[str, Column] = {}
        words: dict[str, str] = {}
        for word, value in attributes.items():
            if not isinstance(value, Column):
                _refuse_lost_column(name, word, value)
                continue
            if word not in vars(cls) or hasattr(value, "table") or any(value is other for other in columns.values()):
                value = copy.copy(value)  # the branches of a table, the tables of a mixin, and two names of one column have their own
                setattr(cls, word, value)
            called = value.written_name or word
            if called in columns:
                raise ModelError(f"{name}: two of its columns are called {called!r}; give one of them another name")
            columns[called], words[word] = value, called
        for word in vars(cls).get("__annotations__", {}):
            if word not in words and not word.startswith("_"):
                raise ModelError(f"{name}.{word} has an annotation, but no value: give it a column, such as {word} = Integers(1, 20)")
        cls.__table__ = TableInfo(
            cls,
            name=name,
            rows=rows,
            columns=columns,
            words=words,
            hidden=hidden,
            keep=keep,
            key=key,
            unique=unique,
            schema=schema,
            branch_of=branch_of,
        )
        cls.__table__.bind()


def table_of(table: type[Table] | TableInfo) -> TableInfo:
    """What colgen knows of a table, given its class or that itself. ModelError for anything else."""
    info = getattr(table, "__table__", table)
    if not isinstance(info, TableInfo):
        raise ModelError(f"{table!r} is not a table; give a Table class defined above this one")
    return info


def _sets_of_columns(place: str, key: str | Sequence[str], unique: Sequence[Sequence[str]]) -> tuple[list[str], list[tuple[str, ...]]]:
    """What a head says of unique columns, as lists of names."""
    if isinstance(key, str):
        key = (key,)
    require_list(place, "('order_id', 'line')", key=key)
    require_list(place, "[('parent_id', 'name')]", unique=unique)
    sets = [(names,) if isinstance(names, str) else names for names in unique]
    require_list(place, "[('parent_id', 'name')]", **{f"unique[{number}]": names for number, names in enumerate(sets)})
    for names in (key, *sets):
        require_text(place, **{f"column {number} of {tuple(names)}": name for number, name in enumerate(names, 1)})
        if len(set(names)) < len(names):
            raise ModelError(f"{place}: {tuple(names)} has a column twice")
    if [] in map(list, sets):
        raise ModelError(f"{place}: unique has an empty set of columns")
    return list(key), [tuple(names) for names in sets]


def _refuse_lost_column(table: str, word: str, value: Any) -> None:
    """ModelError for an attribute of a table that looks like a column and is none, which would be missing in the data without a word."""
    if isinstance(value, Undecorated):
        raise ModelError(
            f"{table}.{word} is column(…) without a function; write the function below @column(Type), or column(Type)(function)"
        )
    if word.startswith("_") or word == "rows":
        return
    if isinstance(value, type) and issubclass(value, Column):
        raise ModelError(f"{table}.{word} is the class {value.__name__}, not a column; write {word} = {value.__name__}(…)")
    if inspect.isfunction(value):
        raise ModelError(f"{table}.{word} is a function, not a column; write @column(Type) above it, or call it _{word} if it is none")
    raise ModelError(
        f"{table}.{word} is {shown(value)}, not a column; give it one, such as {word} = Integers(1, 20), or call it _{word} if it is none"
    )


def _snake_case(name: str) -> str:
    """`RawCustomers` as `raw_customers`, `HTTPLogs` as `http_logs`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
