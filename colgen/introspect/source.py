"""The source of a model file for a schema: one class a table, one line a column where one will do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from colgen.introspect import checks, structs
from colgen.introspect.ancestry import common_ancestor, is_always_there, keep_filled
from colgen.introspect.code import Call, Raw, assignment, call, laid_out
from colgen.introspect.guesses import FRACTIONS, MOMENTS, WHOLE, code_size
from colgen.introspect.identifiers import attribute, class_names, table_name, volume
from colgen.introspect.layout import TablePlan, plan
from colgen.introspect.names import rules_of
from colgen.introspect.shapes import ColumnShape, ForeignKeyShape, SchemaShape
from colgen.introspect.values import ALWAYS_DIFFERENT, NULLS, nulls, value_of
from colgen.introspect.volumes import volumes_of

_SKEWED = 0.3
"""A reference prefers some rows where the most popular fifth of them gets this share of the draws, which is 0.2 where all are alike."""
_MOST_SMALL = 32_767
"""The largest key that is a small integer."""


class Writer:
    """Writes a model file.

    schema : what it is for
    source : where that came from, for its head
    """

    def __init__(self, schema: SchemaShape, name: str, source: str) -> None:
        self.schema, self.name, self.source = schema, name, source
        self.plans = plan(schema)
        self.by_name = {one.name: one for one in self.plans}
        self.classes = class_names(self.plans)
        self.words: dict[str, dict[str, str]] = {}
        self.limits: dict[str, int] = {}
        self.used: set[str] = {"Model", "Table"}
        self.guessed = 0
        self.structs: dict[tuple[str, str], tuple[dict[str, tuple[Call, str]], Call]] = {}
        self.vias: dict[tuple[str, ForeignKeyShape], str] = {}
        for table_plan in self.plans:
            for key in table_plan.shape.foreign_keys:
                keep_filled(self.by_name, table_plan, key)

    def written(self) -> str:
        """The file."""
        body: list[str] = []
        for table_plan in self.plans:
            body += ["", "", *self._table(table_plan)]
        body += ["", "", *self._model()]
        head = ['"""', f"A model for {self.source}, written by `colgen new`.", ""]
        head += ["A line that ends in `# ?` is a guess, by what it says."]
        if self.schema.notes:
            head += ["", "What cannot be kept:", *(f"- {_shortened(note)}" for note in dict.fromkeys(self.schema.notes))]
        head += ['"""', ""]
        imports = sorted(self.used, key=lambda name: (not name.isupper(), name[0].islower(), name))
        return "\n".join([*head, *_imported(imports), *body, ""])

    def _use(self, value: object) -> None:
        """Notes the names that an expression uses."""
        if isinstance(value, Call):
            self.used.add(value.name)
            for item in (*value.arguments, *value.named.values()):
                self._use(item)
        elif isinstance(value, Raw):
            self.used |= {name for name in re.findall(r"\b[A-Za-z_]\w*", value.text) if name in _IMPORTABLE}
        elif isinstance(value, list | tuple):
            for item in value:
                self._use(item)

    def _table(self, table_plan: TablePlan) -> list[str]:
        table, head = table_plan.shape, Call(self.classes[table_plan.name], [Raw("Table")])
        lines: list[str] = []
        words: dict[str, str] = {}
        self.words[table_plan.name] = words
        for column in table.columns:
            words[column.name] = attribute(column.name, words.values())
        columns, declared = self._columns(table_plan)
        if table_name(head.name) != table.name:
            head.named["name"] = table.name
        if table.schema:
            head.named["schema"] = table.schema
        own_key = any(" = Key(" in line for line in declared.get("key", []))
        if table.key and not own_key:
            head.named["key"] = table.key[0] if len(table.key) == 1 else table.key
        uniques = [names for names in table_plan.heads if names != table.key and self._kept(table_plan, names)]
        if uniques:
            head.named["unique"] = uniques
        if len(table.key) > 1 and not self._kept(table_plan, table.key):
            head.named.pop("key", None)
        shown = Call(head.name, head.arguments, head.named)
        guessed = table.key_evidence if len(table.key) > 1 and "key" in head.named else ""
        self.guessed += bool(guessed)
        lines += laid_out("class ", shown, 0, ":", f"  # ? {guessed}" if guessed else "")
        if table.comment:
            lines += [f'    """{_docstring(table.comment)}"""', ""]
        lines += [*assignment("rows", self._rows(table_plan)), ""]
        return [*lines, *columns]

    def _kept(self, table_plan: TablePlan, names: Iterable[str]) -> bool:
        """Whether all of the columns are in the model."""
        return not any(name in table_plan.left_out or name in table_plan.missing for name in names)

    def _rows(self, table_plan: TablePlan) -> Call:
        if table_plan.pair is not None:
            (target,) = {key.target for key in table_plan.shape.foreign_keys if key.columns == table_plan.pair[:1]}
            side = Raw(self.classes[target])
            value = call("Pairs", side, side, volume(table_plan), once=True)
        elif table_plan.parent is None:
            value = call("Volume", volume(table_plan))
        else:
            parent = Raw(self.classes[table_plan.parent.target])
            value = call("FanOut", parent, _children(table_plan))
        self._use(value)
        return value

    def _columns(self, table_plan: TablePlan) -> tuple[list[str], dict[str, list[str]]]:
        """The lines of the columns, and those of the key."""
        table, lines, of = table_plan.shape, list[str](), dict[str, list[str]]()
        hidden = self._hidden_references(table_plan)
        self._put_together(table_plan, {*self.words[table_plan.name], *self.words[table_plan.name].values(), *hidden})
        for name, value in hidden.items():
            lines += assignment(name, value)
            self._use(value)
        pairs = {two[0]: two[2] for check in table.checks if (two := checks.two(check)) is not None and two[1] == "<"}
        for check in table.checks:
            if len(table.key) == 1 and (number := checks.excepted(check, table.key[0])) is not None:
                table_plan.start = max(table_plan.start, number + 1)  # the row that it is about is left out
            elif (two := checks.two(check)) is None:
                self._leave_empty(table_plan, check.columns, check.text)
            elif two[1] == "<>" and not self._kept_apart(table_plan, two[0], two[2], pairs):
                one = [name for name in check.columns if table.column(name).nullable][:1]
                self._leave_empty(table_plan, one or check.columns, check.text)
        for column in table.columns:
            made = self._column(table_plan, column, pairs)
            if made is None:
                continue
            value, by = made
            hidden_fields, _ = self.structs.get((table_plan.name, column.name), ({}, None))
            for name, (field, guess) in hidden_fields.items():
                self._use(field)
                self.guessed += bool(guess)
                lines += assignment(name, field, comment=f"? {guess}" if guess else "")
            if (column.name,) == table.key and not table_plan.reference_of(column.name):
                by = table.key_evidence or by
            word = self.words[table_plan.name][column.name]
            if word != column.name:
                value = value.with_named(name=column.name)
            if column.comment:
                value = value.with_named(doc=" ".join(column.comment.split()))
            self._use(value)
            self.guessed += bool(by)
            text_lines = assignment(word, value, comment=f"? {by}" if by else "")
            lines += text_lines
            if (column.name,) == table.key:
                of["key"] = text_lines
        return lines or ["    pass"], of

    def _put_together(self, table_plan: TablePlan, taken: set[str]) -> None:
        """Notes what the structs of a table are put together out of.

        taken : the names that columns have
        """

        def attribute_of(name: str) -> str:
            word = attribute(name, taken)
            taken.add(word)
            return word

        for column in table_plan.shape.columns:
            if column.fields and column.name not in {*table_plan.unique, *table_plan.distinct, *table_plan.missing}:
                self.structs[table_plan.name, column.name] = structs.declared(table_plan, column, attribute_of)

    def _kept_apart(self, table_plan: TablePlan, first: str, second: str, pairs: dict[str, str]) -> bool:
        """Has one of two references be to another row than the other, or one of two numbers or days be less; whether that goes."""
        table, references = table_plan.shape, {name: table_plan.reference_of(name) for name in (first, second)}
        for name, other in ((second, first), (first, second)):
            key, theirs = references[name], references[other]
            if key is None or theirs is None or not (self._is_plain(key) and self._is_plain(theirs)):
                continue
            is_dealt = name in table_plan.unique or (name in table_plan.distinct and theirs is not table_plan.parent)
            if (
                key.target == theirs.target
                and key is not table_plan.parent
                and not is_dealt
                and {name, other}.isdisjoint(table_plan.differs)
            ):
                table_plan.differs[name] = other
                return True
        kinds = {table.column(name).type for name in (first, second)}
        is_free = {first, second}.isdisjoint({*pairs, *pairs.values(), *table_plan.unique, *table_plan.distinct, *table.key})
        if not any(references.values()) and is_free and len(kinds) == 1 and kinds <= {*WHOLE, *FRACTIONS, *MOMENTS, "date"}:
            pairs[first] = second
            return True
        return False

    def _leave_empty(self, table_plan: TablePlan, names: Iterable[str], why: str) -> None:
        """Leaves the columns of a check empty, which keeps it, or to the database; notes it where neither goes."""
        table = table_plan.shape
        for name in names:
            column, reference = table.column(name), table_plan.reference_of(name)
            if name in {*table.key, *table_plan.distinct, *table_plan.unique}:
                continue
            if reference is not None and (reference is table_plan.parent or len(reference.columns) > 1 or not _is_compared(name, why)):
                continue
            if column.nullable:
                table_plan.missing[name] = "a CHECK"
            elif column.default:
                table_plan.left_out.add(name)
        if not any(name in table_plan.missing or name in table_plan.left_out for name in names):
            self.schema.notes.append(f"{table.full_name}: {why}")

    def _hidden_references(self, table_plan: TablePlan) -> dict[str, Call]:
        """References of which other columns are written than the key of one column: by the name of the attribute."""
        found: dict[str, Call] = {}
        taken = set(self.words[table_plan.name].values())
        for key in self._references(table_plan):
            if self._is_plain(key):
                continue
            target = self.by_name[key.target]
            is_parent = key is table_plan.parent
            placed = [one.name for one in self.plans]
            if not is_parent and placed.index(key.target) >= placed.index(table_plan.name):
                self._give_up(table_plan, key)
                continue
            shared = [name for name in key.columns if table_plan.reference_of(name) is not key and not is_parent]
            options: dict[str, object] = {"hidden": True}
            if shared:
                ancestor = common_ancestor(self.by_name, table_plan, key)
                if ancestor is None:
                    self._give_up(table_plan, key)
                    continue
                options["within"] = Raw(self.classes[ancestor])
            if any(table_plan.shape.column(name).nullable for name in key.columns) and not is_parent:
                options["nullable"] = NULLS if not shared else True
            elif shared and not is_parent and not is_always_there(self.by_name, table_plan, key):
                options["nullable"] = True
            differs = [name for name in key.columns if name in table_plan.distinct]
            if differs and not is_parent:
                options["distinct"] = True
            name = attribute(f"{target.shape.name}_row", taken)
            taken.add(name)
            self.vias[table_plan.name, key] = name
            found[name] = call("ParentKey" if is_parent else "ForeignKey", Raw(self.classes[key.target]), **options)
        return found

    def _give_up(self, table_plan: TablePlan, key: ForeignKeyShape) -> None:
        for name in key.columns:
            if table_plan.reference_of(name) is key:
                if table_plan.shape.column(name).nullable:
                    table_plan.missing[name] = "its reference"
                else:
                    self.schema.notes.append(f"{table_plan.name}.{name}: the reference to {key.target} is not kept")

    def _references(self, table_plan: TablePlan) -> list[ForeignKeyShape]:
        keys = list(table_plan.shape.foreign_keys)
        if table_plan.parent is not None:
            keys.sort(key=lambda key: key is not table_plan.parent)
        return [key for key in keys if any(table_plan.reference_of(name) is key for name in key.columns)]

    def _is_plain(self, key: ForeignKeyShape) -> bool:
        """Whether a reference is written as one column that is the other table's key."""
        return len(key.columns) == 1 and self.by_name[key.target].shape.key == key.targets

    def _column(self, table_plan: TablePlan, column: ColumnShape, pairs: dict[str, str]) -> tuple[Call, str] | None:
        """How a column is declared, and what that was guessed from; None for one that is left to the database."""
        table = table_plan.shape
        if column.generated or column.name in table_plan.left_out:
            return None
        reference = table_plan.reference_of(column.name)
        if reference is not None and column.is_left_empty and column.nullable:
            table_plan.missing.setdefault(column.name, "a CHECK")
        if reference is not None and column.name not in table_plan.missing:
            return self._of_reference(table_plan, column, reference)
        if (column.name,) == table.key and column.type in (*WHOLE, "numeric"):
            if column.type == "smallint":
                self.limits[table_plan.name] = min(self.limits.get(table_plan.name, _MOST_SMALL), _MOST_SMALL)
            size = [Raw("SmallInteger")] if column.type == "smallint" else []
            return call("Key", *size, **({"start": table_plan.start} if table_plan.start > 1 else {})), ""
        if column.is_left_empty and column.nullable:
            table_plan.missing.setdefault(column.name, "a CHECK")
        if (table_plan.name, column.name) in self.structs:
            value, by, is_known = self.structs[table_plan.name, column.name][1], "", True
        else:
            value, by, is_known = value_of(table_plan, column, pairs)
        if not is_known and column.default and not column.nullable:
            return None
        options: dict[str, object] = {}
        if column.name in table_plan.missing or (not is_known and column.nullable):
            options["nullable"] = 1.0
            by = table_plan.missing.get(column.name, "its type")
        elif column.nullable and not value.named.get("open"):
            options["nullable"] = nulls(column, value.named.get("nullable", NULLS if value.name != "Later" else True))
        if column.name in table_plan.unique and value.name not in ALWAYS_DIFFERENT:
            options["unique"] = True
            self._limit(table_plan, value)
        elif column.name in table_plan.distinct and value.name not in (*ALWAYS_DIFFERENT, "Ordinal"):
            options["distinct"] = True
        if not options.get("nullable", True) or (options.get("nullable") is True and value.name == "Later"):
            options.pop("nullable")
            value.named.pop("nullable", None)
        return value.with_named(**options), by

    def _of_reference(self, table_plan: TablePlan, column: ColumnShape, key: ForeignKeyShape) -> tuple[Call, str] | None:
        target = self.by_name[key.target]
        is_above = [one.name for one in self.plans].index(key.target) < [one.name for one in self.plans].index(table_plan.name)
        if not self._is_plain(key):
            via = self.vias.get((table_plan.name, key))
            if via is None:
                return (call("Integers", 1, 2, nullable=1.0), "its reference") if column.nullable else self._free(table_plan, column)
            theirs = key.targets[key.columns.index(column.name)]
            return call("Lookup", Raw(f"{self.classes[target.name]}.{self.words[target.name][theirs]}"), via=via), ""
        by = key.evidence or ("its name" if key.by_name else "")
        if key is table_plan.parent:
            return call("ParentKey", Raw(self.classes[target.name])), by
        options: dict[str, object] = {}
        if column.nullable and (share := nulls(column, 0.2)):
            options["nullable"] = share
        if column.name in table_plan.unique:
            options["unique"] = True
        elif column.name in table_plan.distinct:
            options["distinct"] = True
        if column.name in table_plan.differs:
            options["differs_from"] = table_plan.differs[column.name]
        if key.top_share is not None and _SKEWED <= key.top_share < 1 and not options.keys() & {"unique", "distinct", "differs_from"}:
            options["popularity"] = call("Popularity", top=0.2, share=min(float(f"{key.top_share:.2g}"), 0.99))
        if key.target == table_plan.name:
            if (
                column.nullable
                and column.name not in table_plan.differs
                and re.search(r"parent|manager|boss|reports_to|above|superior", rules_of(column.name))
                and table_plan.parent is None
                and not options.get("unique")
            ):
                return call("Tree", levels=3, roots=5), "its name"
            return call("ForeignKey", "self", **options), by
        named: object = Raw(self.classes[target.name]) if is_above else self.classes[target.name]
        return call("ForeignKey", named, **options), by

    def _free(self, table_plan: TablePlan, column: ColumnShape) -> tuple[Call, str]:
        value, by, _ = value_of(table_plan, column, {})
        return value, by

    def _limit(self, table_plan: TablePlan, value: Call) -> None:
        """Notes how many rows there can be where a column of few different values is unique."""
        size = None
        if value.name == "Code":
            size = code_size(value.arguments[0])
        elif value.name == "Category":
            size = sum(map(bool, value.arguments[0].values()))
        elif value.name == "Integers":
            size = value.arguments[1] - value.arguments[0] + 1
        elif value.name == "Vocabulary":
            size = 50
        if size is not None:
            self.limits[table_plan.name] = min(self.limits.get(table_plan.name, size), size)

    def _model(self) -> list[str]:
        tables = [Raw(self.classes[one.name]) for one in self.plans]
        return laid_out("model = ", call("Model", self.name, tables=tables, volumes=volumes_of(self.plans, self.limits)), 0)


def _children(table_plan: TablePlan) -> object:
    """How many rows a row of the parent has: as they were counted, or a few."""
    least, most = table_plan.least, max(1, table_plan.most)
    counted = dict(table_plan.parent.children) if table_plan.parent is not None else {}
    counted = {count: share for count, share in counted.items() if least <= count <= (1 if table_plan.once else most)}
    if any(counted):
        return counted
    if table_plan.once:
        return 1 if least else {0: 30, 1: 70}
    return call("Between", least, most)


_IMPORTABLE = ("vocabulary", "BigInteger", "Json", "Money", "Decimal", "String", "SmallInteger", "Double", "Real", "LocalTimestamp", "Time")


def _is_compared(name: str, check: str) -> bool:
    """Whether a check says of a column that it is missing, or a certain value."""
    return re.search(rf'\b{re.escape(name)}"?\)? (IS NULL|<>|=) ', f"{check} ".replace("IS NULL)", "IS NULL )")) is not None


def _docstring(comment: str) -> str:
    text_ = " ".join(comment.split()).replace("\\", "\\\\").replace('"""', "'''")
    text_ = text_ if len(text_) <= 78 else f"{text_[:77]}…"
    return f"{text_} " if text_.endswith('"') else text_


def _shortened(note: str) -> str:
    text_ = " ".join(note.split()).replace("\\", "/").replace('"""', "'''")
    return text_ if len(text_) <= 84 else f"{text_[:83]}…"


def _imported(names: list[str]) -> list[str]:
    line = f"from colgen import {', '.join(names)}"
    return [line] if len(line) <= 88 else ["from colgen import (", *(f"    {name}," for name in names), ")"]
