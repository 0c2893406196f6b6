"""The commands that serve: serve, over HTTP, and mcp, as tools for a language model."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from colgen.errors import ColgenError, RequestError

if TYPE_CHECKING:
    from colgen.service.workspace import Workspace

Root = Annotated[
    Path,
    typer.Option(
        "--root", metavar="FOLDER", help="The folder that holds the builds: nothing is read or written outside it, but databases."
    ),
]
_FEWEST_LETTERS = 16
_STORE_SECONDS = 0.5  # while the store is locked nothing is answered


def serve(
    root: Root = Path("data"),
    host: Annotated[str, typer.Option("--host", help="The address to serve at; beyond this machine only with a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes one that is free.")] = 8765,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", metavar="FILE", help="Clients must present the text in this file; COLGEN_TOKEN gives it, too."),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="How many jobs run at once.")] = 2,
    most_queued: Annotated[int, typer.Option("--most-queued", min=1, max=1_000, help="How many may wait.")] = 200,
) -> None:
    """Serve builds over HTTP: an API, and a page to build and look from.

    Databases that may be built into are named in colgen.toml, as in databases = { staging = "postgresql://localhost/staging" }; clients see
    the names alone. Jobs are those of `colgen status`, and go on when the service stops.

    Examples: colgen serve --root data/ · colgen serve --host 0.0.0.0 --token-file token.txt
    """
    token = _token(token_file)
    if token is None and not _is_loopback(host):
        raise RequestError(f"--host {host} may be reached from other machines: give a token with --token-file or COLGEN_TOKEN")
    try:
        from colgen.service.http.server import serve as run
        from colgen.service.http.state import LOOPBACK, Settings
    except ImportError as error:
        raise ColgenError(f'colgen serve needs {error.name}: pip install "colgen[serve]"') from None
    from colgen.jobs.queue import folder
    from colgen.jobs.store import Store

    workspace = workspace_of(root)
    hosts = LOOPBACK | {f"[{host}]" if ":" in host else host.lower()}
    settings = Settings(workspace, token, hosts, jobs_at_once=jobs, most_queued=most_queued, environment=guarded_environment())
    run(settings, Store(folder(os.environ), wait=_STORE_SECONDS), host, port)


def mcp(root: Root = Path("data")) -> None:
    """Serve colgen's tools to a language model, over stdin and stdout (Model Context Protocol).

    A client starts the command by itself, as in {"mcpServers": {"colgen": {"command": "colgen", "args": ["mcp", "--root", "/home/ann/data"]}}}.
    Builds are jobs, those of `colgen status`, and go on when the client stops.

    Example: colgen mcp --root data/
    """
    try:
        from colgen.service.mcp import serve as run
    except ImportError as error:
        raise ColgenError(f'colgen mcp needs {error.name}: pip install "colgen[mcp]"') from None
    from colgen.jobs.queue import folder
    from colgen.jobs.store import Store

    run(workspace_of(root), Store(folder(os.environ)), guarded_environment())


def workspace_of(root: Path) -> Workspace:
    """The folder, made if it is not there, and the databases that the configuration names."""
    from colgen import config
    from colgen.service.workspace import Workspace

    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"--root {root}: {os.strerror(error.errno or 0).lower()}") from None
    values = config.resolve({}, os.environ, config.current_folder())
    return Workspace(root.resolve(), values["databases"].value)


def guarded_environment() -> dict[str, str]:
    """The variables that jobs are given: the guards of this folder's configuration hold for them, wherever they run."""
    from colgen import config

    deny, most_rows = config.guards(os.environ, config.current_folder())
    guards = {"COLGEN_DENY": ",".join(deny)} if deny else {}
    return {**os.environ, **guards, **({"COLGEN_MAX_ROWS": str(most_rows)} if most_rows is not None else {})}


def _token(file: Path | None) -> str | None:
    if file is None:
        token = os.environ.get("COLGEN_TOKEN", "").strip()
    else:
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError(f"--token-file {file}: {getattr(error, 'strerror', None) or 'it is not text'}") from None
    if (file is not None or token) and (len(token) < _FEWEST_LETTERS or not token.isascii() or not token.isprintable()):
        raise RequestError(
            f"a token must have at least {_FEWEST_LETTERS} letters and digits; make one with python3 -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return token or None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
