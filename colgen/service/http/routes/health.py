"""Whether the service is there, its figures, and the session of a browser."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from colgen.service.http.guard import COOKIE
from colgen.service.http.problems import Problem, responses
from colgen.service.http.state import ServiceOf

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """The service is there."""

    status: Literal["ok"] = "ok"


class Session(BaseModel):
    """The token of the service, typed by a person."""

    token: str = Field(min_length=1, max_length=1000)

    model_config = {"extra": "forbid"}


@router.get("/healthz")
async def health() -> Health:
    """Whether the service is there."""
    return Health()


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}, **responses(401)})
async def metrics(service: ServiceOf) -> Response:
    """Requests and jobs, in the form of Prometheus."""
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.post("/api/session", status_code=204, responses=responses(401, 422))
async def start_session(session: Session, service: ServiceOf, response: Response) -> None:
    """Let a browser in, which cannot send the header: the token goes into a cookie that no script and no other site can use."""
    if not service.settings.accepts(session.token):
        raise Problem(401, "no-token", "that is not the token of this service")
    if service.settings.token is None:  # nobody asks for it
        return
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="strict", path="/")


@router.delete("/api/session", status_code=204)
async def end_session(response: Response) -> None:
    """Forget the cookie."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", path="/")
