"""What must hold in a model's data, as SQL that gives the offending rows: derived from the declarations, and the model's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyarrow as pa

from colgen.audit.conditions import offenders, proof_of, readings
from colgen.audit.of_columns import of_column
from colgen.audit.of_relations import expected_rows, has_rows, of_relations
from colgen.audit.proofs import Query, Whole
from colgen.declare.conditions import Conditions
from colgen.declare.keys import unique_sets
from colgen.declare.model import Model
from colgen.declare.rules import Rule
from colgen.declare.table import TableInfo
from colgen.errors import ModelError
from colgen.targets.manifest import Manifest
from colgen.targets.sql import quoted


def queries(manifest: Manifest, model: Model) -> Iterator[Query]:
    """Every rule as a query; those that read a table or a column that was not written are left out."""
    written = set(manifest.tables)
    for table in model.written:
        if table.name in written:
            yield from _of_table(table, manifest, model)
    for rule in model.rules:
        if _needed(rule, model) <= written:
            yield _own_rule(rule, manifest, model)


def unproved(manifest: Manifest, model: Model) -> Iterator[str]:
    """What somebody may take for promised, and no rule proves: in words, by table."""
    for table in model.written:
        if table.name in manifest.tables and not unique_sets(table):
            yield f"{table.name} has no written key: that its rows differ from one another is neither promised nor proved"


def _of_table(table: TableInfo, manifest: Manifest, model: Model) -> Iterator[Query]:
    rows = '"(rows)"'  # in parentheses, so that no column of a model has the same name
    expected = expected_rows(table, manifest)
    yield Query(
        table.name,
        has_rows(expected),
        f"SELECT * FROM (SELECT count(*) AS {rows} FROM {quoted(table.name)}) WHERE {rows} <> {expected}",
        Whole(f"count(*) = {expected}"),
    )
    for column in table.written_columns:
        yield from of_column(table, column, manifest)
    yield from of_relations(table, manifest, model)


def _conditions_of(manifest: Manifest, model: Model) -> Conditions:
    """The rates, shares and times of a build's scenario."""
    scenario = manifest.spec.scenario
    return scenario.conditions(model) if scenario is not None else model.conditions


def _mentions(sql: str, name: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", sql) is not None


def reference_tables(texts: Iterable[str], model: Model) -> dict[str, pa.Table | str]:
    """The reference tables that some SQL reads, and those that these read, which stand before them."""
    texts, needed = list(texts), []
    for name, reference in reversed(list(model.reference_tables.items())):
        if any(_mentions(text, name) for text in texts):
            needed.append((name, reference))
            texts += [reference] if isinstance(reference, str) else []
    return dict(reversed(needed))


def _is_select(rule: Rule) -> bool:
    return rule.sql.lstrip().upper().startswith(("SELECT", "WITH"))


def _needed(rule: Rule, model: Model) -> set[str]:
    """The names of the written tables that a rule reads."""
    texts = [rule.sql, rule.proof]
    texts += [sql for sql in reference_tables(texts, model).values() if isinstance(sql, str)]
    needed = {table.name for table in model.written for text in texts if _mentions(text, table.name)} | {rule.of.name}
    if not _is_select(rule):
        needed |= {partner.table for reading in readings(rule, model).values() for partner in reading.partners}
    return needed


def _own_rule(rule: Rule, manifest: Manifest, model: Model) -> Query:
    """A rule of the model's own."""
    conditions = _conditions_of(manifest, model)

    def filled(sql: str) -> str:
        return _filled(sql, manifest, conditions)

    if _is_select(rule):
        return Query(rule.of.name, rule.description, filled(rule.sql), select=filled(rule.proof))
    return Query(rule.of.name, rule.description, filled(offenders(rule, model)), proof_of(rule, model, filled))


def _filled(sql: str, manifest: Manifest, scenario: Conditions) -> str:
    """The settings of the spec, the rates of its scenario and the period put in for `$name`."""
    known: dict[str, str] = {name: str(value) for name, value in manifest.spec.settings.items()}
    known |= {name: str(value) for name, value in scenario.rates.items()} | {"anomaly_rate": str(scenario.anomaly_rate)}
    known |= {"start": f"DATE '{manifest.spec.first_day}'", "end": f"DATE '{manifest.spec.last_day}'"}

    def value(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise ModelError(f"a rule names ${match[1]}; there are {', '.join('$' + name for name in known)}")
        return known[match[1]]

    return re.sub(r"\$([A-Za-z_]\w*)", value, sql)
