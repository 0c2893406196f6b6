"""The scale at which a build has about so many bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from colgen.declare.model import Model
from colgen.errors import RequestError
from colgen.generate.estimate import Estimate, estimate
from colgen.generate.spec import Spec

DIGITS = 3
"""A scale is found to so many digits: it is printed, and given again with --scale."""

_NEAR = 0.01  # an estimate that differs by less is not looked at any further
_MOST_STEPS = 8
_LEAST_SCALE = 1e-9  # at which every count is as small as it may be


def estimate_of_size(size: int, at_scale: Callable[[float], Spec], model: Model, workers: int, asked: str) -> Estimate:
    """What a build makes and takes at the scale at which its tables take about so many bytes on disk; its `spec` is to be built.

    size : bytes of the written tables, in the format of the request
    at_scale : the request at a scale
    workers : how many tasks may run at once; they have no influence on the scale
    asked : how the size was asked for, for messages

    The same request gives the same scale, whatever the machine: only the estimate of bytes decides. Raises RequestError where no scale gives
    that size.

    >>> from colgen.declare.find import find_model
    >>> model = find_model("invoicing")
    >>> about = estimate_of_size(5_000_000, lambda scale: Spec.of(model, scale=scale, format="csv"), model, 2, "5MB")
    >>> 4_900_000 < about.total_bytes < 5_100_000, 50 < about.spec.scale < 200
    (True, True)
    """
    tried: dict[float, Estimate] = {}

    def try_scale(scale: float) -> int:
        spec = at_scale(scale)
        tried[scale] = estimate(spec, spec.generation(model), workers)
        return tried[scale].total_bytes

    if size < try_scale(1.0) and size < (least := try_scale(_LEAST_SCALE)) * (1 - _NEAR):
        raise RequestError(f"{asked}: the smallest build of {model.name} in {tried[1.0].spec.format} takes about {least:,} bytes")
    for _ in range(_MOST_STEPS):
        scale = _rounded(_crossing({scale: about.total_bytes for scale, about in tried.items()}, size, asked))
        if scale in tried:
            break
        try:
            if abs(try_scale(scale) - size) < _NEAR * size:
                break
        except RequestError as error:
            raise RequestError(f"{asked}: {error}") from None
    return min(tried.values(), key=lambda about: abs(about.total_bytes - size))


def _crossing(tried: Mapping[float, int], size: int, asked: str) -> float:
    """Where a line through the two nearest scales that were tried has so many bytes: one below and one above, if there are."""
    below = sorted(scale for scale, bytes in tried.items() if bytes <= size)
    above = sorted(scale for scale, bytes in tried.items() if bytes > size)
    low, high = (below[-1], above[0]) if below and above else [0.0, *below, *above][-2:]
    fewer, more = tried.get(low, 0), tried[high]
    if fewer == more:
        raise RequestError(f"{asked}: it takes about {more:,} bytes at any scale; leave out what --set says of its counts")
    return max(_LEAST_SCALE, low + (size - fewer) * (high - low) / (more - fewer))


def _rounded(scale: float) -> float:
    """A scale of few digits.

    >>> _rounded(123456.0), _rounded(0.0012345)
    (123000.0, 0.00123)
    """
    return float(f"{scale:.{DIGITS}g}")
