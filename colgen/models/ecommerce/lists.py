"""The shop's own vocabulary, the world's, and how a word is chosen from a list that depends on the row."""

from pathlib import Path

import numpy as np

from colgen import vocabulary

LISTS = vocabulary.Lists(Path(__file__).with_name("data"))
WORLD = vocabulary.world()

_BITS = 12


def cells(weights):
    """For each row of weights, 4,096 cells that are dealt out to its columns in proportion, one row after the other."""
    size = 1 << _BITS
    exact = weights * (size / np.cumsum(weights, axis=1)[:, -1:])
    dealt = np.floor(exact).astype(np.int64)
    for row, rest in zip(dealt, exact - dealt, strict=True):
        row[np.argsort(-rest, kind="stable")[: size - row.sum()]] += 1
    columns = np.tile(np.arange(weights.shape[1], dtype=np.int8), len(weights))
    return columns.repeat(dealt.reshape(-1))


def chosen(table, row, draw):
    """A column for each row number, drawn from the cells of `table`: int8."""
    return table.take((row << _BITS) + (draw.bits(16) >> 16 - _BITS))
