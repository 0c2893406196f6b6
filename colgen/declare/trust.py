"""Which model files a user has run: those that were named on the command line or in Python.

A finished build says in its manifest which file its model was read from. A manifest may come from anywhere, so that file is executed again
only if it is, byte by byte, one that this user has named before. What is remembered is the digest of its bytes, as the name of an empty file
in the user's own folder (`colgen.home`).
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress

from colgen import home


def digest_of(source: bytes) -> str:
    """The digest of a model file: SHA-256, in hexadecimal.

    >>> digest_of(b"model = 1")[:12]
    '47d9442dcecc'
    """
    return hashlib.sha256(source).hexdigest()


def remember(digest: str) -> None:
    """Notes that the user has named a file with this digest. Where nothing can be noted, it has to be named each time."""
    with suppress(OSError, ValueError, RuntimeError):
        known = home.folder(os.environ) / "models"
        known.mkdir(mode=0o700, parents=True, exist_ok=True)
        (known / digest).touch(exist_ok=True)


def is_known(digest: str) -> bool:
    """Whether the user has named a file with this digest before."""
    try:
        return os.path.isfile(home.folder(os.environ) / "models" / digest)
    except (ValueError, RuntimeError):  # a null character in the path; no home folder
        return False
