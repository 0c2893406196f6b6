"""What was written, proved: DuckDB runs every invariant on it, out of core, and shows the rows that offend."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from colgen.audit.cleaned import cleaned
from colgen.audit.invariants import queries, reference_tables
from colgen.audit.proofs import Query, proved, scans
from colgen.audit.reading import add_tables, texts
from colgen.declare.answer_key import ANSWER_KEY
from colgen.declare.model import Model
from colgen.engines.progress import Ended, Progress, Proving, StageStarted, no_progress
from colgen.errors import ColgenError
from colgen.targets.finished import FinishedBuild, read_build
from colgen.targets.manifest import Manifest
from colgen.targets.sql import answer, limit, quoted

if TYPE_CHECKING:
    import duckdb

Item = TypeVar("Item")

OFFENDERS = 5
"""How many offending rows are shown."""


UNPROVABLE = ("error",)
"""The columns of the outcome of a rule that cannot be proved; in its one row stands why."""


@dataclass(frozen=True)
class Outcome:
    """Whether a rule holds.

    violations : how many rows offend
    columns, rows : up to five of them
    """

    table: str
    rule: str
    holds: bool
    violations: int = 0
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


class CheckFailed(ColgenError):
    """The data broke a rule, and was not published.

    advice : why that may be, and what to do
    """

    def __init__(self, outcomes: tuple[Outcome, ...], advice: str = "") -> None:
        self.outcomes = outcomes
        broken = [f"{outcome.table}: {outcome.rule}" for outcome in outcomes if not outcome.holds]
        super().__init__(
            f"{len(broken)} of {len(outcomes)} checks failed, and nothing was published: "
            + "; ".join([*broken, *([advice] if advice else [])])
        )


def check(
    path: str | Path,
    model: Model | None = None,
    schema: str | None = None,
    *,
    threads: int | None = None,
    max_memory: int | None = None,
    progress: Progress = no_progress,
) -> Iterator[Outcome]:
    """Proves every rule on a finished build, one outcome each.

    path : a folder, or a DuckDB file
    schema : of a file that holds several builds, which one
    threads, max_memory, progress : as `check_build` has them
    """
    build = read_build(path, schema)
    yield from check_build(build, model or build.manifest.find_model(), threads=threads, max_memory=max_memory, progress=progress)


def prove_build(
    build: FinishedBuild, model: Model, *, threads: int | None = None, max_memory: int | None = None, progress: Progress = no_progress
) -> tuple[Outcome, ...]:
    """The outcomes of all rules on a build of which nothing else is made. CheckFailed where one does not hold.

    The arguments are those of `check_build`.
    """
    progress(StageStarted("checking"))
    try:
        outcomes = tuple(check_build(build, model, threads=threads, max_memory=max_memory, progress=progress))
    finally:
        progress(Ended())
    if not all(outcome.holds for outcome in outcomes):
        raise CheckFailed(outcomes)
    return outcomes


def check_build(
    build: FinishedBuild,
    model: Model,
    *,
    threads: int | None = None,
    max_memory: int | None = None,
    progress: Progress = no_progress,
) -> Iterator[Outcome]:
    """Proves every rule on a build that is finished, or about to be published.

    threads : how many queries use at once; one for each core if None
    max_memory : what queries may use before they spill to disk, in bytes; 80 % of the machine's if None
    progress : told what is being proved (`Proving`)

    A part that the manifest names and that is missing or cannot be read is an offender too. ColgenError where there is not enough memory or
    disk.
    """
    missing, part = build.missing, "part" if build.schema is None else "table"
    offenders = tuple((name,) for name in missing[:OFFENDERS])
    yield Outcome("*", f"every {part} is there", not missing, len(missing), ("file" if part == "part" else part,), offenders)
    if missing:
        return
    if differing := list(build.manifest.differences(model)):
        yield Outcome(
            "*",
            f"tables and columns are those of the model {model.name}",
            False,
            len(differing),
            ("place", "reason"),
            tuple(differing[:OFFENDERS]),
        )
        return
    if build.unlisted:
        files = tuple((file,) for file in build.unlisted[:OFFENDERS])
        yield Outcome("*", "no other file lies among the parts", False, len(build.unlisted), ("file",), files)
    connection = build.open()
    limit(connection, threads, max_memory)
    doubtful, unreadable = set(), []
    for trouble in add_tables(connection, build, progress):
        if trouble.error is None:
            doubtful.add(trouble.table)
        else:
            unreadable.append(trouble.table)
            yield _unprovable(trouble.table, "its parts can be read", _first_line(trouble.error))
    with ExitStack() as while_clean:
        queries_of_defects, seen = list[Query](), build.manifest
        if build.manifest.spec.defects and ANSWER_KEY.name not in unreadable:
            try:
                queries_of_defects, seen = while_clean.enter_context(cleaned(connection, build.manifest, model))
            except Exception as error:  # DuckDB's words for a file whose cells cannot be read
                yield _unprovable(ANSWER_KEY.name, "its rows can be read", _first_line(error))
        yield from (_judged(connection, query, unreadable) for query in queries_of_defects)
        yield from prove(connection, seen, model, progress, doubtful, unreadable)


def prove(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    model: Model,
    progress: Progress = no_progress,
    doubtful: Collection[str] = (),
    unreadable: Sequence[str] = (),
) -> Iterator[Outcome]:
    """Proves every rule on the tables that a connection sees under their own names, one outcome each.

    doubtful : tables some of whose cells are not values of their types: each of their rules says for itself what it finds
    unreadable : tables that the connection does not see
    """
    wanted = list(queries(manifest, model))
    sound = [query for query in wanted if query.table not in doubtful]
    planned = scans(sound)
    steps = _Steps(progress, len(planned) + sum(query.proof is None for query in sound))
    with texts(connection), _reference_tables(connection, model, sound):
        held = proved(connection, (steps.next(scan, scan.table) for scan in planned))
        left = [query for query in sound if query not in held]
        steps.are(len(planned) + len(left))
        held |= {query for query in left if _holds(connection, steps.next(query, query.name))}
    if len(held) == len(wanted):
        yield from (Outcome(query.table, query.rule, True) for query in wanted)
        return
    unclear = [query for query in wanted if query not in held]
    steps.are(steps.done + len(unclear))
    with _reference_tables(connection, model, unclear):  # as the columns are declared, where `texts` may have read them otherwise
        for query in wanted:
            yield (
                Outcome(query.table, query.rule, True) if query in held else _judged(connection, steps.next(query, query.name), unreadable)
            )


class _Steps:
    """Tells how far the proof is."""

    def __init__(self, progress: Progress, steps: int) -> None:
        self._progress, self._steps, self.done = progress, steps, 0

    def are(self, steps: int) -> None:
        """Corrects how many there are."""
        self._steps = steps

    def next(self, item: Item, what: str) -> Item:
        """The item, the next one to be worked on."""
        self._progress(Proving(what, self.done, self._steps))
        self.done += 1
        return item


@contextmanager
def _reference_tables(connection: duckdb.DuckDBPyConnection, model: Model, queries: Sequence[Query]) -> Iterator[None]:
    """The reference tables that some rules read, for as long as this lasts."""
    needed = reference_tables((sql for query in queries for sql in (query.sql, query.select)), model)
    for name, reference in needed.items():
        if not isinstance(reference, str):
            connection.register(name, reference)
            continue
        with suppress(Exception):  # it reads a table that is not there, or a cell that is not a value: so do the rules that read it
            answer(connection, f"CREATE TEMP TABLE {quoted(name)} AS {reference}")
    try:
        yield
    finally:
        for name, reference in needed.items():
            if isinstance(reference, str):
                connection.execute(f"DROP TABLE IF EXISTS temp.{quoted(name)}")
            else:
                connection.unregister(name)


def _holds(connection: duckdb.DuckDBPyConnection, query: Query) -> bool:
    """Whether no row offends against a rule; False where that cannot be told."""
    with suppress(Exception):
        return not answer(connection, f"SELECT 1 FROM ({query.select or query.sql}) LIMIT 1").num_rows
    return False


def _judged(connection: duckdb.DuckDBPyConnection, query: Query, unreadable: Sequence[str]) -> Outcome:
    """What a rule's own SQL says."""
    import duckdb

    try:
        result = answer(connection, f"SELECT * FROM ({query.sql}) LIMIT {OFFENDERS}")
        columns, rows = tuple(result.column_names), tuple(tuple(row.values()) for row in result.to_pylist())
        total = len(rows)
        if total == OFFENDERS:  # another pass only where something is wrong
            total = answer(connection, f"SELECT count(*) AS total FROM ({query.sql})")["total"][0].as_py()
    except ColgenError:
        raise
    except Exception as error:  # a cell that is not a value of its type
        if unreadable and isinstance(error, duckdb.CatalogException):
            return _unprovable(query.table, query.rule, f"not proved, for want of {' and '.join(unreadable)}")
        return _unprovable(query.table, query.rule, _first_line(error))
    return Outcome(query.table, query.rule, False, total, columns, rows) if rows else Outcome(query.table, query.rule, True)


def _unprovable(table: str, rule: str, reason: str) -> Outcome:
    return Outcome(table, rule, False, 1, UNPROVABLE, ((reason,),))


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0]
