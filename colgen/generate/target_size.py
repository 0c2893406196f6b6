"""The scale at which a build has about so many bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from colgen.declare.model import Model
from colgen.errors import RequestError
from colgen.generate.estimate import estimate
from colgen.generate.spec import Spec

DIGITS = 3
"""A scale is found to so many digits: it is printed, and given again with --scale."""

_NEAR = 0.005  # an estimate that differs by less is not looked at any further
_MOST_STEPS = 8
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

    tried = {1.0: bytes_of(at_scale(1.0))}  # the bytes at each scale
    if size < tried[1.0]:
        tried[_LEAST_SCALE] = least = bytes_of(at_scale(_LEAST_SCALE))
        if size < least * (1 - _NEAR):
            raise RequestError(f"{asked}: the smallest build of {model.name} in {at_scale(1.0).format} takes about {least:,} bytes")
    for _ in range(_MOST_STEPS):
        scale = _rounded(_crossing(tried, size, asked))
        if scale in tried:
            break
        try:
            tried[scale] = bytes_of(at_scale(scale))
        except RequestError as error:
            raise RequestError(f"{asked}: {error}") from None
        if abs(tried[scale] - size) < _NEAR * size:
            break
    return at_scale(min(tried, key=lambda scale: abs(tried[scale] - size)))


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
