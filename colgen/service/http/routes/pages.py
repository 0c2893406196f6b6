"""The page at /, its modules and style sheet, and the documentation of the API; nothing comes from outside."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from colgen.service.http.problems import Problem

router = APIRouter(include_in_schema=False)

_PAGE = Path(__file__).parents[2] / "page"
page_files = StaticFiles(directory=_PAGE)
"""Modules, the style sheet and the icon, under /page."""

_SWAGGER = "fastapi_swagger.resources"
_SWAGGER_FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon-32x32.png": "image/png"}
_DOCS_POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
_VIEWS = ("new", "jobs", "builds", "models", "compare")
"""What the page shows under an address of its own; `/api` has the same under the same path."""


@router.get("/")
async def page() -> FileResponse:
    """The page."""
    return FileResponse(_PAGE / "index.html")


@router.get("/favicon.ico")
async def icon() -> FileResponse:
    """The icon."""
    return FileResponse(_PAGE / "icon.svg")


@router.get("/docs")
async def docs() -> HTMLResponse:
    """Swagger UI."""
    page = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="colgen API",
        swagger_js_url="/docs/swagger-ui-bundle.js",
        swagger_css_url="/docs/swagger-ui.css",
        swagger_favicon_url="/docs/favicon-32x32.png",
    )
    page.headers["Content-Security-Policy"] = _DOCS_POLICY
    return page


@router.get("/docs/{name}")
async def docs_file(name: str) -> Response:
    """A file of Swagger UI, from the package that has it."""
    if name not in _SWAGGER_FILES:
        raise Problem(404, "not-found", f"there is no file {name[:100]!r}")
    return Response(
        files(_SWAGGER).joinpath(name).read_bytes(), media_type=_SWAGGER_FILES[name], headers={"Cache-Control": "max-age=86400"}
    )


async def view(request: Request) -> Response:
    """A view of the page; with .json at the end, what it shows."""
    if request.url.path.endswith(".json"):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/api{request.url.path.removesuffix('.json')}{query}", 307)
    return await page()


for _view in _VIEWS:
    for _path in (f"/{_view}", f"/{_view}.json", f"/{_view}/{{rest:path}}"):
        router.add_api_route(_path, view, methods=["GET"])
