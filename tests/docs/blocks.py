"""The examples of a page of documentation: its code blocks, in order, and what runs each of them.

- A block with a title (```python title="my_model.py") is a file: it is written, and what follows may use it. Where a file grows from block to block,
  `hl_lines="3-5 9"` behind its title marks what is new.
- A block of Python runs as it stands; a block of YAML or TOML without a title is only shown.
- Of a shell block, each line that calls colgen runs, and must end with 0, unless a comment says `# exits with 1`. Lines that install something
  are skipped: the continuous integration runs those of the README.
- `<!-- not run: why -->` on the line before a block excepts it.
- `<!-- output -->` on the line before a block without a language says that it is all that the block before it prints.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import duckdb

from tests.support import ROOT, colgen

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(
    r"(?P<excepted><!-- not run: [^\n]+ -->\n)?(?P<output><!-- output -->\n)?^```(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?(?: hl_lines=\"(?P<marked>[\d -]+)\")?\n(?P<code>.*?)^```$",
    re.DOTALL | re.M,
)
_INSTALLS = re.compile(r"(python3 -m venv|pip install|\.venv/bin/(pip install|python -m pytest)) ?")


@dataclass(frozen=True)
class Block:
    """A code block of a page."""

    language: str
    title: str | None
    code: str
    excepted: bool
    output: bool
    line: int
    marked: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            match["language"],
            match["title"],
            match["code"],
            match["excepted"] is not None,
            match["output"] is not None,
            text.count("\n", 0, match.start("language")) + 1,
            match["marked"] or "",
        )
        for match in _BLOCK.finditer(text)
    ]


def new_lines(before: str, after: str) -> str:
    """The lines of a file that are new, as `hl_lines` has them."""
    lines = SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    runs = [(first + 1, last) for change, _, _, first, last in lines.get_opcodes() if change in ("insert", "replace")]
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def has_examples(page: Path) -> bool:
    return any(block.language in ("python", "sh") and not block.excepted for block in blocks(page))


def run(page: Path, folder: Path) -> None:
    """Runs the examples of a page in a folder."""
    duckdb.set_default_connection(duckdb.connect())  # without the settings of another page
    said = ""
    for block in blocks(page):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.title is not None:
            (folder / block.title).write_text(block.code, encoding="utf-8")
        elif block.excepted:
            continue
        elif block.language == "python":
            with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(block.code, where, "exec"), {"__name__": "example"})
            said = printed.getvalue()
            assert said, f"{where} prints nothing"
        elif block.language == "sh":
            said = ""
            for arguments, code in commands(block.code):
                result = colgen(*arguments, cwd=folder)
                assert result.returncode == code, f"{where}: colgen {' '.join(arguments)}\n{result.stderr}"
                said += result.stdout + result.stderr
        elif block.output:
            assert block.code.split() == said.split(), f"{where}: it prints\n{said}"  # lines may be broken otherwise


def commands(code: str) -> Iterator[tuple[list[str], int]]:
    """The calls of colgen in a shell block, each with the exit code that it has to end with."""
    for line in code.splitlines():
        exits = re.search(r"# exits with (\d+)", line)
        for command in line.split("#")[0].split("&&"):
            words = shlex.split(command)
            if _INSTALLS.match(command.strip()) or not words:
                continue
            assert words[0].removeprefix(".venv/bin/") == "colgen", f"{command!r} is not run: write <!-- not run: why --> before its block"
            yield words[1:], int(exits[1]) if exits else 0
