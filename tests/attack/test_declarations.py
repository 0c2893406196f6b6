"""Models put together at random, sound and odd: what is declared holds in what is made, or is refused in words."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import colgen
from colgen import CheckFailed, Model
from tests.attack.attack import Attack, share
from tests.attack.outcomes import REFUSED, TAKEN, outcome

REFUSED_LATE = "refused late"

WHOLE = ["0", "1", "2", "3", "7", "100", "-1", "2**31", "10**11", "10**13", "2**63", "10**19"]
ODD = ["None", "True", "1.5", "'ten'", "float('nan')", "float('inf')", "[]", "{}", "object()", "Integer", "''", "-5", "2**80", "Roots"]
NUMBER = st.sampled_from(WHOLE * 3 + ODD)
SMALL = st.sampled_from(["1", "2", "3", "4"] * 4 + ODD)
REAL = st.sampled_from(["0", "0.5", "1", "3.5", "100", "1e9"] * 3 + ODD)
TYPE = st.sampled_from(
    ["Integer", "BigInteger", "Money", "Decimal(4, 2)", "Decimal(18, 0)", "Date", "Timestamp", "Boolean", "String", "Uuid", "Json", "int"]
)
NAME = st.sampled_from(["a", "b", "c", "id", "roots_id"] * 3 + ["nothing", "", "A"])


@st.composite
def columns(draw: st.DrawFn, parent: str | None, child: str | None) -> str:
    """The declaration of a column, as Python."""
    low, high, real, kind, name = draw(NUMBER), draw(NUMBER), draw(REAL), draw(TYPE), draw(NAME)
    kinds = [
        *(f"Integers({low}, {high})", f"Integers({low}, {high}, type={kind})", f"Flag({real})", f"Category(x={real}, y={high})"),
        *(f"Category({{'x': {high}, '': {real}}})", f"Drawn(Normal({real}, {real}), {kind})", f"Drawn(Exponential({real}), {kind})"),
        *(
            f"Drawn(Poisson({real}))",
            f"Drawn(Uniform({low}, {high}), {kind})",
            f"Drawn(Zipf({high}, {real}))",
            f"FixedValues({low}, {high})",
        ),
        *(f"Text('{{{name}}} {{{draw(NAME)}:{draw(st.sampled_from(['', '04d', 'mailbox', '%Y-%m-%d', 'x']))}}}')", "Day()", "Moment()"),
        *(
            f"Text('{{{name}!r}}', type={kind})",
            "CreatedAt(History())",
            f"column({kind})(lambda {draw(st.sampled_from(['a', 'id', 'draw']))}: a)",
        ),
        *(
            f"column({kind})(lambda id: id * {high})",
            f"column({kind}, unique=True)(lambda id: id // {high})",
            f"column({kind})(lambda id: id / 2)",
        ),
        *(f"ForeignKey(Roots, where={{'{name}': {low}}})", "ForeignKey(Roots)", f"ForeignKey(Roots, existing_at='{name}')", "Key()"),
        *(f"ForeignKey(Roots, popularity=Popularity(top={real}, share={real}))", f"ForeignKey(Roots, weights=[{real}, {high}])"),
    ]
    if child is not None:
        kinds += [f"Sum('{child}.{name}', {kind})", f"Count('{child}')", f"First('{child}')", f"Sum('{child}.{name}')"] * 2
    if parent is not None:
        kinds += [f"Lookup({parent}.{name})" if name.isidentifier() else f"Lookup({parent})", f"ParentKey({parent})", "Ordinal()"] * 2
        kinds += ["IsFirst()", "IsLast()", f"Running('{name}')", f"Running('{name}', {kind})"]
    return draw(st.sampled_from(kinds))


@st.composite
def tables(draw: st.DrawFn, name: str, parent: str | None, child: str | None) -> str:
    """A table of up to three columns beside its key, as Python."""
    if parent is None:
        rows = draw(st.sampled_from(["Volume('roots')"] * 6 + ["3", "Daily('roots')", "Volume('x')", "0", "None"]))
    else:
        count = draw(
            st.sampled_from(["1", "2", "Between(0, 3)", "Between(1, 'most')", "'a'", "'b'"] * 3)
            | st.sampled_from(["-1", "Between(3, 1)", "'c'"])
            | SMALL
        )
        rows = f"FanOut({parent}, {count})"
    head = draw(st.sampled_from([""] * 8 + [", keep='a'", ", keep='b'", ", hidden=True", ", name='x/y'", ", name='roots'", ", name=''"]))
    lines = [f"class {name}(Table{head}):", "    'Some rows.'", f"    rows = {rows}", "    id = Key()"]
    if parent is not None:
        lines.append(f"    parent_id = ParentKey({parent})")
    lines += [f"    {column} = {draw(columns(parent, child))}" for column in "abc"[: draw(st.integers(1, 3))]]
    return "\n".join(lines)


@st.composite
def models(draw: st.DrawFn) -> str:
    """A model of one to three tables, each fanned out from the one before, as Python."""
    names = ["Roots", "Children", "Leaves"][: draw(st.integers(1, 3))]
    below = {name: names[number + 1].lower() if number + 1 < len(names) else None for number, name in enumerate(names)}
    above = {name: names[number - 1] if number else None for number, name in enumerate(names)}
    text = "\n".join(draw(tables(name, above[name], below[name])) for name in names)
    roots = draw(st.sampled_from(["1", "5", "40"] * 5) | NUMBER.filter(lambda number: "**" not in number))
    return f"{text}\nmodel = Model('shop', tables=[{', '.join(names)}], volumes={{'few': {{'roots': {roots}, 'most': {draw(SMALL)}}}}})\n"


def executed(text: str) -> Model:
    names: dict[str, Any] = {}
    exec("from colgen import *\nfrom colgen import Uniform, Normal, Exponential, Poisson, Zipf\n" + text, names)
    model = names["model"]
    assert isinstance(model, Model)
    return model


@share(0.006)
def test_what_is_declared_holds_or_is_refused(attack: Attack, tmp_path: Path) -> None:
    def strike(given: tuple[str, str]) -> str:
        text, out = given
        declared: list[Model] = []
        try:
            if outcome(lambda: declared.append(executed(text))) == REFUSED:
                return REFUSED
        except (NameError, ValueError):  # Python's own word for a table below, and a distribution's for what it cannot draw
            return REFUSED
        except AttributeError as error:  # Python's own word for a column that a table does not have
            if not str(error).startswith("type object"):
                raise
            return REFUSED
        try:
            colgen.build(declared[0], out=tmp_path / out, check=True, constraints=True if out.endswith(".duckdb") else None)
        except CheckFailed as error:
            if (
                "is unique" in str(error) and "unique=True" in text
            ):  # what a function of the user's gives is known when it is proved, not before
                return REFUSED_LATE
            raise AssertionError(f"declared, and does not hold: {error}") from error
        except colgen.RequestError:
            return REFUSED_LATE
        finally:
            shutil.rmtree(tmp_path / "data", ignore_errors=True)
            (tmp_path / "shop.duckdb").unlink(missing_ok=True)
        return TAKEN

    attack(st.tuples(models(), st.sampled_from(["data", "data", "data", "shop.duckdb"])), strike)
