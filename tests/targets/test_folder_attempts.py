"""A part has its name only when it is whole, however many attempts there are at it, and whenever they end."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from colgen.errors import ColgenError
from colgen.targets.folder.attempts import AttemptOutput, remove_attempts
from tests.support import files_in

PART = "orders/part-00000.csv"


@pytest.fixture
def output(tmp_path: Path) -> AttemptOutput:
    (tmp_path / "orders").mkdir()
    return AttemptOutput.open(tmp_path, ["orders"])


def test_a_part_has_its_name_when_it_is_whole(output: AttemptOutput) -> None:
    file = output(PART)
    file.write(b"half")
    assert not (output.folder / PART).exists()
    file.close()
    file.close()
    assert files_in(output.folder) == {PART: b"half"}


def test_a_part_that_is_given_up_leaves_nothing(output: AttemptOutput) -> None:
    file = output(PART)
    file.write(b"half")
    file.discard()
    file.close()  # as Arrow does later
    assert files_in(output.folder) == {}


def test_attempts_at_one_part_do_not_meet(output: AttemptOutput) -> None:
    lost, late, whole = (pickle.loads(pickle.dumps(output))(PART) for _ in range(3))
    lost.write(b"wh")
    for file in (late, whole):
        file.write(b"whole")
    whole.close()
    assert (output.folder / PART).read_bytes() == b"whole"
    late.close()
    assert (output.folder / PART).read_bytes() == b"whole"
    remove_attempts(output.folder)
    assert os.listdir(output.folder / "orders") == ["part-00000.csv"]
    lost.discard()


def test_an_attempt_that_ends_after_the_build_changes_nothing(output: AttemptOutput) -> None:
    late = output(PART)
    remove_attempts(output.folder)
    late.write(b"late")
    with pytest.raises(FileNotFoundError):
        late.close()
    assert files_in(output.folder) == {}


def test_an_attempt_of_an_earlier_build_does_not_write_into_the_next_one(output: AttemptOutput) -> None:
    remove_attempts(output.folder)
    AttemptOutput.open(output.folder, ["orders"])
    with pytest.raises(ColgenError, match=r"orders' is not there on .*a folder that all of them see"):
        output(PART)
    assert files_in(output.folder) == {}


def test_what_was_killed_in_between_is_removed_the_next_time(output: AttemptOutput) -> None:
    folder = output.folder / "orders" / output.attempts
    folder.rename(f"{folder}-gone")
    remove_attempts(output.folder)
    assert os.listdir(output.folder / "orders") == []
