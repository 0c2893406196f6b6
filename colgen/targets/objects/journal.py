"""What a build under way leaves in its bucket: a marker that says what is made, and a record for each task.

Below `.colgen/` under the prefix lie `building-D.json`, where D is a digest of the request, and in the folder `D/` the records. Before a
task's first part is uploaded its record names the objects that will be there, and afterwards it says what they are: so that all of them are
known, however the build ends. A marker is changed by conditional puts alone. Whoever removes what a build has left says so in its marker
first; then nobody resumes that build, and it does not publish itself any more.
"""

from __future__ import annotations

import platform
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import xxhash
from pydantic import BaseModel, ValidationError

from colgen.errors import ColgenError, RequestError, TargetError
from colgen.generate.plan import Task
from colgen.targets import manifest as manifests
from colgen.targets.folder.journal import Heading
from colgen.targets.manifest import PartFile, PartName
from colgen.targets.objects.bucket import Bucket, Conflict, Entry, Version

FOLDER = ".colgen"
REPLACED = "replaced.json"

WITHDRAWN = b"withdrawn by colgen cleanup\n"
"""What a manifest says for a moment, before it is deleted: nobody can replace it meanwhile."""


class Marker(Heading):
    """A build under way, or one that was killed.

    attempt : tells two builds of the same request apart
    started : when
    state : `removing` once somebody takes away what it has left
    """

    attempt: str
    started: datetime
    state: Literal["building", "removing"] = "building"


class TaskRecord(BaseModel):
    """What a task makes.

    files : its objects, of each table
    parts : what they are, once all of them are there; until then none
    first_ids : of the task, in each fanned-out table
    """

    files: list[PartName]
    parts: list[PartFile] = []
    first_ids: Mapping[str, int] = {}


@dataclass(frozen=True)
class TaskRecords:
    """The records of a build; small enough to be pickled."""

    bucket: Bucket
    digest: str

    @property
    def folder(self) -> str:
        return f"{FOLDER}/{self.digest}"

    @property
    def marker(self) -> str:
        return f"{FOLDER}/building-{self.digest}.json"

    def refuse_lost(self, version: Version) -> None:
        """TargetError where the marker is not the one of the build that this process works for.

        version : which version of it that build has put
        """
        here = platform.node()
        try:
            there = self.bucket.version(self.marker)
        except ColgenError as error:
            raise ColgenError(f"on {here}: {error}") from None
        if there != version:
            raise TargetError(
                f"{here} does not find the build into {self.bucket} that it works for: it was resumed or removed by somebody else meanwhile, or "
                f"this URL is another store on {here}, by its AWS_ENDPOINT_URL or AZURE_STORAGE_ACCOUNT_NAME"
            )

    def write(self, task: Task, record: TaskRecord) -> None:
        self.bucket.put(self.name(task), record.model_dump_json().encode())

    def name(self, task: Task) -> str:
        return f"{self.folder}/{task.root}-{task.first:012d}.json"

    def read(self, name: str) -> TaskRecord | None:
        """One of them; None where it is not one."""
        with suppress(FileNotFoundError, ValidationError):
            return TaskRecord.model_validate_json(self.bucket.read(name))
        return None

    def entries(self) -> dict[str, Entry]:
        """The objects in their folder, by name."""
        return dict(self.bucket.entries(self.folder))

    def files(self) -> set[str]:
        """All objects that the build may have put among the parts, and those of the build that it has replaced or was about to."""
        files = set[str]()
        for name in self.entries():
            if name.endswith(f"/{REPLACED}"):
                with suppress(FileNotFoundError, RequestError):
                    replaced = manifests.of_files(self.bucket.read(name), name)
                    files.update(part.file for table in replaced.tables.values() for part in table.parts)
            elif (record := self.read(name)) is not None:
                files.update(record.files)
        return files


class Journal:
    """The marker of a build of this process, and its records.

    bucket : into which
    version : which version of the marker this build has put
    """

    def __init__(self, bucket: Bucket, heading: Heading) -> None:
        self.bucket, self._heading = bucket, heading
        self.records = TaskRecords(bucket, xxhash.xxh3_64_hexdigest(heading.model_dump_json().encode()))
        self._name, self.version = self.records.marker, Version(None, None)
        self.resumed = False

    def start(self, resume: bool) -> None:
        """Puts the marker. TargetError where a build of the same request is under way or was killed, unless that is to be resumed."""
        marker = Marker(**dict(self._heading), attempt=secrets.token_hex(8), started=datetime.now(UTC))
        there = None
        if resume:
            with suppress(FileNotFoundError):
                text, there = self.bucket.read_version(self._name)
                if _is_removed(text):
                    raise TargetError(f"what a build into {self.bucket} has left is being removed; wait for that, or do it: {self._advice}")
        try:
            self.version = self.bucket.put_if(self._name, _text(marker), there)
        except Conflict:
            raise TargetError(
                f"a build of the same request into {self.bucket} is under way since {_since(self.bucket, self._name)}, or was killed: wait for "
                f"it, or go on from its parts with --resume, or remove them: {self._advice}"
            ) from None
        self.resumed = there is not None

    @property
    def _advice(self) -> str:
        return f"colgen cleanup {self.bucket} --leftovers"

    def is_own(self) -> bool:
        """Whether nobody has taken the build over, or away."""
        return self.bucket.version(self._name) == self.version

    def keep_replaced(self, manifest: bytes) -> None:
        """Notes the manifest of the build that is about to be replaced, so that its parts are known once it is gone."""
        self.bucket.put(f"{self.records.folder}/{REPLACED}", manifest)

    def remove(self) -> None:
        """Removes what the build has left, if nobody else has taken it over: see `remove_leftover`."""
        text, version = self.bucket.read_version(self._name)
        if version == self.version:
            remove_leftover(Leftover(self.bucket, self.records.digest, text, version))


@dataclass(frozen=True)
class Leftover:
    """What a build that has not ended has put into a bucket: it was killed, or is under way.

    marker, version : the text of its marker, and which version of that was read
    """

    bucket: Bucket
    digest: str
    marker: bytes
    version: Version

    @property
    def records(self) -> TaskRecords:
        return TaskRecords(self.bucket, self.digest)

    def files(self) -> list[str]:
        """Its parts that are there and belong to no finished build, and its own objects, the marker last."""
        listed = _listed(self.bucket)
        claimed = self.records.files() - listed
        there = {name for table in sorted({file.partition("/")[0] for file in claimed}) for name, _ in self.bucket.entries(table)}
        return [*sorted(claimed & there), *self.records.entries(), self.records.marker]

    def __str__(self) -> str:
        try:
            marker = Marker.model_validate_json(self.marker)
        except ValidationError:
            return "a build that cannot be told"
        return f"a build of {manifests.printable(marker.spec.model)}, volume {manifests.printable(marker.spec.volume)}, since {_minute(marker.started)}"


def leftovers(bucket: Bucket) -> Iterator[Leftover]:
    """What builds under a prefix have left that have not ended."""
    for name, _ in list(bucket.entries(FOLDER)):
        digest = name.removeprefix(f"{FOLDER}/building-").removesuffix(".json")
        if name == TaskRecords(bucket, digest).marker:
            with suppress(FileNotFoundError):
                yield Leftover(bucket, digest, *bucket.read_version(name))


def remove_leftover(leftover: Leftover) -> int:
    """Removes what a build has left, and what it has replaced, but nothing that the finished build lists; how many objects.

    TargetError where that build has been resumed or has ended in the meantime, and where there is a manifest that cannot be read.
    """
    removing = leftover.marker
    with suppress(ValidationError):
        removing = _text(Marker.model_validate_json(leftover.marker).model_copy(update={"state": "removing"}))
    try:
        leftover.bucket.put_if(leftover.records.marker, removing, leftover.version)
    except Conflict:
        raise TargetError(f"the build into {leftover.bucket} has been resumed or has ended meanwhile; look what is there") from None
    return leftover.bucket.delete(leftover.files())


def _listed(bucket: Bucket) -> set[str]:
    """The objects of the finished build. TargetError where nobody knows which these are."""
    try:
        text = bucket.read(manifests.NAME)
        return set() if text == WITHDRAWN else set(manifests.of_files(text, f"{bucket}/{manifests.NAME}").files)
    except FileNotFoundError:
        return set()
    except RequestError as error:
        raise TargetError(f"{bucket}: nobody knows which objects belong to the build there, so nothing is removed: {error}") from None


def _text(marker: Marker) -> bytes:
    return marker.model_dump_json().encode()


def _is_removed(text: bytes) -> bool:
    try:
        return Marker.model_validate_json(text).state == "removing"
    except ValidationError:
        return False


def _since(bucket: Bucket, name: str) -> str:
    try:
        return _minute(Marker.model_validate_json(bucket.read(name)).started)
    except (FileNotFoundError, ValidationError):
        return "an unknown time"


def _minute(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
