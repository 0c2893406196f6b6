"""What executors are sent: a generation as what it was made from, made again there, once in each process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from colgen.declare import trust
from colgen.declare.find import find_model, model_from_source
from colgen.errors import RequestError
from colgen.generate.generation import Generation
from colgen.generate.spec import Spec
from colgen.targets.manifest import Origin

_KEPT = 4
"""How many generations a process keeps, each with the small tables that it has made to look things up in."""


@dataclass(frozen=True)
class ShippedGeneration:
    """A generation on its way to other machines: small, and the same for each table of a request.

    origin : versions and spec, as JSON
    source : of a model that was read from a file, the bytes of the file
    """

    origin: str
    source: bytes | None = None

    @classmethod
    def of(cls, spec: Spec, generation: Generation) -> ShippedGeneration:
        """A generation as it is sent. Raises RequestError where its model's file has changed since it was read."""
        model, source = generation.model, None
        if model.source:
            source = Path(model.source).read_bytes()
            _check_digest(model.source, source, model.digest)
        return cls(Origin.here(spec, generation).model_dump_json(), source)

    @property
    def generation(self) -> Generation:
        """The generation, of which each process makes one. Raises RequestError where another version of colgen would make other values."""
        return _made(self)[1]

    @property
    def spec(self) -> Spec:
        return _made(self)[0]


@lru_cache(_KEPT)
def _made(shipped: ShippedGeneration) -> tuple[Spec, Generation]:
    origin = Origin.model_validate_json(shipped.origin)
    if shipped.source is None:
        model = find_model(origin.spec.model)
    else:
        _check_digest(origin.spec.model, shipped.source, origin.model_digest)
        model = model_from_source(origin.spec.model, shipped.source)
    generation = origin.spec.generation(model)
    deciding = {"colgen", "data version", *generation.libraries}  # NumPy and PyArrow give the same values in every version
    for name, (there, here) in origin.other_versions().items():
        if name in deciding:
            raise RequestError(
                f"{name} is {there} on Spark's driver and {here} on this executor: the values would differ; install the same"
            )
    return origin.spec, generation


def _check_digest(name: str, source: bytes, digest: str) -> None:
    if trust.digest_of(source) != digest:
        raise RequestError(f"the model file {name!r} has changed while it was read; read it again")
