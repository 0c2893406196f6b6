"""How a model is found: by the name it ships under or a plug-in gives it, or in a Python file.

A package adds a model by an entry point of the group `colgen.models`: its name, and where the `Model` is (`my_package.shop:model`).

A Python file is executed because the user names it, never because a manifest does (`model_of_build`).
"""

from __future__ import annotations

import copyreg
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType
from typing import Any

from colgen.declare import trust
from colgen.declare.model import Model
from colgen.errors import ModelError, RequestError, one_of

BUILT_IN = ("invoicing", "ecommerce", "erp")
"""The models that ship with colgen."""

GROUP = "colgen.models"


def model_names() -> list[str]:
    """The names of all models that can be found: those that ship with colgen, then those of plug-ins."""
    return list(dict.fromkeys([*BUILT_IN, *(point.name for point in entry_points(group=GROUP))]))


def find_model(name: str | os.PathLike[str]) -> Model:
    """A model by its name, or the one that a Python file declares, by its path. The file is executed: whoever calls this was told to by the user.

    Raises RequestError for a name that is neither, ModelError for a file or a plug-in that does not declare exactly one model.

    >>> find_model("invoicing").default_volume
    'small'
    """
    if isinstance(name, Path):
        name = str(name)
    if not isinstance(name, str):
        raise RequestError(f"model {name!r}: give a name such as 'invoicing', the path of a Python file, or a Model")
    if name in BUILT_IN:
        return importlib.import_module(f"colgen.models.{name}").model
    if name.endswith(".py"):
        return _from_file(name)
    for point in entry_points(group=GROUP, name=name):
        model = point.load()
        if not isinstance(model, Model):
            raise ModelError(f"the plug-in {point.value} gives a {type(model).__name__} for the model {name!r}, not a Model")
        return model
    raise RequestError(f"there is no model {name!r}; {one_of(name, model_names())}; or give the path of a Python file that declares one")


def model_of_build(name: str, digest: str) -> Model:
    """The model of a finished build, by what its manifest says of it, which may be a stranger's.

    name : as the manifest has it: that of a model that ships with colgen or that a plug-in adds, or the path of a Python file
    digest : of that file, as it was when the build was made

    Raises RequestError for a file that has changed since, or that this user has not named before: nothing of it is executed.
    """
    if not name.endswith(".py"):
        return find_model(name)
    source = _source_of(name)
    if trust.digest_of(source) != digest:
        raise RequestError(
            f"the model file {name!r} is not what it was when the build was made; to use it as it is now, add {_named(name)}"
        )
    if not trust.is_known(digest):
        raise RequestError(
            f"the manifest names the model file {name!r}, which you have not run before; a manifest may come from anywhere, so nothing is "
            f"executed because it says so; if you trust the file, add {_named(name)}"
        )
    return _executed(name, source)


def model_from_source(name: str, source: bytes) -> Model:
    """The model that a file declares, from its bytes, on a machine that need not have it: for workers, which are sent what a user has named.

    name : the path that it was read from

    Raises ModelError where the bytes do not declare exactly one model.
    """
    return _executed(name, source)


def _named(path: str) -> str:
    return f"--model {path} (in Python: model={path!r})"


def _source_of(name: str) -> bytes:
    """The bytes of a model file. RequestError where there is none."""
    path = Path(name)
    try:
        if path.is_file():
            return path.read_bytes()
    except (OSError, ValueError) as error:
        raise RequestError(f"{name!r} could not be read: {getattr(error, 'strerror', None) or error}") from None
    raise RequestError(f"there is no file {name!r}")


class _SourceLoader(SourceFileLoader):
    """Executes what was read: nothing is left beside the file, and what was edited twice within a second is read again."""

    def __init__(self, name: str, path: str, source: bytes) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self._source, self.path)


def _from_file(name: str) -> Model:
    """The model of a file that the user has named, which is remembered."""
    source = _source_of(name)
    model = _executed(name, source)
    trust.remember(model.digest)
    return model


def _executed(name: str, source: bytes) -> Model:
    path = Path(name)
    module_name = f"colgen_model_{path.stem}"
    specification = importlib.util.spec_from_file_location(
        module_name, path, loader=_SourceLoader(module_name, str(path.absolute()), source)
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    try:
        specification.loader.exec_module(module)
    except ModelError:
        raise
    except (Exception, SystemExit) as error:
        raise ModelError(f"{name} could not be read: {type(error).__name__}: {error}{_line_of(error, path)}{_exported(error)}") from error
    models = [value for value in vars(module).values() if isinstance(value, Model)]
    if len(models) != 1:
        raise ModelError(
            f"{name} declares {len(models)} models; it must declare exactly one, such as model = Model('shop', tables=[...], volumes={{...}})"
        )
    object.__setattr__(models[0], "source", str(path.resolve()))
    object.__setattr__(models[0], "digest", trust.digest_of(source))
    return models[0]


def _line_of(error: BaseException, path: Path) -> str:
    """Where in the user's file the error arose; a syntax error says so itself."""
    if isinstance(error, SyntaxError):
        return ""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path.absolute()):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" (line {line})" if line else ""


def _exported(error: BaseException) -> str:
    """Where a name comes from that the user's file has forgotten to import."""
    if isinstance(error, NameError) and error.name in sys.modules["colgen"].__all__:
        return f"; write `from colgen import {error.name}`"
    return ""


def _reduced(model: Model) -> tuple[Callable[..., Model], tuple[Any, ...]]:
    """A model is pickled by its name, as functions and classes are; one of a file as the file's bytes, which another machine need not have.

    Raises RequestError for a model that neither has a name nor is read from a file, and for a file that has changed since it was read.
    """
    if model.source:
        source = _source_of(model.source)
        if trust.digest_of(source) != model.digest:
            raise RequestError(f"the model file {model.source!r} has changed since it was read; start again")
        return model_from_source, (model.source, source)
    try:
        findable = find_model(model.reference) is model
    except RequestError:
        findable = False
    if not findable:
        raise RequestError(
            f"model {model.name} cannot be sent to another process: it neither ships with colgen nor is read from a file; give the path of its file"
        )
    return find_model, (model.reference,)


copyreg.pickle(Model, _reduced)
