"""An address at which nobody answers is said at once."""

from __future__ import annotations

import socket

import pytest

from colgen.engines.reach import refuse_unreachable
from colgen.errors import ColgenError


@pytest.fixture
def server() -> socket.socket:
    """A socket that listens on loopback."""
    return socket.create_server(("127.0.0.1", 0))


@pytest.mark.parametrize("scheme", ["", "ray://", "spark://"])
def test_somebody_answers(server: socket.socket, scheme: str) -> None:
    with server:
        refuse_unreachable(f"{scheme}127.0.0.1:{server.getsockname()[1]}")


@pytest.mark.parametrize("scheme", ["", "ray://", "spark://"])
def test_nobody_answers(server: socket.socket, scheme: str) -> None:
    address = f"{scheme}127.0.0.1:{server.getsockname()[1]}"
    server.close()
    with pytest.raises(ColgenError, match=f"no cluster could be reached at '{address}': connection refused"):
        refuse_unreachable(address)


@pytest.mark.parametrize(
    "address", ["", "auto", "local", "local[2]", "yarn", "local-cluster[2,1,1024]", "k8s://https://host:443", "spark://a:1,b:1"]
)
def test_of_other_forms_nothing_is_known(address: str) -> None:
    refuse_unreachable(address)
