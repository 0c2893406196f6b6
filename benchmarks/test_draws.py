"""Draws and distributions: nanoseconds per row, in `extra_info`."""

import numpy as np
import pytest

from benchmarks.made import timed
from colgen.draws.distributions import Choice, DiscreteUniform, Empirical, Exponential, LogNormal, Normal, Poisson, Uniform
from colgen.draws.draw import Draw, key
from colgen.draws.shuffle import Shuffle
from colgen.draws.zipf import Zipf

ROWS = 1 << 18

DRAWS = {
    "bits": lambda draw: draw.bits(),
    "32 bits": lambda draw: draw.bits(32),
    "16 bits": lambda draw: draw.bits(16),
    "uniform": lambda draw: draw.uniform(),
    "chance": lambda draw: draw.chance(0.3),
    "below 100": lambda draw: draw.below(100),
    "below 200,000": lambda draw: draw.below(200_000),
    "shuffle": lambda draw: draw(Shuffle(200_000))(draw.below(200_000)),
}

DISTRIBUTIONS = [
    DiscreteUniform(1, 50),
    Uniform(),
    Choice((70, 20, 10)),
    Normal(),
    LogNormal(),
    Exponential(),
    Poisson(3),
    Poisson(10_000),
    Empirical(np.arange(1000)),
    Zipf(1.05, 1000),
    Zipf(1.05, 10_000_000),
]


def name(distribution):
    return type(distribution).__name__ if isinstance(distribution, Empirical) else repr(distribution)


@pytest.mark.benchmark(group="draws")
@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_draw(benchmark, draw):
    timed(benchmark, ROWS, lambda: draw(Draw(key("benchmark"), 1, ROWS)), rounds=20)


@pytest.mark.benchmark(group="draws at any ids")
def test_draw_at_ids(benchmark):
    ids = Draw(key("ids"), 1, ROWS).below(10**9)
    timed(benchmark, ROWS, lambda: Draw(key("benchmark"), ids=ids).bits(), rounds=20)


@pytest.mark.benchmark(group="distributions")
@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=name)
def test_distribution(benchmark, distribution):
    timed(benchmark, ROWS, lambda: Draw(key("benchmark"), 1, ROWS)(distribution), rounds=20)
