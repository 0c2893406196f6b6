"""Who may ask the service, from where, and how much."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.conftest import Served, start
from tests.support import colgen

TOKEN = "a-token-of-enough-letters"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that asks for a token."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "token").write_text(f"{TOKEN}\n")
    service = start(folder / "root", folder / "home", "--token-file", str(folder / "token"))
    yield service
    service.stop()


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "localhost:evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::2]:80"],
)
def test_another_name_is_refused(served: Served, host: str) -> None:
    response = served.client.get("/api/jobs", headers={"Host": host})
    assert response.status_code == 421


@pytest.mark.parametrize("host", ["localhost:1", "LOCALHOST", "127.0.0.1", "[::1]:8765"])
def test_names_of_this_machine_are_answered(served: Served, host: str) -> None:
    assert served.client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "http://["])
def test_a_page_of_another_origin_is_refused(served: Served, origin: str) -> None:
    response = served.client.post("/api/mock-data/toggle", json={"enabled": False}, headers={"Origin": origin})
    assert response.status_code == 403
    assert served.client.get("/api/mock-data/toggle").json()["enabled"]
    assert "access-control-allow-origin" not in response.headers


def test_the_page_s_own_origin_is_answered(served: Served) -> None:
    assert served.client.get("/api/jobs", headers={"Origin": served.url.rstrip("/")}).status_code == 200


def test_another_site_s_form_is_refused(served: Served) -> None:
    response = served.client.post("/api/mock-data/toggle", json={"enabled": False}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert served.client.get("/api/jobs", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}).status_code == 403
    assert served.client.get("/jobs", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).status_code == 200


def test_a_large_body_is_refused(served: Served) -> None:
    response = served.client.post("/api/estimate", content=b" " * (1 << 21), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (413, "urn:colgen:too-large")


def test_an_endless_body_is_refused(served: Served) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 65_536

    with contextlib.suppress(httpx.TransportError):  # the service may have hung up already
        assert served.client.post("/api/estimate", content=endless(), headers={"Content-Type": "application/json"}).status_code == 413
    assert served.client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 100_000, b"", b"{", b"\xff", b"null", b"[]", b'{"config": []}', b'{"model": {"a": 1}}']
)
def test_an_odd_body_is_refused(served: Served, body: bytes) -> None:
    response = served.client.post("/api/mock-data/generate", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_thousand_slow_clients_keep_nobody_waiting(served: Served) -> None:
    address = (served.client.base_url.host, served.client.base_url.port)
    slow = [socket.create_connection(address) for _ in range(500)]
    try:
        for client in slow:
            client.sendall(b"POST /api/estimate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n")
        assert served.client.get("/api/jobs").status_code == 200
    finally:
        for client in slow:
            client.close()


@pytest.mark.parametrize("path", ["/api/jobs", "/metrics", "/docs", "/openapi.json"])
def test_nothing_is_shown_without_the_token(locked: Served, path: str) -> None:
    assert locked.client.get(path).status_code == 401
    assert locked.client.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert locked.client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_a_browser_signs_in_once(locked: Served) -> None:
    with httpx.Client(base_url=locked.url) as browser:
        assert browser.get("/").status_code == 200
        assert browser.post("/api/session", json={"token": "wrong"}).status_code == 401
        signed = browser.post("/api/session", json={"token": TOKEN})
        assert signed.status_code == 204
        assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in signed.headers["Set-Cookie"].split(";")}
        assert browser.get("/api/jobs").status_code == 200
        assert browser.get("/api/jobs", headers={"Origin": "https://evil.example"}).status_code == 403


def test_with_a_token_it_may_have_any_name(locked: Served) -> None:
    assert locked.client.get("/healthz", headers={"Host": "colgen.example"}).status_code == 200


def test_beyond_this_machine_a_token_is_asked_for(tmp_path: Path) -> None:
    refused = colgen("serve", "--root", tmp_path, "--host", "0.0.0.0")
    assert (refused.returncode, "--token-file" in refused.stderr) == (2, True)


@pytest.mark.parametrize("token", ["short", "", "with a line\nbreak that is long enough", "ümläute-are-no-ascii-text"])
def test_a_token_must_be_hard_to_guess(tmp_path: Path, token: str) -> None:
    (tmp_path / "token").write_text(token)
    refused = colgen("serve", "--root", tmp_path / "root", "--token-file", tmp_path / "token")
    assert (refused.returncode, "a token must have" in refused.stderr) == (2, True)


def test_every_answer_is_hardened(served: Served) -> None:
    for path in ("/", "/api/jobs", "/nonesuch", "/docs"):
        headers: Any = served.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_the_files_of_the_page_are_the_only_ones(served: Served) -> None:
    module = served.client.get("/page/main.js")
    assert served.client.get("/page/main.js", headers={"If-None-Match": module.headers["ETag"]}).status_code == 304
    for path in (
        "/page/..%2f..%2fworker.py",
        "/page/%2e%2e/worker.py",
        "/page//etc/passwd",
        "/docs/..%2fmain.py",
        "/page/a%00b",
        f"/page/{'a' * 5000}",
    ):
        assert served.client.get(path).status_code == 404
