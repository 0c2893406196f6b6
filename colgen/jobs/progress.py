"""How far a job is, as its log tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from colgen.jobs.log import Line, Log

_LONGEST_MESSAGE = 4_000  # characters
_LOOK_BYTES = 1 << 20


@dataclass
class Progress:
    """What the last attempt at a job has told until now.

    process : the number of its process, which leads a group of its own
    since : when it came into the state it is in, in seconds since 1970
    stage : what it does: "generating" at first, then for example "checking"
    rows : of each table, as many as are made
    expected : of each table, as many as there will be, or about as many
    table : the one that was told of last
    seconds : for how long rows have been made
    proving : the rule or the table that is being proved; with it `steps_done` of `steps`
    notes : what else the user may want to know
    estimate : of a dry run, as `--progress json` tells it
    summary : of a build that has ended well
    message : what it said otherwise: why it failed
    """

    process: int | None = None
    since: float = 0.0
    stage: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    expected: dict[str, int] = field(default_factory=dict)
    table: str = ""
    seconds: float = 0.0
    proving: str = ""
    steps_done: int = 0
    steps: int = 0
    notes: list[str] = field(default_factory=list)
    estimate: dict[str, Any] | None = None
    summary: dict[str, Any] | None = None
    message: str = ""

    @property
    def made(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())

    @property
    def share(self) -> float:
        """How much of the work is behind it, from 0 to 1: of its rows, or of the steps of a proof."""
        if self.summary is not None or self.estimate is not None:
            return 1.0
        if self.steps:
            return min(1.0, self.steps_done / self.steps)
        whole = sum(self.expected.values())
        return min(1.0, self.made / whole) if whole else 0.0

    @property
    def rows_per_second(self) -> float:
        return self.made / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """About how long rows will still be made; None where nobody can tell."""
        if not self.made or not self.seconds or self.steps or self.summary is not None:
            return None
        return max(0.0, (sum(self.expected.values()) - self.made) / self.rows_per_second)

    def take(self, line: Line) -> None:
        """Goes one line further. What a log says is only believed as far as it has the form."""
        try:
            self._take(line.event, line.content)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            self._say(str(line.content))

    def _take(self, event: str, content: dict[str, Any]) -> None:
        match event:
            case "state":
                if content["state"] == "running":  # another attempt
                    self.__init__(stage="starting")  # type: ignore[misc]
                self.since = float(content["at"])
            case "process":
                self.process = int(content["pid"])
            case "start":
                self.stage, self.expected = "generating", _counts(content["rows"])
                self.rows = dict.fromkeys(self.expected, 0)
            case "rows":
                self.table, self.seconds = str(content["table"]), float(content["seconds"])
                self.rows[self.table] = int(content["rows"])
                self.expected[self.table] = int(content["of"])
            case "stage":
                self.stage = str(content["stage"])
            case "proving":
                self.stage, self.proving = "checking", str(content["what"])
                self.steps_done, self.steps = int(content["done"]), int(content["steps"])
            case "note":
                self.notes.append(str(content["note"]))
            case "estimate":
                self.estimate = content
            case "end":
                self.rows = _counts(content["rows"])
                self.summary, self.steps, self.proving = content, 0, ""
            case "said":
                self._say(str(content["text"]))

    def _say(self, text: str) -> None:
        self.message = f"{self.message}\n{text.removeprefix('colgen: ')}".strip()[-_LONGEST_MESSAGE:]


def _counts(rows: dict[str, Any]) -> dict[str, int]:
    return {str(table): int(count) for table, count in rows.items()}


class Follower:
    """Keeps up with a log: each look reads only what has been added since the last one."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.position = 0
        self.progress = Progress()

    def look(self, *, to_the_end: bool = False) -> Progress:
        """How far the job is now."""
        if to_the_end or self._log.size > self.position:
            start = self.position
            for line in self._log.lines(start, to_the_end=to_the_end):
                self.progress.take(line)
                self.position = line.end
                if line.end - start > _LOOK_BYTES and not to_the_end:  # the rest waits for the next look
                    break
        return self.progress
