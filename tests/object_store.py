"""An S3 server in this process, and a proxy in front of it that fails as networks and servers do."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

BUCKET = "colgen-tests"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


@contextmanager
def running() -> Iterator[str]:
    """The endpoint of a server with one bucket."""
    moto = pytest.importorskip("moto.server", reason="no S3 server: pip install 'moto[server]'")
    pytest.importorskip("obstore", reason="object storage needs obstore: pip install 'colgen[objects]'")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    connection = http.client.HTTPConnection(host, port)
    connection.request(
        "PUT", f"/{BUCKET}", headers={"Authorization": "AWS4-HMAC-SHA256 Credential=test/20240101/us-east-1/s3/aws4_request"}
    )
    assert connection.getresponse().status == 200
    connection.close()
    yield f"http://{host}:{port}"
    server.stop()


@dataclass
class Fault:
    """What happens to requests.

    kind : `slow`, `unavailable` (503), `forbidden` (403), `cut` (the connection ends amid the body) or `lost` (the answer is, the request is not)
    method, path : which ones; the path ends or goes on with that
    times : how many of them
    """

    kind: str
    method: str
    path: str
    times: int = 1
    then: Callable[[], None] = lambda: None

    def meets(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and self.path in path


@dataclass
class Proxy:
    """What the proxy is to do, and what has passed it."""

    endpoint: str
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.meets(method, path):
                fault.times -= 1
                return fault
        return None


@contextmanager
def proxy_of(endpoint: str) -> Iterator[Proxy]:
    """A proxy in front of a server, for a while."""
    host, _, port = endpoint.removeprefix("http://").partition(":")
    proxy = Proxy("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def handle_any(self) -> None:
            proxy.requests.append((self.command, self.path))
            length = int(self.headers.get("Content-Length", 0))
            fault = proxy.take(self.command, self.path)
            kind = fault.kind if fault is not None else ""
            if fault is not None:
                fault.then()
            if kind == "cut":
                self.rfile.read(length // 2)
                return self.hang_up()
            body = self.rfile.read(length)
            if kind in ("unavailable", "forbidden"):
                self.send_response(503 if kind == "unavailable" else 403)
                self.send_header("Content-Length", "0")
                return self.end_headers()
            if kind == "slow":
                time.sleep(0.2)
            connection = http.client.HTTPConnection(host, int(port))
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            if kind == "lost":
                return self.hang_up()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def hang_up(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(2)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
