"""Defaults from the environment, colgen.toml and pyproject.toml, each with where it came from.

A command line option takes precedence over COLGEN_NAME in the environment, that over `colgen.toml` in the current folder or the nearest one
above, that over `[tool.colgen]` in the nearest pyproject.toml that has it, and that over the built-in defaults. Only `deny` adds up.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from colgen.errors import RequestError, one_of
from colgen.targets.urls import without_password

if TYPE_CHECKING:
    from colgen.declare.model import Model


DATABASE = "database"
"""As `--out`, it stands for the environment's DATABASE_URL. Nothing else makes colgen read that."""


class Value(NamedTuple):
    """A value and where it came from: "option", "environment COLGEN_SEED", the path of a file, or "default"."""

    value: Any
    source: str

    @property
    def shown(self) -> Any:
        """The value as it may be printed."""
        return without_password(self.value) if isinstance(self.value, str) else self.value


Level = tuple[str, dict[str, Value]]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must be a text that is not empty")
    return value.strip()


def _whole_number(least: int | None = None, most: int | None = None) -> Callable[[object], int]:
    limits = "" if least is None else f", {least} or more" if most is None else f", {least} to {most}"

    def read(value: object) -> int:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not isinstance(value, int) or not whole or (least is not None and value < least) or (most is not None and value > most):
            raise ValueError(f"it must be a whole number{limits}")
        return value

    return read


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("it must be a number, such as 10 or 0.5")
    try:
        return float(value)
    except OverflowError:
        raise ValueError("it is too large") from None


def _patterns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ValueError('it must be a list of patterns, such as ["crm_*", "*.example.com"]')
    return tuple(one.strip() for one in value if one.strip())


def _style(value: object) -> str:
    styles = ("auto", "plain", "json")
    if value not in styles:
        raise ValueError(one_of(str(value), styles))
    return str(value)


KEYS: dict[str, tuple[Any, Callable[[object], Any]]] = {
    "model": ("invoicing", _text),
    "volume": (None, _text),
    "scale": (1.0, _number),
    "seed": (0, _whole_number()),
    "scenario": (None, _text),
    "out": ("data", _text),
    "schema": (None, _text),
    "format": ("parquet", _text),
    "compression": ("snappy", _text),
    "threads": (None, _whole_number(1, 1024)),
    "max_rows": (None, _whole_number(0)),
    "deny": ((), _patterns),
    "progress": ("auto", _style),
}
"""Each key's built-in default, and what reads its value. Beside them a file may have a table `settings`."""


def resolve(given: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> dict[str, Value]:
    """Every key's value and where it came from; beside them `settings.NAME` for each setting of the options and files.

    given : what the command line says, None for nothing; "settings" is a mapping
    folder : the current one, where files are looked for

    Raises RequestError for a key that there is not and for a value of a wrong kind: it names the file or the variable.
    """
    levels = [_options(given), _environment(environment), *_files(folder)]
    found = {key: next((level[key] for level in levels if key in level), Value(default, "default")) for key, (default, _) in KEYS.items()}
    denied = [level["deny"] for level in levels if "deny" in level]
    if denied:
        found["deny"] = Value(tuple(dict.fromkeys(one for value in denied for one in value.value)), ", ".join(one.source for one in denied))
    for level in reversed(levels):
        found |= {key: value for key, value in level.items() if key.startswith("settings.")}
    if found["format"].source == "option" != found["compression"].source and not _takes_compression(found["format"].value):
        found["compression"] = Value(KEYS["compression"][0], "default")  # what a file says of it is said of Parquet
    if found["out"].value == DATABASE:
        found["out"] = _database(found["out"].source, environment)
    return found


def _takes_compression(format: str) -> bool:
    from colgen.formats import takes_compression

    return takes_compression(format)


def guards(environment: Mapping[str, str], folder: Path) -> tuple[tuple[str, ...], int | None]:
    """The patterns that must not be written to, and the most rows that may be planned, as every build into a database must heed them."""
    found = resolve({}, environment, folder)
    return found["deny"].value, found["max_rows"].value


def settings(model: Model, found: Mapping[str, Value], environment: Mapping[str, str]) -> dict[str, Value]:
    """What overrides the model's settings: options, below them the environment's COLGEN_CUSTOMERS and its like, below them files.

    Raises RequestError for a setting in a file that the model has not.
    """
    names = model.settings
    chosen = {key.removeprefix("settings."): value for key, value in found.items() if key.startswith("settings.")}
    for name, value in chosen.items():
        if name not in names and value.source != "option":
            raise RequestError(f"{value.source}: settings.{name}: model {model.name} has no such setting; {one_of(name, names)}")
    for name in names:
        variable = f"COLGEN_{name.upper()}"
        if variable in environment and name not in KEYS and (name not in chosen or chosen[name].source != "option"):
            chosen[name] = Value(environment[variable], f"environment {variable}")
    return chosen


def elsewhere(found: Mapping[str, Value]) -> str:
    """The end of a message about a wrong request: where what the command line did not say came from. Nothing, if it said all."""
    sources = dict.fromkeys(value.source for value in found.values() if value.source not in ("option", "default"))
    return f" (some of it is from {', '.join(sources)}; `colgen config` shows what)" if sources else ""


def _database(source: str, environment: Mapping[str, str]) -> Value:
    """DATABASE_URL, which somebody else may have set for something else: only who types --out database gets it."""
    if source != "option":
        raise RequestError(f"{source}: out = {DATABASE!r}: only the command line may ask for DATABASE_URL, by --out {DATABASE}")
    url = environment.get("DATABASE_URL", "").strip()
    if not url:
        raise RequestError(
            f"--out {DATABASE} stands for DATABASE_URL, which the environment does not have; a folder of that name is --out ./{DATABASE}"
        )
    return Value(url, "environment DATABASE_URL")


def _read(key: str, value: object, blame: str) -> Any:
    try:
        return KEYS[key][1](value)
    except ValueError as error:
        raise RequestError(f"{blame}{value!r}: {error}") from None


def _options(given: Mapping[str, Any]) -> dict[str, Value]:
    """What the command line says; its texts are judged by who uses them."""
    level: dict[str, Value] = {}
    for key, value in given.items():
        if key == "settings":
            level |= {f"settings.{name}": Value(number, "option") for name, number in value.items() if number is not None}
        elif value is not None:
            level[key] = Value(value if isinstance(value, str) else _read(key, value, f"--{key.replace('_', '-')} "), "option")
    return level


def _environment(environment: Mapping[str, str]) -> dict[str, Value]:
    level: dict[str, Value] = {}
    for key, (_, reader) in KEYS.items():
        variable = f"COLGEN_{key.upper()}"
        if variable in environment:
            text = environment[variable].strip()
            value = text if reader in (_text, _style) else text.split(",") if reader is _patterns else _numeral(text)
            read = _read(key, value, f"{variable} = ")
            level[key] = Value(os.path.expanduser(read) if key == "out" else read, f"environment {variable}")
    return level


def _numeral(text: str) -> int | float | str:
    """The number that a text stands for; the text, where it stands for none."""
    if re.fullmatch(r"[+-]?[0-9][0-9_]{0,29}", text):
        return int(text.replace("_", ""))
    try:
        return float(text)
    except ValueError:
        return text


def _files(folder: Path) -> Iterator[dict[str, Value]]:
    """What colgen.toml says, and what pyproject.toml says: of each, the nearest in the folder or above it."""
    for name, section in (("colgen.toml", ()), ("pyproject.toml", ("tool", "colgen"))):
        for place in (folder, *folder.parents):
            file = place / name
            table = _table(file, section) if os.path.isfile(file) else None
            if table is not None:
                _refuse_foreign(file, folder)
                yield dict(_values(table, file, folder))
                break


def _table(file: Path, section: Sequence[str]) -> dict[str, Any] | None:
    """A file's table for colgen; None if it has none."""
    try:
        found: Any = tomllib.loads(file.read_bytes().decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"{file} is not valid TOML: {error}") from None
    except OSError as error:
        raise RequestError(f"{file} could not be read: {os.strerror(error.errno or 0).lower()}") from None
    for name in section:
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    if not isinstance(found, dict):
        raise RequestError(f"{file}: {'.'.join(section)} must be a table, [{'.'.join(section)}]")
    return found


def _refuse_foreign(file: Path, folder: Path) -> None:
    """A file says which Python file is run, so nobody else's file holds in a folder of mine, such as one in /tmp."""
    if file.parent != folder and file.stat().st_uid not in (os.getuid(), 0, folder.stat().st_uid):
        raise RequestError(f"{file} belongs to another user and lies above the current folder; if you trust it, copy it into this one")


def _values(table: Mapping[str, Any], file: Path, folder: Path) -> Iterator[tuple[str, Value]]:
    source = str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)
    for key, value in table.items():
        if key == "settings":
            for name, number in _table_of_settings(value, source):
                yield f"settings.{name}", Value(number, source)
        elif key not in KEYS:
            raise RequestError(f"{source}: there is no key {key!r}; {one_of(key, [*KEYS, 'settings'])}")
        else:
            yield key, Value(_placed(key, _read(key, value, f"{source}: {key} = "), file.parent, folder), source)


def _table_of_settings(value: object, source: str) -> Iterator[tuple[str, int]]:
    if not isinstance(value, dict):
        raise RequestError(f"{source}: settings = {value!r}: it must be a table, such as settings = {{ customers = 500 }}")
    for name, number in value.items():
        if isinstance(number, bool) or not isinstance(number, int):
            raise RequestError(f"{source}: settings.{name} = {number!r}: it must be a whole number")
        yield name, number


def _placed(key: str, value: Any, beside: Path, folder: Path) -> Any:
    """A path in a file is one from the file's folder."""
    is_path = {"out": "://" not in str(value) and value != DATABASE, "model": str(value).endswith(".py")}
    if not is_path.get(key, key == "scenario" and str(value).endswith((".yaml", ".yml"))):
        return value
    path = os.path.expanduser(value)
    return path if beside == folder else str(beside / path)
