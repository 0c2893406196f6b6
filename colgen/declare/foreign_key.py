"""A reference to a row of another table: evenly, by weights, by popularity, among those that existed or that match."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from colgen.arrays import Array
from colgen.declare.arguments import (
    checked_weights,
    is_text,
    limits_of,
    require_list,
    require_mapping,
    require_text,
    require_values,
    shown,
)
from colgen.declare.column import Column, Options, take_type
from colgen.declare.popularity import Popularity
from colgen.declare.ranks import Rank, Stratum, stratum_of
from colgen.declare.referring import drawn
from colgen.declare.rows import Rows
from colgen.declare.scope import Scope, scope_of
from colgen.declare.table import Table, TableInfo, table_of
from colgen.declare.times import births_of
from colgen.errors import ModelError, one_of
from colgen.values.types import MOMENTS, BigInteger, Boolean, Categorical, Date


class ForeignKey(Column):
    """A row of another table.

    weights : how often each of its rows is referred to, for a table with a fixed number of rows; nothing else may be given beside them
    popularity : how popular its rows are; which row has which rank says its `Rank` column or a shuffle, so the first row is not the best seller
    existing_at : the own date column by which the row must have come into being; its table says when with `CreatedAt`
    until : a date column there, on which the row is no longer referred to; beside `existing_at`
    where : what must hold there, such as `{"status": "active"}`: a word, a flag or a number
    likely : how likely a row is taken when it comes up, from 0 to 1: a function whose parameters are own columns by their names, and columns
        of the other table as defaults, such as `lambda hour, country=Customers.country: AWAKE[country, hour]`
    within : a `Stratum` there and the own column with the group that is wanted, such as `{"category": "wanted"}`: by popularity among the rows
        of that group; any row where it has none. Or a table that the rows referred to are fanned out from: then they belong to the same row of
        it as the row that refers to them, such as users of a task's tenant; `"self"` where that is the own table
    differs_from : another reference of the row to the same table, by its name: the row is another one than that, such as what a part is built
        into and the part; any row where that one is missing
    options : those of every column. With `unique`, no two rows refer to the same one; with `distinct`, no two that are fanned out from one row;
        if there are not enough, ModelError
    """

    compact = True
    promises = ("unique", "distinct")
    stratum: Stratum
    scope: Scope | None = None

    def __init__(
        self,
        references: type[Table] | TableInfo | str,
        *,
        weights: Sequence[float] | None = None,
        popularity: Popularity | None = None,
        existing_at: str | None = None,
        until: str | None = None,
        where: Mapping[str, Any] | None = None,
        likely: Callable[..., Array] | None = None,
        within: Mapping[str, str] | type[Table] | TableInfo | str | None = None,
        differs_from: str = "",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(BigInteger, **options)
        self.named = references if is_text(references) else ""
        if not self.named:
            try:
                self.references = table_of(references)  # type: ignore[arg-type]
            except ModelError:
                raise ModelError(
                    f"ForeignKey({shown(references)}): expects a Table class, its name in quotes if it is defined further down, or 'self'"
                ) from None
        place = f"ForeignKey({self.references.declared.__name__ if self.references is not None else repr(self.named)}, …)"
        if weights is not None:
            require_list(place, "(50, 30, 20)", weights=weights)
        if where is not None:
            require_mapping(place, "{'status': 'active'}", where=where)
        self.scoped: type[Table] | TableInfo | str | None = None
        if isinstance(within, str | TableInfo) or (isinstance(within, type) and issubclass(within, Table)):
            self.scoped = within
        elif within is not None:
            require_mapping(place, "{'category': 'wanted'}, or a Table class", within=within)
        if isinstance(self.scoped, str) and self.scoped != "self":
            raise ModelError(f"{place}: within={self.scoped!r}: name a Table class, or 'self' for the own table")
        require_text(
            place,
            differs_from=differs_from,
            **{name: word for name, word in (("existing_at", existing_at), ("until", until)) if word is not None},
        )
        if likely is not None and not callable(likely):
            raise ModelError(f"{place}: likely must be a function, such as lambda hour, country=Customers.country: …, not {shown(likely)}")
        self.weights = tuple(weights) if weights is not None else None
        self.popularity = popularity
        self.existing_at = existing_at
        self.until = until
        self.where = dict(where or {})
        self.likely = likely
        self.differs_from = differs_from
        self.within = dict(within) if isinstance(within, Mapping) else {}
        self.of_likely: dict[str, str | Column] = {}  # an own column by its name, or a column of the other table, for each parameter
        self._refuse_contradictions(place)

    def _refuse_contradictions(self, place: str) -> None:
        if not isinstance(self.popularity, Popularity | None):
            raise ModelError(
                f"{place}: popularity = {shown(self.popularity)}; it must be a Popularity, such as Popularity(top=0.2, share=0.8)"
            )
        also = [name for name in ("weights", "popularity", "existing_at", "until", "where", "likely", "unique") if getattr(self, name)]
        if self.scoped is not None and also:
            raise ModelError(
                f"{place}: within a table every row is as likely as another, so {' and '.join(also)} cannot be given beside it"
            )
        given = {
            name: getattr(self, name)
            for name in ("popularity", "existing_at", "until", "where", "likely", "within", "unique", "distinct", "differs_from")
        }
        beside = [name for name, value in given.items() if value]
        if self.weights is not None and beside:
            raise ModelError(f"{place}: weights say how often each row comes, so {' and '.join(beside)} cannot be given beside them")
        if self.weights is not None:
            checked_weights(place, {f"row {number}": weight for number, weight in enumerate(self.weights, 1)})
        if self.until is not None and self.existing_at is None:
            raise ModelError(f"{place}: until={self.until!r} needs existing_at, the own column of the day that must be before it")
        chosen = [name for name, value in given.items() if value and name != "unique"]
        if self.unique and chosen:
            raise ModelError(
                f"{place}: unique=True takes each row once, in an order of its own, so {' and '.join(chosen)} cannot be given beside it"
            )

    def bind(self, table: TableInfo, name: str) -> None:
        super().bind(table, name)
        if self.named == "self":
            self.references = table
        if self.references is not None:
            self._check_other()

    def resolve(self, tables: Sequence[TableInfo]) -> None:
        """Finds the table that is referred to by its name among those of a model. ModelError where it is not there."""
        if not self.named or self.named == "self":
            return
        named = str(self.named)
        by_name = {name: other for other in tables for name in (other.name, other.declared.__name__)}
        if named not in by_name:
            classes = [other.declared.__name__ for other in tables]
            raise ModelError(f"{self.qualified_name} refers to {named!r}, which is not a table of the model; {one_of(named, classes)}")
        if self.references is not None and self.references != by_name[named]:
            raise ModelError(
                f"{self.qualified_name} refers to {named!r}, which another model of this table means another table by; declare it twice"
            )
        self.references = by_name[named]
        self._check_other()

    @property
    def other(self) -> TableInfo:
        """The table that is referred to."""
        assert self.references is not None, f"{self.qualified_name} is used outside a model"
        return self.references

    @property
    def is_to_self(self) -> bool:
        """Whether it refers to rows of its own table: never to the row itself."""
        return self.other == self.table

    def _check_other(self) -> None:
        """ModelError where the table that is referred to does not have what is asked for."""
        table, parent = self.table, self.other
        if self.unique and self.is_to_self:
            raise ModelError(f"{self.qualified_name}: unique=True would let a row refer to itself; leave it out")
        take_type(self)
        if self.weights is not None and parent.rows != len(self.weights):
            raise ModelError(f"{self.qualified_name}: {len(self.weights)} weights for {parent.name}, which has rows = {parent.rows}")
        for word, wanted in self.where.items():
            if word not in parent.columns:
                raise ModelError(
                    f"{self.qualified_name}: where names {word!r}, which is not a column of {parent.name}; {one_of(word, parent.columns)}"
                )
            self._code(parent.columns[word], wanted)
        if self.popularity is not None and self.popularity.by:
            self._of_other("popularity: by", self.popularity.by, "a Rank()", lambda column: isinstance(column, Rank))
        if self.until is not None:
            self._of_other("until", self.until, "a date that is never missing", lambda column: column.type is Date and not column.nullable)
        if self.existing_at is not None:
            births_of(parent, self.qualified_name)
            when = table.columns.get(self.existing_at)  # the table names what is missing
            if when is not None and (when.type not in (Date, *MOMENTS) or when.nullable):
                kind = f"{when.type.name}, which may be missing" if when.nullable else when.type.name
                raise ModelError(f"{self.qualified_name}: existing_at={self.existing_at!r} must name a date or a timestamp, not a {kind}")
        if self.likely is not None:
            self.of_likely = self._parameters_of_likely()
        if self.within:
            self.stratum = stratum_of(parent, self.within, self.popularity.by if self.popularity else "", self.qualified_name)
        if self.scoped is not None:
            self.scope = scope_of(self, table if isinstance(self.scoped, str) else table_of(self.scoped))
        self._refuse_rows_that_are_not_written()

    @property
    def counted(self) -> tuple[TableInfo, ...]:
        return (self.other,) if self.weights is None and self.scoped is None else ()

    @property
    def may_leave_out(self) -> bool:  # type: ignore[override]
        asks = self.is_to_self or self.where or self.existing_at or self.likely or self.within
        where_there_is_none = not self.missing_share and not self.when and bool(asks)  # what nullable=True alone can only mean
        return self.nullable and (self.scoped is not None or bool(self.differs_from) or where_there_is_none)

    def _of_other(self, argument: str, word: str, what: str, fits: Callable[[Column], bool]) -> None:
        """ModelError unless an argument names a column of the other table that fits."""
        columns = self.other.columns
        if word not in columns or not fits(columns[word]):
            fitting = [name for name, column in columns.items() if fits(column)]
            known = one_of(word, fitting) if fitting else "it has none"
            raise ModelError(f"{self.qualified_name}: {argument}={word!r} must name {what} of {self.other.name}; {known}")

    def _parameters_of_likely(self) -> dict[str, str | Column]:
        """What the parameters of `likely` are: own columns by their names, and columns of the other table."""
        assert self.likely is not None
        meanings: dict[str, str | Column] = {}
        try:
            parameters = inspect.signature(self.likely).parameters
        except (TypeError, ValueError):
            raise ModelError(
                f"{self.qualified_name}: {shown(self.likely)} does not say what its parameters are; wrap it in a function"
            ) from None
        for word, parameter in parameters.items():
            if isinstance(parameter.default, Column) and getattr(parameter.default, "table", None) == self.other:
                meanings[word] = parameter.default
            elif parameter.default is inspect.Parameter.empty and word in self.table.columns:
                meanings[word] = word
            else:
                raise ModelError(
                    f"{self.qualified_name}: likely's parameter {word!r} must be an own column by its name, or have a column of "
                    f"{self.other.name} as its default; {one_of(word, self.table.columns)}"
                )
        return meanings

    def _refuse_rows_that_are_not_written(self) -> None:
        parent, table = self.other, self.table
        if parent.keep is None or self.where.get(parent.keep) is True or self.hidden or table.hidden:
            return
        raise ModelError(
            f"{self.qualified_name} refers to rows of {parent.name}, of which only those whose {parent.keep!r} is true are written; "
            f"add where={{{parent.keep!r}: True}}, or hidden=True"
        )

    def _code(self, column: Column, wanted: Any) -> Any:
        """What a word, a flag or a number of the condition is among the column's values: a decimal is given in its smallest unit."""
        place = f"{self.qualified_name}: where asks for {column.name} = {shown(wanted)}"
        if column.nullable:
            raise ModelError(f"{place}, which may be missing; ask for a flag that is computed from it")
        if isinstance(column.type, Categorical):
            words = column.type.words.to_pylist()
            if not isinstance(wanted, str) or wanted not in words:
                raise ModelError(f"{place}; {one_of(str(wanted), words)}")
            return words.index(wanted)
        if (limits_of(column.type) is None and column.type is not Boolean) or column.type.role == "time":
            raise ModelError(
                f"{place}, a {column.type.name}; it can ask for a word of a list, a flag or a number, such as a flag computed from it"
            )
        require_values(place, column.type, [wanted])
        return wanted

    @property
    def needs(self) -> tuple[str, ...]:
        own = [*(word for word in self.of_likely.values() if isinstance(word, str)), *self.within.values()]
        own += [self.scope.via] if self.scope is not None and self.scope.via else []
        own += [self.differs_from] if self.differs_from else []
        return tuple(dict.fromkeys([*([self.existing_at] if self.existing_at is not None else []), *own]))

    @property
    def asked_for(self) -> list[Column]:
        """The other table's columns that say whether a row qualifies."""
        names = [*self.where, *([self.until] if self.until is not None else [])]
        return [
            *(self.other.columns[name] for name in names),
            *(word for word in self.of_likely.values() if isinstance(word, Column)),
        ]

    @property
    def description(self) -> str:
        phrases = [f"a row of {self.other.name}"]
        phrases += [f"weights {'/'.join(f'{weight:g}' for weight in self.weights)}"] if self.weights else []
        phrases += [self.popularity.description] if self.popularity else []
        phrases += [f"with the {name} {own}" for name, own in self.within.items()]
        phrases += [f"where {name} is {value}" for name, value in self.where.items()]
        phrases += [f"existing before {self.existing_at}"] if self.existing_at is not None else []
        phrases += [f"and until {self.until}"] if self.until is not None else []
        phrases += [f"of the same row of {self.scope.ancestor.name}"] if self.scope is not None else []
        phrases += [f"another one than {self.differs_from}"] if self.differs_from else []
        phrases += ["never twice for one parent"] if self.distinct else []
        return ", ".join(phrases)

    @property
    def takes_any(self) -> bool:
        """Whether a candidate qualifies if it exists."""
        asks = self.where or self.until is not None or self.likely is not None or self.within
        return not (asks or self.is_to_self or self.differs_from)

    @property
    def codes(self) -> dict[str, Any]:
        """Its conditions, with the number of each word in the column's list."""
        return {name: self._code(self.other.columns[name], wanted) for name, wanted in self.where.items()}

    def make(self, rows: Rows) -> Array:
        return drawn(self, rows)

    def nothing_matches(self, different: int = 1) -> ModelError:
        """The error of a condition that no row meets, or fewer rows than have to be different."""
        conditions = [f"{name} = {value!r}" for name, value in self.where.items()]
        conditions += [f"{self.until} after {self.existing_at}"] if self.until is not None else []
        conditions += [f"the {stratum} of {own}" for stratum, own in self.within.items()]
        when = " early enough" if self.existing_at is not None else ""
        if different == 1 and (self.is_to_self or self.differs_from):
            other = f" than the one of {self.differs_from}" * bool(self.differs_from) + f" with {' and '.join(conditions)}" * bool(
                conditions
            )
            advice = "" if self.nullable else ", or say nullable=True"
            return ModelError(
                f"{self.qualified_name}: {self.other.name} has no other row{other}{when} to refer to; ask for more of them{advice}"
            )
        which = "no row" if different == 1 else f"fewer than {different:,} rows"
        is_there = " is there" if different == 1 else " are there"
        have = f" {'has' if different == 1 else 'have'} {' and '.join(conditions)}" if conditions else is_there
        return ModelError(f"{self.qualified_name}: {which} of {self.other.name}{have}{when}; ask for more of them")
