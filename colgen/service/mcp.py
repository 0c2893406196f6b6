"""colgen as a server of tools for language models, over stdin and stdout (Model Context Protocol).

stdout is the protocol's alone: the SDK turns whatever else is printed to stderr.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ValidationError

from colgen.errors import ColgenError, one_of
from colgen.jobs.store import Store
from colgen.service.tools import BuildConfig, Request, Tools
from colgen.service.workers import CallFailed
from colgen.service.workspace import Workspace

_INSTRUCTIONS = """colgen generates realistic relational data: whole databases of invented customers, orders, payments and so on, whose keys, \
sums and dates agree. The same request always gives the same data.

The usual order: models → describe(model) → estimate(request), and preview(request) to see rows → build(request), which starts a job → \
status(job, wait_seconds=60) until its state is "done" → check(build) to prove every rule, report(build, name) or query(build, sql) to read it. \
builds() lists what has been built before.

Builds lie in one folder and are addressed by their names, such as "shop". Building into a name that is taken is refused unless \
config.overwrite is true; ask the user before you overwrite. Errors say what is wrong and what would be right."""

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_RUNS_CHECK = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_BUILDS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False)
_MOST_MISTAKES = 20
_LONGEST_SENTENCE = 500
_EXIT_SECONDS = 0.5  # for ending what runs, after Ctrl-C


class ColgenTool(Tool):
    """A tool that refuses arguments it does not have, and whose errors are colgen's own words."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        """Runs it. ToolError for what can be explained, UnexpectedToolError for a mistake of ours, whose traceback goes to stderr."""
        try:
            values = self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            raise ToolError(self._mistakes(error)) from None
        except RecursionError:
            raise ToolError("the arguments are nested too deeply") from None
        given = {self.context_kwarg: context} if self.context_kwarg is not None else {}
        try:
            result = await self.fn(**values, **given)
        except CallFailed as error:
            raise ToolError(_words(error)) from None
        except (ColgenError, LookupError) as error:
            if isinstance(error, LookupError) and not isinstance(error.args[0] if error.args else None, str):
                raise UnexpectedToolError(_OUR_MISTAKE) from error
            raise ToolError(str(error.args[0])) from None
        except Exception as error:
            raise UnexpectedToolError(_OUR_MISTAKE) from error
        text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=result) if convert_result else result

    def _mistakes(self, error: ValidationError) -> str:
        return "; ".join(self._mistake(mistake) for mistake in error.errors()[:_MOST_MISTAKES])

    def _mistake(self, mistake: Any) -> str:
        """A mistake with its place, as in `request.config.seed: it must be a valid integer`."""
        *above, last = map(str, mistake["loc"])
        if mistake["type"] == "extra_forbidden":
            known = {"request": _spelled(Request), "request.config": _spelled(BuildConfig)}.get(
                ".".join(above), list(self.parameters["properties"])
            )
            return f"{'.'.join(above) or self.name} has no {'field' if above else 'argument'} {last!r}; {one_of(last, known)}"
        text = (
            str(mistake["msg"])
            .removeprefix("Value error, ")
            .replace("Input should be", "it must be")
            .replace("Field required", "it is missing")
        )
        return f"{'.'.join([*above, last])}: {text[:1].lower()}{text[1:_LONGEST_SENTENCE]}"


_OUR_MISTAKE = "colgen has made a mistake; the server's stderr says more"


def _spelled(model: type[Request] | type[BuildConfig]) -> list[str]:
    """The fields of a model, as requests spell them."""
    return list(model.model_json_schema()["properties"])


def _words(error: CallFailed) -> str:
    """What a call failed of, with the places in the request that are wrong."""
    return "; ".join(f"{('request' + pointer).replace('/', '.')}: {message}" for pointer, message in error.mistakes) or str(error)


def create_server(workspace: Workspace, store: Store, environment: Mapping[str, str]) -> MCPServer[Any]:
    """A server of tools on a folder of builds and a store of jobs.

    environment : the variables that jobs are given, with the guards of the configuration
    """
    tools = Tools(workspace, store, environment)

    @asynccontextmanager
    async def lifespan(server: MCPServer[Any]) -> AsyncIterator[None]:
        async with tools.running():
            yield

    hints = {tools.build: _BUILDS, tools.check: _RUNS_CHECK}
    functions = [
        *(tools.models, tools.describe, tools.estimate, tools.preview, tools.build),
        *(tools.status, tools.builds, tools.check, tools.report, tools.query),
    ]
    return MCPServer(
        "colgen",
        title="colgen",
        version=version("colgen"),
        instructions=_INSTRUCTIONS,
        tools=[_tool(function, hints.get(function, _READS)) for function in functions],
        lifespan=lifespan,
        log_level="WARNING",
    )


def _tool(function: Any, annotations: ToolAnnotations) -> Tool:
    tool = ColgenTool.from_function(function, description=inspect.getdoc(function), annotations=annotations)
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"  # the SDK ignores arguments that a tool does not have
    arguments.model_rebuild(force=True)
    tool.parameters = arguments.model_json_schema(by_alias=True)
    return tool


def serve(workspace: Workspace, store: Store, environment: Mapping[str, str]) -> None:
    """Answers until stdin is closed. Jobs that run go on. KeyboardInterrupt, or the end of the process, on Ctrl-C and SIGTERM."""
    try:
        asyncio.run(_serve(create_server(workspace, store, environment)))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _serve(server: MCPServer[Any]) -> None:
    loop = asyncio.get_running_loop()

    def stop(number: int) -> None:
        for task in asyncio.all_tasks():  # which ends their processes
            task.cancel()
        # the thread that reads stdin cannot be interrupted, and Python would wait for it
        last = threading.Timer(_EXIT_SECONDS, os._exit, [128 + number])
        last.daemon = True
        last.start()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    print("colgen serves tools over stdin and stdout; it is meant to be started by a client", file=sys.stderr, flush=True)
    await server.run_stdio_async()
