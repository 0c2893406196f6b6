"""The scale at which a build has about so many bytes."""

from __future__ import annotations

from collections.abc import Callable

from colgen.declare.model import Model
from colgen.errors import RequestError
from colgen.generate.estimate import estimate
from colgen.generate.spec import Spec

DIGITS = 3
"""A scale is found to so many digits: it is printed, and given again with --scale."""

_NEAR = 0.005  # an estimate that differs by less is not looked at any further
_MOST_STEPS = 6
_LEAST_SCALE = 1e-9  # at which every count is as small as it may be


def spec_of_size(size: int, at_scale: Callable[[float], Spec], model: Model, asked: str) -> Spec:
    """The request, at the scale at which its tables take about so many bytes on disk.

    size : bytes of the written tables, in the format of the request
    at_scale : the request at a scale
    asked : how the size was asked for, for messages

    The same request gives the same scale, whatever the machine: only the estimate of bytes decides. Raises RequestError where no scale gives
    that size.

    >>> from colgen.declare.find import find_model
    >>> model = find_model("invoicing")
    >>> spec = spec_of_size(5_000_000, lambda scale: Spec.of(model, scale=scale, format="csv"), model, "5MB")
    >>> 50 < spec.scale < 200
    True
    """

    def bytes_of(spec: Spec) -> int:
        return estimate(spec, spec.generation(model), 1).total_bytes

    spec = at_scale(1.0)
    tried = [(1.0, bytes_of(spec))]
    if size < tried[0][1]:
        least = at_scale(_LEAST_SCALE)
        tried.insert(0, (_LEAST_SCALE, bytes_of(least)))
        if size < tried[0][1] * (1 - _NEAR):
            raise RequestError(f"{asked}: the smallest build of {model.name} in {spec.format} takes about {tried[0][1]:,} bytes")
    for _ in range(_MOST_STEPS):
        (low, fewer), (high, more) = tried[-2:] if len(tried) > 1 else [(0.0, 0), tried[0]]
        if fewer == more:
            raise RequestError(f"{asked}: it takes about {more:,} bytes at any scale; leave out what --set says of its counts")
        scale = _rounded(max(_LEAST_SCALE, low + (size - fewer) * (high - low) / (more - fewer)))
        if scale in (low, high):
            break
        try:
            spec = at_scale(scale)
        except RequestError as error:
            raise RequestError(f"{asked}: {error}") from None
        tried.append((scale, bytes_of(spec)))
        if abs(tried[-1][1] - size) < _NEAR * size:
            break
    scale, _ = min(tried, key=lambda one: abs(one[1] - size))
    return at_scale(scale)


def _rounded(scale: float) -> float:
    """A scale of few digits.

    >>> _rounded(123456.0), _rounded(0.0012345)
    (123000.0, 0.00123)
    """
    return float(f"{scale:.{DIGITS}g}")
