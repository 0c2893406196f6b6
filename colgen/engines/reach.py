"""Whether somebody answers at the address of a cluster: Ray and Spark try for minutes, and fill the terminal meanwhile."""

from __future__ import annotations

import re
import socket

from colgen.errors import ColgenError

_PATIENCE = 10.0  # seconds

_ONE_HOST = re.compile(r"(?:ray://|spark://)?([\w.-]+):(\d{1,5})")


def refuse_unreachable(address: str) -> None:
    """Raises ColgenError where an address is that of one host and nobody answers there. Of any other form nothing is known."""
    match = _ONE_HOST.fullmatch(address)
    if match is None:
        return
    try:
        socket.create_connection((match[1], int(match[2])), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ColgenError(f"no cluster could be reached at {address!r}: {reason.lower()}") from None
