"""YAML read with the line of each key, for files that strangers may have written: what a scenario does not need is refused."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

KeyPath = tuple[str | int, ...]
"""The way to a value: the keys that lead to it, and the numbers of list items from 0."""

MOST_BYTES = 65_536
DEEPEST = 10
_WHOLE = re.compile(r"[-+]?\d[\d_]{0,29}")
_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d{1,9})?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NOTHING = object()


@dataclass
class Document:
    """A file's values, the line of each, and what is wrong with it."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    wrong: list[tuple[int, KeyPath, str]] = field(default_factory=list)

    def line(self, place: KeyPath) -> int:
        """Where a value stands, or the nearest one that it is part of."""
        return next((self.lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self.lines), 1)

    def blame(self, place: KeyPath, says: str, line: int | None = None) -> None:
        """Notes a mistake; `line` is that of the place unless it is given, and 0 stands for the whole file."""
        line = self.line(place) if line is None else line
        self.wrong.append((line, place, f"{self.path}{f':{line}' if line else ''}: {named(place)}{says}"))

    @property
    def mistakes(self) -> list[str]:
        """Each mistake as `FILE:LINE: key 'rates.overdue': what would be right`, in the order of the lines."""
        return [says for _, _, says in sorted(self.wrong, key=lambda one: one[0])]


def named(place: KeyPath) -> str:
    """How a message begins that speaks of a place: list items have no names, months do.

    >>> named(("time", "bursts", 0, "days"))
    "key 'time.bursts.days': "
    """
    parts = [str(part) for number, part in enumerate(place) if isinstance(part, str) or (number and place[number - 1] == "month")]
    return f"key {'.'.join(parts)!r}: " if parts else ""


def read(path: Path) -> Document:
    """What a file says. Mistakes are noted in the document; no file, however damaged, raises an error."""
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
        document.blame((), f"this is no YAML: {error.problem or 'it ends too early'}{context}", mark.line + 1 if mark else reader.at)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.blame((), "this is no text: a control character stands here", line)
    except (ValueError, OverflowError):  # such as "\UFFFFFFFF", which is no character
        document.blame((), "this is no YAML: a character or number is out of range", reader.at)
    return document


def _text(document: Document) -> str | None:
    path = document.path
    try:
        if path.is_dir():
            document.blame((), "this is a folder; give the path of a .yaml file", 0)
        elif not path.exists():
            document.blame((), "there is no such file", 0)
        elif not path.is_file():
            document.blame((), "this is no plain file", 0)
        else:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            if len(data) <= MOST_BYTES:
                return data.decode("utf-8-sig")
            document.blame((), f"it is larger than {MOST_BYTES // 1024} kB; a scenario needs no more than some lines", 0)
    except UnicodeDecodeError as error:
        document.blame((), "this is no UTF-8; save it in that encoding", error.object.count(b"\n", 0, error.start) + 1)
    except (OSError, ValueError) as error:
        document.blame((), f"it cannot be read: {getattr(error, 'strerror', None) or error}", 0)
    return None


class _GiveUp(Exception):
    """What follows cannot be read any more."""


class _Reader:
    """Makes values of YAML's events one after the other, so that nothing is built that was not written out."""

    def __init__(self, document: Document, text: str) -> None:
        self.found = document
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self.at = 1

    def document(self) -> None:
        """Reads it all; what is wrong is noted."""
        event: Any
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.empty()
        event = next(self.events)
        line = event.start_mark.line + 1
        value = self.value(event, (), 1)
        if value is None:
            self.empty()
        if isinstance(value, dict):
            self.found.values = value
        elif value is not _NOTHING:
            self.found.blame((), "a scenario is made of keys and values, such as anomaly_rate: 0.1", line)
        next(self.events)  # the document ends
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.found.blame((), "a second document begins here; a file holds one scenario", event.start_mark.line + 1)

    def empty(self) -> None:
        self.found.blame((), "it is empty; say what differs, such as extends: normal-ops and anomaly_rate: 0.1", 1)
        raise _GiveUp

    def value(self, event: Any, place: KeyPath, depth: int) -> Any:
        """The value that begins with an event, `_NOTHING` for one that is refused."""
        self.at = line = event.start_mark.line + 1
        if depth > DEEPEST:
            self.found.blame(place[:DEEPEST], f"it is nested more than {DEEPEST} deep; no scenario needs that", line)
            raise _GiveUp
        if not self.plain(event, place, line):
            return _NOTHING
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(place, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                self.found.lines[(*place, len(items))] = event.start_mark.line + 1
                items.append(self.value(event, (*place, len(items)), depth + 1))
            return [item for item in items if item is not _NOTHING]
        return _scalar(event)

    def mapping(self, place: KeyPath, depth: int) -> dict[str | int, Any]:
        values: dict[str | int, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                self.found.blame(place, "a key must be a word", line)
                self.value(event, place, depth + 1)
                self.value(next(self.events), place, depth + 1)
                continue
            right = self.plain(event, place, line)
            key: str | int = int(event.value) if event.style is None and re.fullmatch(r"[1-9]\d{0,8}", event.value) else event.value
            inner = (*place, key)
            again = inner in self.found.lines
            if again:
                self.found.blame(inner, f"it stands here a second time; the first is in line {self.found.lines[inner]}", line)
            elif right:
                self.found.lines[inner] = line
            before = len(self.found.wrong)
            value = self.value(next(self.events), inner, depth + 1)
            if value is None or (value == {} and len(self.found.wrong) == before):
                self.found.blame(inner, "it has no value; give it one, or leave the key out", line)
            elif value is not _NOTHING and right and not again:
                values[key] = value
        return values

    def plain(self, event: Any, place: KeyPath, line: int) -> bool:
        """Notes an anchor, alias, tag or half a character where a value begins; whether the value is there to be read all the same."""
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            sign = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{event.anchor}"
            self.found.blame(place, f"anchors such as {sign} are not needed, and refused; to share values, use extends", line)
            return not isinstance(event, yaml.AliasEvent)
        if event.tag is not None:
            self.found.blame(place, f"tags such as {event.tag} are not needed, and refused", line)
            return not isinstance(event, yaml.ScalarEvent)
        if isinstance(event, yaml.ScalarEvent) and any("\ud800" <= letter <= "\udfff" for letter in event.value):
            self.found.blame(place, "it holds half a character", line)
            return False
        return True


def _scalar(event: yaml.ScalarEvent) -> Any:
    """None, true and false, whole and other numbers, days; all else is text, and so is what is quoted."""
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
    if _NO_NUMBER.fullmatch(text):
        return float(text.replace(".", ""))
    if _DAY.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text
    return text
