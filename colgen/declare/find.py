"""How a model is found: by the name it ships under or a plug-in gives it, or in a Python file.

A package adds a model by an entry point of the group `colgen.models`: its name, and where the `Model` is (`my_package.shop:model`).
"""

from __future__ import annotations

import copyreg
import importlib
import importlib.util
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType

from colgen.declare.model import Model
from colgen.errors import ModelError, RequestError, one_of

BUILT_IN = ("invoicing", "ecommerce", "erp")
"""The models that ship with colgen."""

GROUP = "colgen.models"


def model_names() -> list[str]:
    """The names of all models that can be found: those that ship with colgen, then those of plug-ins."""
    return list(dict.fromkeys([*BUILT_IN, *(point.name for point in entry_points(group=GROUP))]))


def find_model(name: str) -> Model:
    """A model by its name, or the one that a Python file declares, by its path.

    Raises RequestError for a name that is neither, ModelError for a file or a plug-in that does not declare exactly one model.

    >>> find_model("invoicing").default_volume
    'small'
    """
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


class _UncachedLoader(SourceFileLoader):
    """Reads a file as it stands: nothing is left beside it, and what was edited twice within a second is read again."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def _from_file(name: str) -> Model:
    path = Path(name)
    if not path.is_file():
        raise RequestError(f"there is no file {name!r}")
    module_name = f"colgen_model_{path.stem}"
    specification = importlib.util.spec_from_file_location(module_name, path, loader=_UncachedLoader(module_name, str(path.absolute())))
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    try:
        specification.loader.exec_module(module)
    except ModelError:
        raise
    except (Exception, SystemExit) as error:
        raise ModelError(f"{name} could not be read: {type(error).__name__}: {error}{_line_of(error, path)}") from error
    models = [value for value in vars(module).values() if isinstance(value, Model)]
    if len(models) != 1:
        raise ModelError(
            f"{name} declares {len(models)} models; it must declare exactly one, such as model = Model('shop', tables=[...], volumes={{...}})"
        )
    object.__setattr__(models[0], "source", str(path.resolve()))
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


def _reduced(model: Model) -> tuple[Callable[[str], Model], tuple[str]]:
    """A model is pickled by its name or file, as functions and classes are, and found again where it is unpickled."""
    try:
        findable = find_model(model.reference) is model or bool(model.source)
    except RequestError:
        findable = False
    if not findable:
        raise TypeError(f"model {model.name} cannot be sent to another process: it neither ships with colgen nor is read from a file")
    return find_model, (model.reference,)


copyreg.pickle(Model, _reduced)
