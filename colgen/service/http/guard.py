"""What stands before every route: who may ask, from where, how much, and for how long."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from colgen.service.http.problems import Problem
from colgen.service.http.state import Service

MOST_BODY_BYTES = 1 << 20
BODY_SECONDS = 20.0
"""How long a body may take to arrive."""

_DRAIN_BYTES, _DRAIN_SECONDS = 16 << 20, 2.0

SEND_SECONDS = 60.0
"""How long a client may take nothing of an answer."""

COOKIE = "colgen_token"
_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Refuses what must not get further, as a problem. Nothing is read of what is refused."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        body = _Body(scope, receive, began)

        async def guarded_send(message: Message) -> None:
            nonlocal status
            if body.problem is not None and not status:
                return  # whatever the application makes of half a body
            if message["type"] == "http.response.start":
                status, headers = message["status"], MutableHeaders(scope=message)
                _harden(headers, is_file=scope["path"].startswith("/page/"))
                await body.drain()
                if not body.is_over:  # or else the client could go on sending it for ever
                    headers["Connection"] = "close"
            async with asyncio.timeout(SEND_SECONDS):
                await send(message)

        try:
            self._refuse(scope)
            await self._app(scope, body.receive, guarded_send)
            if body.problem is not None and not status:
                raise body.problem
        except Problem as problem:
            if status:  # the answer has started: all that can be done is to break it off
                raise
            body.problem = None
            await problem.response()(scope, receive, guarded_send)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._service.metrics.answered(
                scope["method"] if scope["method"] in _METHODS else "other", route, status, time.perf_counter() - began
            )

    def _refuse(self, scope: Scope) -> None:
        headers, settings = Headers(scope=scope), self._service.settings
        host = headers.get("host", "")
        if settings.token is None and _name(host) not in settings.hosts:
            raise Problem(421, "wrong-host", f"this service is not called {host[:100]!r}; address it as localhost, or give it a token")
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            raise Problem(403, "foreign-origin", "a page of another origin may not use this service")
        is_followed = headers.get("sec-fetch-mode") == "navigate" and scope["method"] in _SAFE_METHODS  # a link to a view
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not is_followed:
            raise Problem(403, "foreign-origin", "a page of another site may not use this service")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BODY_BYTES:
            raise _too_large()
        if settings.token is not None and not _is_open(scope["path"]) and not settings.accepts(_token(headers)):
            headers_ = {"WWW-Authenticate": 'Bearer realm="colgen"'}
            raise Problem(401, "no-token", "give the token of this service: Authorization: Bearer TOKEN", headers=headers_)


_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


class _Body:
    """A body on its way in: it may be neither endless nor slow.

    is_over : whether all of it has come
    problem : why it was not read further
    """

    def __init__(self, scope: Scope, receive: Receive, began: float) -> None:
        self._receive, self._began, self._bytes = receive, began, 0
        headers = Headers(scope=scope)
        self.is_over = "transfer-encoding" not in headers and headers.get("content-length", "0") == "0"
        self.problem: Problem | None = None

    async def receive(self) -> Message:
        if self.is_over:  # what comes now is that the client has gone, whenever that is
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.01, self._began + BODY_SECONDS - time.perf_counter())):
                message = await self._receive()
        except TimeoutError:
            self.problem = Problem(408, "too-slow", f"the body took more than {BODY_SECONDS:.0f} seconds to arrive")
            raise self.problem from None
        self._bytes += len(message.get("body", b""))
        if self._bytes > MOST_BODY_BYTES:
            self.problem = _too_large()
            raise self.problem
        self.is_over = not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Takes what still comes and is not read by anyone, within limits: a client that is hung up on while it sends may not see the answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while not self.is_over and self._bytes < _DRAIN_BYTES:
                    message = await self._receive()
                    self._bytes += len(message.get("body", b""))
                    self.is_over = not message.get("more_body", False)


def _too_large() -> Problem:
    return Problem(413, "too-large", f"a body may have at most {MOST_BODY_BYTES:,} bytes")


def _name(host: str) -> str:
    """A host without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()


def _token(headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None else ""


def _is_open(path: str) -> bool:
    """Whether a path needs no token: whether the service is there, and the page, which holds no data of its own."""
    return not path.startswith(("/api/", "/metrics", "/docs", "/openapi")) or path == "/api/session"


def _harden(headers: MutableHeaders, *, is_file: bool) -> None:
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    headers.setdefault("Content-Security-Policy", _POLICY)
    # a file is asked for again, and sent again if it has changed
    headers.setdefault("Cache-Control", "no-cache" if is_file else "no-store")
