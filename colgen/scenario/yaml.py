"""Reads YAML and remembers the line of each key.

The files may come from strangers, so everything that a scenario does not need (anchors, tags, deep nesting) is refused.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

KeyPath = tuple[str | int, ...]
"""The path to a value: the keys that lead to it, with list items numbered from 0."""

MOST_BYTES = 65_536
DEEPEST = 10
_WHOLE = re.compile(r"[-+]?\d[\d_]{0,29}")
_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d{1,9})?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_REFUSED = object()


@dataclass
class Document:
    """The contents of a file.

    path : of the file
    values : what it states
    lines : the line of each value, from 1
    errors : the line, the path of the value and the message of each error
    """

    path: Path
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    errors: list[tuple[int, KeyPath, str]] = field(default_factory=list)

    def line(self, key_path: KeyPath) -> int:
        """The line of a value, or of the nearest value that contains it."""
        return next((self.lines[key_path[:end]] for end in range(len(key_path), 0, -1) if key_path[:end] in self.lines), 1)

    def add_error(self, key_path: KeyPath, message: str, line: int | None = None) -> None:
        """Records an error, on the line of the value unless another is given; line 0 stands for the whole file."""
        line = self.line(key_path) if line is None else line
        self.errors.append((line, key_path, f"{self.path}{f':{line}' if line else ''}: {prefix(key_path)}{message}"))

    @property
    def messages(self) -> list[str]:
        """Each error as `FILE:LINE: key 'rates.overdue': message`, in the order of the lines."""
        return [message for _, _, message in sorted(self.errors, key=lambda error: error[0])]


def prefix(key_path: KeyPath) -> str:
    """The beginning of a message about a value. Numbers of list items are left out, months are not.

    >>> prefix(("time", "bursts", 0, "days"))
    "key 'time.bursts.days': "
    """
    keys = [str(key) for number, key in enumerate(key_path) if isinstance(key, str) or (number and key_path[number - 1] == "month")]
    return f"key {'.'.join(keys)!r}: " if keys else ""


def read(path: Path) -> Document:
    """Reads a file. Errors are recorded in the document; none is raised, however damaged the file is."""
    document = Document(path)
    text = _text(document)
    if text is None:
        return document
    reader = _Reader(document, text)
    try:
        reader.document()
    except _GiveUp:
        pass
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        context = f" {error.context}" if error.context else ""
        document.add_error((), f"not valid YAML: {error.problem or 'it ends too early'}{context}", mark.line + 1 if mark else reader.at)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.add_error((), "not a text file: it contains a control character", line)
    except (ValueError, OverflowError):  # such as "\UFFFFFFFF", which is not a character
        document.add_error((), "not valid YAML: a character or number is out of range", reader.at)
    return document


def _text(document: Document) -> str | None:
    path = document.path
    try:
        if path.is_dir():
            document.add_error((), "this is a folder; give the path of a .yaml file", 0)
        elif not path.exists():
            document.add_error((), "no such file", 0)
        elif not path.is_file():
            document.add_error((), "this is not a regular file", 0)
        else:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            if len(data) <= MOST_BYTES:
                return data.decode("utf-8-sig")
            document.add_error((), f"the file is larger than {MOST_BYTES // 1024} kB; a scenario needs only a few lines", 0)
    except UnicodeDecodeError as error:
        document.add_error((), "not UTF-8; save the file in that encoding", error.object.count(b"\n", 0, error.start) + 1)
    except (OSError, ValueError) as error:
        document.add_error((), f"cannot be read: {getattr(error, 'strerror', None) or error}", 0)
    return None


class _GiveUp(Exception):
    """The rest of the file cannot be read."""


class _Reader:
    """Builds values from YAML's events one by one, so that a small file cannot expand into a large value."""

    def __init__(self, document: Document, text: str) -> None:
        self.result = document
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self.at = 1  # the line that is being read

    def document(self) -> None:
        """Reads the whole file."""
        event: Any
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.empty()
        event = next(self.events)
        line = event.start_mark.line + 1
        value = self.value(event, (), 1)
        if value is None:
            self.empty()
        if isinstance(value, dict):
            self.result.values = value
        elif value is not _REFUSED:
            self.result.add_error((), "a scenario must consist of keys and values, such as anomaly_rate: 0.1", line)
        next(self.events)  # the end of the document
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.result.add_error((), "a second document starts here; a file contains a single scenario", event.start_mark.line + 1)

    def empty(self) -> None:
        self.result.add_error((), "the file is empty; state what differs, such as extends: normal-ops and anomaly_rate: 0.1", 1)
        raise _GiveUp

    def value(self, event: Any, key_path: KeyPath, depth: int) -> Any:
        """The value that starts with an event; `_REFUSED` if it is not allowed."""
        self.at = line = event.start_mark.line + 1
        if depth > DEEPEST:
            self.result.add_error(key_path[:DEEPEST], f"nested more than {DEEPEST} levels deep; no scenario needs that", line)
            raise _GiveUp
        if not self.plain(event, key_path, line):
            return _REFUSED
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(key_path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                self.result.lines[(*key_path, len(items))] = event.start_mark.line + 1
                items.append(self.value(event, (*key_path, len(items)), depth + 1))
            return [item for item in items if item is not _REFUSED]
        return _scalar(event)

    def mapping(self, key_path: KeyPath, depth: int) -> dict[str | int, Any]:
        values: dict[str | int, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                self.result.add_error(key_path, "a key must be a word", line)
                self.value(event, key_path, depth + 1)
                self.value(next(self.events), key_path, depth + 1)
                continue
            allowed = self.plain(event, key_path, line)
            key: str | int = int(event.value) if event.style is None and re.fullmatch(r"[1-9]\d{0,8}", event.value) else event.value
            inner = (*key_path, key)
            duplicate = inner in self.result.lines
            if duplicate:
                self.result.add_error(inner, f"duplicate key; first defined on line {self.result.lines[inner]}", line)
            elif allowed:
                self.result.lines[inner] = line
            errors_before = len(self.result.errors)
            value = self.value(next(self.events), inner, depth + 1)
            if value is None or (value == {} and len(self.result.errors) == errors_before):
                self.result.add_error(inner, "it has no value; give it one, or remove the key", line)
            elif value is not _REFUSED and allowed and not duplicate:
                values[key] = value
        return values

    def plain(self, event: Any, key_path: KeyPath, line: int) -> bool:
        """Records an anchor, alias, tag or unpaired surrogate at the start of a value. Returns whether the value can be read regardless."""
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            sign = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{event.anchor}"
            self.result.add_error(key_path, f"anchors and aliases such as {sign} are not allowed; to share values, use extends", line)
            return not isinstance(event, yaml.AliasEvent)
        if event.tag is not None:
            self.result.add_error(key_path, f"tags such as {event.tag} are not allowed", line)
            return not isinstance(event, yaml.ScalarEvent)
        if isinstance(event, yaml.ScalarEvent) and any("\ud800" <= letter <= "\udfff" for letter in event.value):
            self.result.add_error(key_path, "it contains an unpaired surrogate", line)
            return False
        return True


def _scalar(event: yaml.ScalarEvent) -> Any:
    """A plain scalar as None, a Boolean, a number or a day; everything else, and everything in quotes, is text."""
    text = event.value
    if event.style is not None:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _WHOLE.fullmatch(text):
        return int(text.replace("_", ""))
    if _NUMBER.fullmatch(text):
        return float(text.replace("_", ""))
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    if _DAY.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text
    return text
