"""Defaults from the environment, colgen.toml and pyproject.toml; each is kept with its source.

In descending order of precedence: a command line option; COLGEN_NAME in the environment; `colgen.toml` in the current folder or the nearest
folder above it; `[tool.colgen]` in the nearest pyproject.toml that has it; the built-in default. Only the patterns of `deny` are combined
from all of these.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from colgen.arguments import MOST_THREADS, memory, number, numeral, size, whole_number
from colgen.errors import RequestError, one_of
from colgen.targets.urls import without_password

if TYPE_CHECKING:
    from colgen.declare.model import Model


DATABASE = "database"
"""`--out database` stands for the environment variable DATABASE_URL, which colgen never reads otherwise."""


class Value(NamedTuple):
    """A value with its source: "option", "environment COLGEN_SEED", the path of a file, or "default"."""

    value: Any
    source: str

    @property
    def shown(self) -> Any:
        """The value in a form that may be printed: URLs without passwords."""
        if isinstance(self.value, dict):
            return {name: without_password(url) for name, url in self.value.items()}
        return without_password(self.value) if isinstance(self.value, str) else self.value


Level = tuple[str, dict[str, Value]]


def current_folder() -> Path:
    """The current folder. RequestError where it is gone."""
    try:
        return Path.cwd()
    except OSError:
        raise RequestError("the current folder is gone; change to one that is there") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must be text that is not empty")
    return value.strip()


def _patterns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(pattern, str) for pattern in value):
        raise ValueError('it must be a list of patterns, such as ["crm_*", "*.example.com"]')
    return tuple(pattern.strip() for pattern in value if pattern.strip())


def _databases(value: object) -> dict[str, str]:
    example = '{ staging = "postgresql://localhost/staging" }'
    if not isinstance(value, dict) or not all(
        re.fullmatch(r"\w[\w.-]{0,99}", name) and isinstance(url, str) for name, url in value.items()
    ):
        raise ValueError(f"it must be a table of names and URLs, such as {example}")
    if wrong := [name for name, url in value.items() if not url.startswith(("postgresql://", "postgres://"))]:
        raise ValueError(f"{wrong[0]} must be the URL of a PostgreSQL database, such as {example}")
    return dict(value)


def _style(value: object) -> str:
    styles = ("auto", "plain", "json")
    if value not in styles:
        raise ValueError(one_of(str(value), styles))
    return str(value)


KEYS: dict[str, tuple[Any, Callable[[object], Any]]] = {
    "model": ("invoicing", _text),
    "volume": (None, _text),
    "scale": (1.0, number),
    "target_size": (None, size),
    "seed": (0, whole_number()),
    "scenario": (None, _text),
    "out": ("data", _text),
    "schema": (None, _text),
    "format": ("parquet", _text),
    "compression": ("snappy", _text),
    "encoding": ("compact", _text),
    "table_format": (None, _text),
    "threads": (None, whole_number(1, MOST_THREADS)),
    "max_memory": (None, memory),
    "engine": ("auto", _text),
    "address": (None, _text),
    "max_rows": (None, whole_number(0)),
    "deny": ((), _patterns),
    "databases": ({}, _databases),
    "progress": ("auto", _style),
}
"""For each key its built-in default, and the function that reads and checks its value. A file may also have a table `settings`."""


def resolve(given: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> dict[str, Value]:
    """The value of every key with its source, and `settings.NAME` for each setting in the options and files.

    given : the options of the command line, None where one is not given; "settings" is a mapping
    environment : the environment variables of the process
    folder : the current folder, from which files are searched upwards

    Raises RequestError for an unknown key or an invalid value, and names the file or variable that it is in.
    """
    levels = [_options(given), _environment(environment), *_files(folder)]
    values = {key: next((level[key] for level in levels if key in level), Value(default, "default")) for key, (default, _) in KEYS.items()}
    _choose_size(values, levels)
    denied = [level["deny"] for level in levels if "deny" in level]
    if denied:
        patterns = dict.fromkeys(pattern for level in denied for pattern in level.value)
        values["deny"] = Value(tuple(patterns), ", ".join(level.source for level in denied))
    for level in reversed(levels):
        values |= {key: value for key, value in level.items() if key.startswith("settings.")}
    if values["format"].source == "option":  # a compression or an encoding in a file is meant for Parquet
        for key in _meaningless_for(values["format"].value):
            if values[key].source != "option":
                values[key] = Value(KEYS[key][0], "default")
    if values["out"].value == DATABASE:
        values["out"] = _database(values["out"].source, environment)
    return values


def _choose_size(values: dict[str, Value], levels: Sequence[Mapping[str, Value]]) -> None:
    """Of `scale` and `target_size`, which say the same, the one that takes precedence. RequestError where one place gives both."""
    for level in levels:
        given = [key for key in ("scale", "target_size") if key in level]
        if len(given) == 2:
            scale, size = (level[key] for key in given)
            where = (
                "--scale and --target-size"
                if scale.source == "option"
                else ", ".join(dict.fromkeys((scale.source, size.source))) + ": scale and target_size"
            )
            raise RequestError(f"{where}: a target size finds the scale; leave one of them out")
        if given:
            other = "target_size" if given == ["scale"] else "scale"
            values[other] = Value(KEYS[other][0], "default")
            return


def _meaningless_for(format: str) -> list[str]:
    """The keys that say what is written of Parquet, or over it, and that another format does not have."""
    from colgen.formats import choices_of

    choices = choices_of(format)
    return [key for key in ("compression", "encoding", "table_format") if not choices.get(key)]


def guards(environment: Mapping[str, str], folder: Path) -> tuple[tuple[str, ...], int | None]:
    """The limits that every build into a database must respect: the patterns in `deny`, and the most rows that may be planned."""
    values = resolve({}, environment, folder)
    return values["deny"].value, values["max_rows"].value


def settings(model: Model, values: Mapping[str, Value], environment: Mapping[str, str]) -> dict[str, Value]:
    """The values that replace the model's own settings: from options, then from variables such as COLGEN_CUSTOMERS, then from files.

    values : as `resolve` returns them

    Raises RequestError for a setting in a file that the model does not have.
    """
    names = model.settings
    chosen = {key.removeprefix("settings."): value for key, value in values.items() if key.startswith("settings.")}
    for name, value in chosen.items():
        if name not in names and value.source != "option":
            raise RequestError(f"{value.source}: settings.{name}: model {model.name} has no such setting; {one_of(name, names)}")
    for name in names:
        variable = f"COLGEN_{name.upper()}"
        if variable in environment and name not in KEYS and (name not in chosen or chosen[name].source != "option"):
            chosen[name] = Value(environment[variable], f"environment {variable}")
    return chosen


def sources_note(values: Mapping[str, Value]) -> str:
    """The end of a message about an invalid request: the sources of values other than options; empty if there are none."""
    sources = dict.fromkeys(value.source for value in values.values() if value.source not in ("option", "default"))
    return f" (some values come from {', '.join(sources)}; `colgen config` shows which)" if sources else ""


def _database(source: str, environment: Mapping[str, str]) -> Value:
    """The value of DATABASE_URL. It may have been set for another program, so it is used only if `--out database` was typed."""
    if source != "option":
        raise RequestError(f"{source}: out = {DATABASE!r}: DATABASE_URL is used only on the command line, as --out {DATABASE}")
    url = environment.get("DATABASE_URL", "").strip()
    if not url:
        raise RequestError(f"--out {DATABASE} stands for DATABASE_URL, which is not set; for a folder of that name, use --out ./{DATABASE}")
    return Value(url, "environment DATABASE_URL")


def _read(key: str, value: object, prefix: str) -> Any:
    """A checked value; the message about an invalid one starts with `prefix` and the value."""
    try:
        return KEYS[key][1](value)
    except ValueError as error:
        shown = "" if key == "databases" else repr(value)  # there may be passwords in it
        raise RequestError(f"{prefix}{shown}: {error}") from None


def _options(given: Mapping[str, Any]) -> dict[str, Value]:
    """The options of the command line. Texts need only not be empty: whatever uses them judges them."""
    level: dict[str, Value] = {}
    for key, value in given.items():
        if key == "settings":
            level |= {f"settings.{name}": Value(entry, "option") for name, entry in value.items() if entry is not None}
        elif value is not None:
            if key == "target_size" or not isinstance(value, str) or not (value.strip() or key == "out"):
                read = _read(key, value, f"--{key.replace('_', '-')} ")
                value = read if key == "target_size" else value
            level[key] = Value(value, "option")
    return level


def _environment(environment: Mapping[str, str]) -> dict[str, Value]:
    level: dict[str, Value] = {}
    for key, (_, reader) in KEYS.items():
        variable = f"COLGEN_{key.upper()}"
        if variable in environment:
            text = environment[variable].strip()
            value = _SPLIT[reader](text) if reader in _SPLIT else text if reader in (_text, _style) else numeral(text)
            read = _read(key, value, f"{variable} = ")
            level[key] = Value(os.path.expanduser(read) if key == "out" else read, f"environment {variable}")
    return level


_SPLIT: Mapping[Callable[[object], Any], Callable[[str], object]] = {
    _patterns: lambda text: text.split(","),
    _databases: lambda text: dict(pair.partition("=")[::2] for pair in text.split()),
}
"""How a variable spells what a file has as a list or a table."""


def _files(folder: Path) -> Iterator[dict[str, Value]]:
    """The values in colgen.toml and those in pyproject.toml, each from the nearest such file in the folder or above it."""
    for name, section in (("colgen.toml", ()), ("pyproject.toml", ("tool", "colgen"))):
        for parent in (folder, *folder.parents):
            file = parent / name
            table = _table(file, section) if os.path.isfile(file) else None
            if table is not None:
                _refuse_foreign(file, folder)
                yield dict(_values(table, file, folder))
                break


def _table(file: Path, section: Sequence[str]) -> dict[str, Any] | None:
    """The table in a file that is meant for colgen, at the path `section`; None if it has none."""
    try:
        table: Any = tomllib.loads(file.read_bytes().decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(f"{file} is not valid TOML: {error}") from None
    except OSError as error:
        raise RequestError(f"{file} could not be read: {os.strerror(error.errno or 0).lower()}") from None
    for name in section:
        if not isinstance(table, dict) or name not in table:
            return None
        table = table[name]
    if not isinstance(table, dict):
        raise RequestError(f"{file}: {'.'.join(section)} must be a table, [{'.'.join(section)}]")
    return table


def _refuse_foreign(file: Path, folder: Path) -> None:
    """Raises RequestError for a file above the current folder that belongs to another user.

    A file can name Python code to run, so in a shared folder such as /tmp another user's file must have no effect.
    """
    if file.parent != folder and file.stat().st_uid not in (os.getuid(), 0, folder.stat().st_uid):
        raise RequestError(
            f"{file} is above the current folder and belongs to another user; if you trust it, copy it into the current folder"
        )


def _refuse_code_of_others(file: Path, source: str) -> None:
    """Raises RequestError where a file that names Python code to run belongs to another user, or everyone may write to it."""
    status = file.stat()
    if status.st_uid not in (os.getuid(), 0) or status.st_mode & stat.S_IWOTH:
        whose = "everyone may write to it" if status.st_mode & stat.S_IWOTH else "it belongs to another user"
        raise RequestError(f"{source} names a Python file as the model, and {whose}; name the model yourself: colgen build MODEL.py")


def _values(table: Mapping[str, Any], file: Path, folder: Path) -> Iterator[tuple[str, Value]]:
    source = str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)
    for key, value in table.items():
        if key == "settings":
            for name, entry in _table_of_settings(value, source):
                yield f"settings.{name}", Value(entry, source)
        elif key not in KEYS:
            raise RequestError(f"{source}: unknown key {key!r}; {one_of(key, [*KEYS, 'settings'])}")
        else:
            if key == "model" and str(value).endswith(".py"):
                _refuse_code_of_others(file, source)
            yield key, Value(_relocated(key, _read(key, value, f"{source}: {key} = "), file.parent, folder), source)


def _table_of_settings(value: object, source: str) -> Iterator[tuple[str, int]]:
    if not isinstance(value, dict):
        raise RequestError(f"{source}: settings = {value!r}: it must be a table, such as settings = {{ customers = 500 }}")
    for name, entry in value.items():
        if isinstance(entry, bool) or not isinstance(entry, int):
            raise RequestError(f"{source}: settings.{name} = {entry!r}: it must be a whole number")
        yield name, entry


def _relocated(key: str, value: Any, beside: Path, folder: Path) -> Any:
    """The value, with a path made relative to the current folder: in a file, paths are relative to the folder of the file."""
    is_path = {"out": "://" not in str(value) and value != DATABASE, "model": str(value).endswith(".py")}
    if not is_path.get(key, key == "scenario" and str(value).endswith((".yaml", ".yml"))):
        return value
    path = os.path.expanduser(value)
    return path if beside == folder else str(beside / path)
