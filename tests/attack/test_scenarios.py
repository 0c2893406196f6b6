"""Files of scenarios: each is taken and gives a model its conditions, or each mistake is named with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

import colgen
from colgen import Scenario
from colgen.declare.find import find_model
from colgen.scenario.scenario import SCENARIOS, problems
from tests.attack.attack import Attack, share
from tests.attack.mutations import mutated
from tests.attack.outcomes import TAKEN, assert_for_people, outcome

MODELS = ("invoicing", "ecommerce", "erp")


def shipped() -> list[Any]:
    return [{"name": name, **Scenario.read(name).stated()} for name in SCENARIOS]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A scenario with a few things changed, as YAML; at times with letters changed, too."""
    text = yaml.safe_dump(draw(mutated(st.sampled_from(shipped()))), allow_unicode=True, sort_keys=False)
    if not draw(st.integers(0, 4)):
        place = draw(st.integers(0, len(text)))
        text = (
            text[:place]
            + draw(st.sampled_from(["\t", ":", "- ", "!!python/object:os.system ", "&a [*a]", "\0", "{", "'", "\n  "]))
            + text[place:]
        )
    return text


@share(0.004)
def test_a_scenario_is_taken_or_refused(attack: Attack, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"

    def strike(given: tuple[str, str]) -> str:
        text, name = given
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        model = find_model(name)
        came = outcome(lambda: colgen.build(model, scenario=file, seed=1).spec.scenario.conditions(model))  # type: ignore[union-attr]
        for problem in problems(file, model):
            assert_for_people(problem)
            assert came != TAKEN
        return came

    attack(st.tuples(texts(), st.sampled_from(MODELS)), strike)
