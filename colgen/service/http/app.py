"""The application: routes, guard and page put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import compile_path

from colgen.jobs.store import Store
from colgen.service.http.guard import Guard
from colgen.service.http.problems import ProblemBody, add_handlers, responses
from colgen.service.http.routes import builds, health, jobs, mock_data, models, pages
from colgen.service.http.state import Service, Settings

_DESCRIPTION = """Realistic relational data, built on request.

A build is a job: `POST /api/mock-data/generate` starts one, `GET /api/jobs/{id}` or its events say how it gets on, and the finished build can be
looked at, checked, compared and taken away under `/api/builds`. Errors are problem+json (RFC 9457), with a pointer to each field that is wrong.
"""


def create_app(settings: Settings, store: Store) -> FastAPI:
    """A service on a store of jobs. It starts and settles jobs from its start-up to its shutdown."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with app.state.service.running():
            yield

    app = FastAPI(
        title="colgen",
        version=version("colgen"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.service = service = Service(settings, store)
    for router in (mock_data.router, jobs.router, models.router, builds.router, health.router, pages.router):
        app.include_router(router)
    app.mount("/page", pages.page_files)
    add_handlers(app, lambda path: _allowed(app, path))
    app.add_middleware(Guard, service=service)
    app.openapi = lambda: _document(app, settings)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """The OpenAPI document, with what FastAPI does not see: the form of problems, and the token."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, openapi_version=app.openapi_version
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        problem = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= {**problem.pop("$defs"), "ProblemBody": problem}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for operation in _operations(document):
            operation["responses"] = {
                **responses(403, 421),
                **(responses(400, 408, 413) if "requestBody" in operation else {}),
                **operation["responses"],
            }
        if settings.token is not None:
            document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}]
        app.openapi_schema = document
    return app.openapi_schema


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _allowed(app: FastAPI, path: str) -> list[str]:
    """The methods that mean something at a path."""
    templates = ((compile_path(template)[0], operations) for template, operations in app.openapi()["paths"].items())
    return sorted({method.upper() for pattern, operations in templates if pattern.fullmatch(path) for method in operations})
