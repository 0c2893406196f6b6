"""Errors as RFC 9457 has them: problem+json, with a pointer to each field that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from colgen.errors import ColgenError, RequestError, TargetError
from colgen.jobs.queue import NoSuchJob
from colgen.jobs.store import KeyReused, StoreUnusable, TargetBusy
from colgen.service.workers import AllBusy, CallFailed

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = 5


class Mistake(BaseModel):
    """A field that is wrong."""

    pointer: str = Field(
        description="Where it is in the body, as a JSON pointer; # is in front for a parameter of the URL.", examples=["/config/seed"]
    )
    detail: str = Field(description="What is wrong, and what would be right.")


class ProblemBody(BaseModel):
    """Why a request was refused."""

    type: str = Field(description="What kind of problem it is.", examples=["urn:colgen:invalid-request"])
    title: str
    status: int
    detail: str = Field(description="What is wrong, for people.")
    errors: list[Mistake] = Field(default=[], description="The fields that are wrong.")


class Problem(Exception):
    """A request that is refused.

    kind : names the kind of problem for programs
    mistakes : the place of each in the request, and what is wrong
    """

    def __init__(
        self, status: int, kind: str, detail: str, mistakes: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.kind, self.detail, self.mistakes, self.headers = status, kind, detail, mistakes, dict(headers or {})
        super().__init__(detail)

    def response(self) -> Response:
        """Itself as a response."""
        body = ProblemBody(
            type=f"urn:colgen:{self.kind}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            errors=[Mistake(pointer=pointer, detail=detail) for pointer, detail in self.mistakes],
        )
        return JSONResponse(body.model_dump(), self.status, self.headers, MEDIA_TYPE)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def problem_of(error: Exception) -> Problem:
    """What an error of colgen's is over HTTP."""
    match error:
        case CallFailed(kind="absent"):
            return Problem(404, "not-found", str(error))
        case CallFailed(kind="request"):
            return Problem(422, "invalid-request", str(error), error.mistakes)
        case CallFailed(kind="slow") | AllBusy() | StoreUnusable():
            return Problem(503, "too-much-to-do", str(error), headers={"Retry-After": str(_RETRY_SECONDS)})
        case CallFailed(kind="crash"):
            return Problem(500, "internal-error", str(error))
        case NoSuchJob():
            return Problem(404, "not-found", str(error))
        case KeyReused():
            return Problem(422, "key-reused", str(error))
        case TargetBusy():
            return Problem(409, "target-busy", f"job {error.job} builds into that target; wait for it, or cancel it")
        case CallFailed() | TargetError() | RequestError():  # the request is well formed, but the state of things is against it
            return Problem(409, "conflict", str(error))
    return Problem(500, "internal-error", str(error))


def add_handlers(app: FastAPI, allowed: Callable[[str], Sequence[str]]) -> None:
    """Every error becomes a problem.

    allowed : the methods that mean something at a path
    """

    async def of_problem(request: Request, error: Exception) -> Response:
        return error.response() if isinstance(error, Problem) else problem_of(error).response()

    async def of_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        mistakes = [(_pointer(each["loc"]), _sentence(each)) for each in error.errors()[:_MOST_MISTAKES]]
        return Problem(
            422, "invalid-request", "; ".join(f"{pointer or 'the body'}: {detail}" for pointer, detail in mistakes), mistakes
        ).response()

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = error.status_code
        if status == 400:  # FastAPI's word for a body that it cannot read
            return Problem(
                400, "invalid-request", "the body is not JSON that can be read: it is not UTF-8, or nested too deeply"
            ).response()
        detail = {404: f"there is nothing at {request.url.path}", 405: f"{request.method} means nothing at {request.url.path}"}.get(status)
        kind = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(status, "invalid-request")
        headers = {"Allow": ", ".join(allowed(request.url.path))} if status == 405 else error.headers
        return Problem(status, kind, detail or str(error.detail), headers=headers).response()

    async def of_mistake(request: Request, error: Exception) -> Response:  # which Starlette logs
        return Problem(500, "internal-error", "the service has made a mistake; its log says more").response()

    app.add_exception_handler(Problem, of_problem)
    app.add_exception_handler(ColgenError, of_problem)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(Exception, of_mistake)


_MOST_MISTAKES = 20
_LONGEST_SENTENCE = 500


def _pointer(location: Sequence[str | int]) -> str:
    """Where a field is.

    >>> _pointer(("body", "config", "seed")), _pointer(("query", "limit")), _pointer(("body",))
    ('/config/seed', '#limit', '')
    """
    where, *path = location
    if where == "body":
        return "".join(
            f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path if not isinstance(part, int) or path[0] != part
        )
    return f"#{path[0]}" if path else ""


def _sentence(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such field"
    if error["type"] == "json_invalid":
        return f"it is not valid JSON: {error.get('ctx', {}).get('error', '')}"
    if error["type"] == "too_short":
        return f"it must not be shorter than {error['ctx']['min_length']}"
    if error["type"] == "model_attributes_type":
        return "it must be a JSON object, and Content-Type must be application/json"
    if error["type"] == "int_parsing_size":
        return "it must be a whole number of at most 18 digits"
    text = str(error["msg"]).replace("Input should be", "it must be").replace("Field required", "it is missing")
    return text[:1].lower() + text[1:_LONGEST_SENTENCE]
