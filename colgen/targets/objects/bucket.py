"""A prefix of a bucket, through obstore: whole objects, each put in one step, on a condition where that is asked for.

obstore's threads do not survive a fork, and workers are forked: a process that is about to fork them does what it has to do here in
`colgen.engines.processes.aside`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import xxhash

from colgen.errors import ColgenError
from colgen.targets.urls import without_password

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PIECE = 8 << 20
"""Bytes of a part that are read, or uploaded, at a time."""

UPLOADS = 2
"""How many pieces of a part are on their way at once."""

_RETRIES: Mapping[str, Any] = {"max_retries": 10, "retry_timeout": timedelta(minutes=2)}
_CLIENT: Mapping[str, Any] = {"connect_timeout": timedelta(seconds=10), "timeout": timedelta(seconds=60)}
_LONGEST_REASON = 300
_NO_RIGHT = re.compile("lacked the necessary privileges|valid authentication credentials|PermissionDenied|Unauthenticated")
_NO_CREDENTIALS = re.compile(r"http://169\.254\.169\.254/|metadata\.google\.internal/")
"""Where a machine that has a role is asked for it: the last resort."""
_NO_BUCKET = re.compile("NoSuchBucket|ContainerNotFound|bucket does not exist")


class Entry(NamedTuple):
    """What a listing says of an object."""

    size: int
    modified: datetime


class Version(NamedTuple):
    """Which version of an object something is, as the store tells them apart."""

    e_tag: str | None
    version: str | None


class Conflict(Exception):
    """A condition of a put does not hold: the object is there already, or is not the version that was read."""


def where_stores_are() -> tuple[tuple[str, str], ...]:
    """What the environment says of where stores are, as obstore calls it: no secret, so that it may be sent to workers."""
    asked = os.environ.get
    given = {
        "aws_endpoint": asked("AWS_ENDPOINT_URL_S3") or asked("AWS_ENDPOINT_URL"),
        "aws_region": asked("AWS_REGION") or asked("AWS_DEFAULT_REGION"),
        "azure_storage_account_name": asked("AZURE_STORAGE_ACCOUNT_NAME"),
    }
    return tuple((name, value) for name, value in given.items() if value)


@dataclass(frozen=True)
class Bucket:
    """The objects below a URL such as s3://bucket/prefix, by their names relative to it; small enough to be pickled.

    where : which server, region or account that is, as the environment says where this is made. It goes with it to workers on other machines,
        for what their own environment does not say. Credentials do not.

    Everything raises ColgenError where the store cannot be reached or refuses, once obstore has tried for two minutes.
    """

    url: str
    where: tuple[tuple[str, str], ...] = field(default_factory=where_stores_are, repr=False, compare=False)

    def __str__(self) -> str:
        return self.url

    def read(self, name: str) -> bytes:
        """A whole object. FileNotFoundError where there is none."""
        return self.read_version(name)[0]

    def read_version(self, name: str) -> tuple[bytes, Version]:
        """A whole object, and which version of it that is. FileNotFoundError where there is none."""
        import obstore

        with explained(self.url):
            result = obstore.get(self._store, name)
            return bytes(result.bytes()), _version(result.meta)

    def digest(self, name: str) -> str | None:
        """XXH3 of an object, 128 bits, in hexadecimal; None where there is none. It is read in pieces."""
        import obstore

        digest = xxhash.xxh3_128()
        try:
            with explained(self.url):
                for piece in obstore.get(self._store, name).stream(min_chunk_size=PIECE):
                    digest.update(memoryview(piece))
        except FileNotFoundError:
            return None
        return digest.hexdigest()

    def read_range(self, name: str, start: int, length: int) -> bytes:
        import obstore

        with explained(self.url):
            return bytes(obstore.get_range(self._store, name, start=start, length=length))

    def entry(self, name: str) -> Entry:
        """What there is to know of an object without reading it. FileNotFoundError where there is none."""
        import obstore

        with explained(self.url):
            meta = obstore.head(self._store, name)
            return Entry(meta["size"], meta["last_modified"])

    def version(self, name: str) -> Version | None:
        """Which version of an object is there; None where there is none."""
        import obstore

        try:
            with explained(self.url):
                return _version(obstore.head(self._store, name))
        except FileNotFoundError:
            return None

    def entries(self, folder: str = "") -> Iterator[tuple[str, Entry]]:
        """The objects below a folder of the prefix, in the order of their names."""
        import obstore

        with explained(self.url):
            for listed in obstore.list(self._store, prefix=folder or None):
                for meta in listed:
                    yield meta["path"], Entry(meta["size"], meta["last_modified"])

    def put(self, name: str, data: bytes) -> None:
        """Puts an object, whatever is there."""
        import obstore

        with explained(self.url):
            obstore.put(self._store, name, data, use_multipart=False)

    def copy(self, name: str, to: str) -> None:
        """Puts an object that is there under another name too; its bytes do not come here."""
        import obstore

        with explained(self.url):
            obstore.copy(self._store, name, to)

    def put_if(self, name: str, data: bytes, there: Version | None) -> Version:
        """Puts an object if there is none, or if what is there is still a certain version; which version it is now. Conflict where not.

        An answer may be lost, and the request sent again after it was fulfilled: then the object that is in the way is this one, and the put
        has succeeded.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        condition = "create" if there is None else {key: value for key, value in there._asdict().items() if value is not None}
        try:
            with explained(self.url):
                return _version(obstore.put(self._store, name, data, mode=condition))  # type: ignore[arg-type]
        except (AlreadyExistsError, PreconditionError, FileNotFoundError, ColgenError) as error:
            try:
                found, version = self.read_version(name)
            except FileNotFoundError:
                found, version = b"", Version(None, None)
            if found == data and version != there:
                return version
            if isinstance(error, ColgenError):
                raise
            raise Conflict(name) from error

    def upload(self, name: str) -> Upload:
        """A new object, uploaded in pieces while it is made."""
        import obstore

        with explained(self.url):
            return Upload(f"{self.url}/{name}", obstore.open_writer(self._store, name, buffer_size=PIECE, max_concurrency=UPLOADS))

    def delete(self, names: Iterable[str]) -> int:
        """Deletes objects, many by one request where the store can; how many were named. What is not there is no obstacle."""
        import obstore

        listed = list(names)
        with explained(self.url):
            for first in range(0, len(listed), 1000):
                obstore.delete(self._store, listed[first : first + 1000])
        return len(listed)

    def prepare(self) -> None:
        """Loads and opens what is needed, so that processes which are forked need not. Nothing is asked of the store."""
        _ = self._store

    @property
    def _store(self) -> ObjectStore:
        return _open(self.url, self.where)


def split(url: str) -> tuple[Bucket, str]:
    """The whole bucket of a URL, and what the URL names in it.

    >>> split("s3://bucket/shop/orders")
    (Bucket(url='s3://bucket'), 'shop/orders')
    """
    scheme, _, rest = url.partition("://")
    bucket, _, name = rest.partition("/")
    return Bucket(f"{scheme}://{bucket}"), name


class Upload:
    """An object on its way: there, whole, once it is complete, and never if it is aborted. Few pieces are in memory at a time."""

    def __init__(self, url: str, writer: Any) -> None:
        self._url, self._writer = url, writer

    def write(self, piece: bytes) -> None:
        """Adds to what is on its way; waits where as much is on its way as may be."""
        if piece:
            with explained(self._url):
                self._writer.write(piece)

    def complete(self) -> None:
        with explained(self._url):
            self._writer.close()

    def abort(self) -> None:
        """Has the store forget the pieces, as far as it can be told so."""
        with suppress(Exception):
            self._writer.__exit__(ColgenError, None, None)


def _version(meta: Any) -> Version:
    return Version(meta.get("e_tag"), meta.get("version"))


@cache
def _open(url: str, where: tuple[tuple[str, str], ...]) -> ObjectStore:
    """The store of a URL. Credentials come from where every program of its kind takes them. No thread is started by this alone.

    where : what counts where the environment of this process says nothing
    """
    try:
        from obstore.store import from_url
    except ImportError:
        raise ColgenError("object storage needs obstore: pip install 'colgen[objects]'") from None
    kind = {"s3": "aws_", "az": "azure_"}.get(url.partition("://")[0], "-")
    settings = {name: value for name, value in {**dict(where), **dict(where_stores_are())}.items() if name.startswith(kind)}
    options: dict[str, Any] = {"client_options": dict(_CLIENT), "retry_config": dict(_RETRIES), "config": settings}
    if url.startswith("s3://"):
        endpoint = settings.get("aws_endpoint", "")
        if without_password(endpoint) != endpoint:
            raise ColgenError("AWS_ENDPOINT_URL must contain no password: credentials have variables of their own")
        if endpoint:
            options["client_options"]["allow_http"] = endpoint.startswith("http://")
        if _has_profile(os.environ):
            options["credential_provider"] = _profile()
    with explained(url):
        return from_url(url, **options)


def _has_profile(environment: Mapping[str, str]) -> bool:
    """Whether AWS's credentials are those of a profile: no others take precedence over it, and its files are there or it is named."""
    first = (
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    )
    if environment.get("AWS_PROFILE"):
        return not environment.get("AWS_ACCESS_KEY_ID")
    if any(environment.get(name) for name in first):
        return False
    home = Path(os.path.expanduser("~/.aws"))
    files = {"AWS_SHARED_CREDENTIALS_FILE": home / "credentials", "AWS_CONFIG_FILE": home / "config"}
    return any(os.path.isfile(environment.get(name) or path) for name, path in files.items())


def _profile() -> Any:
    """obstore knows keys, roles and machines; profiles, with single sign-on and all, are boto3's to read."""
    try:
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError:
        raise ColgenError("credentials of an AWS profile need boto3: pip install 'colgen[objects]'") from None
    try:
        return Boto3CredentialProvider()
    except Exception as error:  # botocore's words for a profile that does not exist, or has no credentials
        raise ColgenError(f"the credentials of the AWS profile cannot be read: {error}") from None


@contextmanager
def explained(url: str) -> Iterator[None]:
    """What obstore raises, for people: FileNotFoundError, Conflict's causes, and ColgenError for everything else."""
    from obstore import exceptions

    try:
        yield
    except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
        raise
    except FileNotFoundError as error:
        if _NO_BUCKET.search(str(error)):
            raise ColgenError(f"{url}: there is no such bucket") from None
        raise
    except (exceptions.BaseError, OSError) as error:
        if _NO_BUCKET.search(str(error)):
            raise ColgenError(f"{url}: there is no such bucket") from None
        if _NO_CREDENTIALS.search(str(error)):
            raise ColgenError(
                f"{url}: no credentials were found: give them in the environment, in a profile, or by the machine's own role ({reason(error)})"
            ) from None
        refused = "the store refuses these credentials: " if _NO_RIGHT.search(str(error)) else ""
        raise ColgenError(f"{url}: {refused}{reason(error)}") from None


def reason(error: Exception) -> str:
    """What obstore says of an error, in one line for people: without what Rust would show a programmer."""
    words = " ".join(str(error).partition("Debug source:")[0].split())
    if told := re.search(r"<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", words):
        words = f"{told[2]} ({told[1]})"
    words = re.sub(r"^Generic \w+ error: ", "", words)
    return without_password(words if len(words) <= _LONGEST_REASON else f"{words[:_LONGEST_REASON]}…")
