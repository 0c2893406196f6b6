"""Tools over stdin and stdout, used as a client uses them: the real command, and the SDK's own client."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import colgen, thorough

mcp = pytest.importorskip("mcp", reason="the server of tools needs the SDK: pip install 'colgen[mcp]'")

SHOP = {"model": "invoicing", "volume": "small", "config": {"seed": 7}}
TOOLS = {"models", "describe", "estimate", "preview", "build", "status", "builds", "check", "report", "query"}


class Session:
    """A client and its server, which live in a loop of their own so that all tests of a module share them."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        self.messages: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stop = asyncio.Event()
        ready: Any = self._loop.create_future()
        self._living = asyncio.run_coroutine_threadsafe(self._live(ready), self._loop)
        self.client = self._wait(self._first(ready))

    async def _first(self, ready: Any) -> Any:
        await asyncio.wait([ready, asyncio.wrap_future(self._living)], return_when=asyncio.FIRST_COMPLETED)
        return ready.result()

    async def _live(self, ready: Any) -> None:
        environment = {**os.environ, "COLGEN_HOME": str(self.home)}
        parameters = mcp.StdioServerParameters(
            command=sys.executable, args=["-m", "colgen", "mcp", "--root", str(self.root)], env=environment
        )
        async with mcp.Client(parameters) as client:
            ready.set_result(client)
            await self._stop.wait()

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._living.result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def tools(self) -> dict[str, Any]:
        return {tool.name: tool for tool in self._wait(self.client.list_tools()).tools}

    def call(self, tool: str, **arguments: Any) -> Any:
        """What a tool gives, which it gives twice: as text and as it is."""
        answer = self._wait(self.client.call_tool(tool, arguments, progress_callback=self._hear))
        assert not answer.is_error, answer.content[0].text
        assert json.loads(answer.content[0].text) == answer.structured_content
        return answer.structured_content

    async def _hear(self, progress: float, total: float | None, message: str | None) -> None:
        self.messages.append(message or "")

    def refusal(self, tool: str, **arguments: Any) -> str:
        """Why a tool refuses a call."""
        answer = self._wait(self.client.call_tool(tool, arguments))
        assert answer.is_error
        text = answer.content[0].text
        assert "Traceback" not in text
        assert "pydantic" not in text
        return str(text)

    def build(self, out: str, **config: Any) -> Any:
        """The job of a small build, when it has ended."""
        job = self.call("build", request={**SHOP, "out": out, "config": {**SHOP["config"], **config}})["job"]
        return self.call("status", job=job, wait_seconds=60)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = Session(tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home"))
    yield session
    session.close()


@pytest.fixture(scope="module")
def shop(session: Session) -> str:
    """The name of a finished build."""
    assert session.build("shop")["state"] == "done"
    return "shop"


def test_the_instructions_give_the_order(session: Session) -> None:
    assert "models → describe" in session.client.instructions


def test_every_tool_says_what_it_is_for(session: Session) -> None:
    tools = session.tools()
    assert set(tools) == TOOLS
    for tool in tools.values():
        assert "Example" in tool.description
        assert not tool.input_schema.get("additionalProperties", True)
        for argument in tool.input_schema["properties"].values():
            assert "description" in argument or "$ref" in argument or "request" in tool.input_schema["properties"]


def test_tools_that_write_say_so(session: Session) -> None:
    writing = {name for name, tool in session.tools().items() if not tool.annotations.read_only_hint}
    assert writing == {"build", "check"}


def test_models_are_listed(session: Session) -> None:
    models = session.call("models")
    assert {"invoicing", "ecommerce", "erp"} <= {model["name"] for model in models["models"]}
    assert models["scenarios"]


def test_a_model_is_described_in_short(session: Session) -> None:
    described = session.call("describe", model="erp")
    assert len(json.dumps(described)) < 12_000
    assert "customer_id BIGINT → customers" in session.call("describe", model="invoicing")["tables"]["invoices"]["columns"]


def test_a_table_is_described_in_full(session: Session) -> None:
    described = session.call("describe", model="invoicing", table="invoices")
    assert all({"name", "type", "description"} <= set(column) for column in described["columns"])


def test_an_estimate_builds_nothing(session: Session) -> None:
    before = sorted(session.root.iterdir())
    estimate = session.call("estimate", request={**SHOP, "out": "estimated"})
    assert estimate["rows"]["customers"] == 25
    assert sorted(session.root.iterdir()) == before


def test_a_preview_shows_rows(session: Session) -> None:
    preview = session.call("preview", request=SHOP, table="customers", rows=3)
    assert list(preview) == ["customers"]
    assert [len(row) for row in preview["customers"]["rows"]] == [len(preview["customers"]["columns"])] * 3


def test_a_preview_shows_what_is_built(session: Session, shop: str) -> None:
    previewed = session.call("preview", request=SHOP, table="products", rows=4)["products"]["rows"]
    assert session.call("query", build=shop, sql="SELECT * FROM products ORDER BY id LIMIT 4")["rows"] == previewed


@thorough
def test_a_build_is_a_job_that_ends(session: Session) -> None:
    started = session.call("build", request={**SHOP, "out": "another"})
    assert started["state"] in ("running", "done")
    ended = session.call("status", job=started["job"], wait_seconds=60)
    assert (ended["state"], ended["summary"]["rows"]["customers"]) == ("done", 25)
    assert (session.root / "another" / "manifest.json").is_file()


@thorough
def test_waiting_tells_how_far_it_is(session: Session) -> None:
    session.messages.clear()
    session.build("followed", check=True)
    assert session.messages


def test_the_latest_jobs_are_listed(session: Session, shop: str) -> None:
    assert "shop" in [job["request"]["out"] for job in session.call("status")["jobs"] if job["kind"] == "build"]


def test_finished_builds_are_listed(session: Session, shop: str) -> None:
    (listed,) = [build for build in session.call("builds")["builds"] if build["name"] == shop]
    assert (listed["model"], listed["seed"], listed["rows"]["customers"]) == ("invoicing", 7, 25)


def test_a_check_proves_every_rule(session: Session, shop: str) -> None:
    checked = session.call("check", build=shop, wait_seconds=60)
    assert checked["check"]["holds"]
    assert checked["check"]["rules"] > 100


@thorough
def test_a_check_shows_rows_that_break_a_rule(session: Session) -> None:
    duckdb = pytest.importorskip("duckdb")
    assert session.build("broken.duckdb")["state"] == "done"
    with duckdb.connect(str(session.root / "broken.duckdb")) as connection:
        (schema,) = connection.execute("SELECT schema_name FROM duckdb_tables() WHERE table_name = 'invoices'").fetchone()
        connection.execute(f'UPDATE "{schema}".invoices SET tax_amount = tax_amount + 1 WHERE id = 3')
    check = session.call("check", build="broken.duckdb", wait_seconds=60)["check"]
    assert not check["holds"]
    assert any(outcome["violations"] == 1 and outcome["rows"] for outcome in check["broken"])


@thorough
def test_a_check_that_takes_long_is_a_job(session: Session, shop: str) -> None:
    started = session.call("check", build=shop, wait_seconds=0)
    assert session.call("check", build=shop, wait_seconds=60)["job"] == started["job"]


def test_a_report_is_made(session: Session, shop: str) -> None:
    report = session.call("report", build=shop, name="customer_summary")
    assert report["columns"]
    assert report["rows"]


def test_a_report_takes_parameters(session: Session, shop: str) -> None:
    number = session.call("query", build=shop, sql="SELECT min(invoice_number) FROM invoices")["rows"][0][0]
    assert session.call("report", build=shop, name="invoice_details", parameters={"invoice": number})["rows"]


def test_a_build_is_queried(session: Session, shop: str) -> None:
    result = session.call("query", build=shop, sql="SELECT count(*) AS customers FROM customers")
    assert result == {"columns": ["customers"], "types": ["BIGINT"], "rows": [[25]], "truncated": False}


def test_a_request_may_be_text(session: Session) -> None:
    assert session.call("estimate", request=json.dumps(SHOP))["rows"]["customers"] == 25


REFUSALS = [
    ("describe", {"model": "invoicin"}, "did you mean 'invoicing'?"),
    ("describe", {"model": "invoicing", "table": "invoice"}, "did you mean 'invoices'?"),
    ("describe", {}, "model: it is missing"),
    ("models", {"verbose": True}, "models has no argument 'verbose'"),
    ("query", {"build": "shop", "sql": "SELECT 1", "limit": 5}, "query has no argument 'limit'; available: build, sql, schema"),
    ("estimate", {"request": {"modell": "erp"}}, "request has no field 'modell'; did you mean 'model'?"),
    ("estimate", {"request": {"config": {"sed": 1}}}, "request.config has no field 'sed'; did you mean 'seed'?"),
    ("estimate", {"request": {"config": {"seed": "seven"}}}, "request.config.seed: it must be a valid integer"),
    ("estimate", {"request": {"volume": "smal"}}, "request.volume: "),
    ("estimate", {"request": {"config": {"startDate": "31.12.2024"}}}, "request.config.startDate: "),
    ("preview", {"request": SHOP, "table": "customer"}, "did you mean 'customers'?"),
    ("preview", {"request": SHOP, "rows": 1000}, "rows: it must be less than or equal to 100"),
    ("build", {"request": {**SHOP, "out": "../elsewhere"}}, "request.out: '../elsewhere' is not the name of a build"),
    ("build", {"request": {**SHOP, "out": "/tmp/elsewhere"}}, "is not the name of a build"),
    ("build", {"request": {**SHOP, "out": "database:production"}}, "there is no database 'production'"),
    ("build", {"request": {**SHOP, "config": {"dryRun": True}}}, "call estimate for a dry run"),
    ("build", {"request": {**SHOP, "scenario": "/etc/passwd"}}, "request.scenario: there is no scenario"),
    ("status", {"job": 999_999}, "there is no job 999999"),
    ("status", {"job": 1, "wait_seconds": 3600}, "wait_seconds: it must be less than or equal to 60"),
    ("status", {"wait_seconds": 5}, "wait_seconds needs job"),
    ("check", {"build": "shopp"}, "there is no build 'shopp'; did you mean 'shop'?"),
    ("check", {"build": "../shop"}, "is not the name of a build"),
    ("report", {"build": "shop", "name": "customer"}, "customer_summary"),
    ("report", {"build": "shop", "name": "invoice_details", "parameters": {"number": "1"}}, "has no parameter 'number'"),
    ("query", {"build": "shop", "sql": "SELECT * FROM read_csv('/etc/passwd')"}, "not allowed"),
    ("query", {"build": "shop", "sql": "SELECT nme FROM customers"}, "nme"),
    ("query", {"build": "nothing", "sql": "SELECT 1"}, "there is no build 'nothing'"),
]


@pytest.mark.parametrize(("tool", "arguments", "words"), REFUSALS)
def test_a_wrong_call_is_refused_in_words(session: Session, shop: str, tool: str, arguments: dict[str, Any], words: str) -> None:
    assert words in session.refusal(tool, **arguments)


def test_a_name_that_is_taken_is_not_overwritten(session: Session, shop: str) -> None:
    assert "set config.overwrite to replace it" in session.refusal("build", request={**SHOP, "out": shop})


def test_a_busy_target_is_refused(session: Session) -> None:
    large = {"model": "invoicing", "volume": "large", "out": "busy", "config": {"volumeMultiplier": 300}}
    job = session.call("build", request=large)["job"]
    assert f"job {job} builds into" in session.refusal("build", request=large)
    assert colgen("cancel", str(job), env={"COLGEN_HOME": str(session.home)}).returncode == 0
    assert session.call("status", job=job)["state"] == "cancelled"


# The process


def serve(root: Path, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "colgen", "mcp", "--root", str(root)]
    pipe = subprocess.PIPE
    environment = {**os.environ, "COLGEN_HOME": str(home)}
    server = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)
    assert server.stderr is not None
    assert "colgen serves" in server.stderr.readline()
    return server


def send(server: subprocess.Popen[str], id: int, method: str, **params: Any) -> None:
    assert server.stdin is not None
    server.stdin.write(json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}) + "\n")
    server.stdin.flush()


def greet(server: subprocess.Popen[str]) -> None:
    send(server, 1, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "test", "version": "1"})
    assert server.stdout is not None
    assert json.loads(server.stdout.readline())["result"]["serverInfo"]["name"] == "colgen"


def processes_of(root: Path) -> list[str]:
    """The processes that work for a server: each is told its folder by its environment."""
    marked = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(root).encode() in (folder / "environ").read_bytes():
                marked.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended, or is somebody else's
            continue
    return marked


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="only there can processes be told apart")
@thorough
def test_an_interrupt_ends_it_and_its_queries_at_once(tmp_path: Path, shop: str, session: Session) -> None:
    server = serve(session.root, tmp_path)
    greet(server)
    endless = "SELECT count(*) FROM range(10000000) a, range(10000000) b"
    send(server, 2, "tools/call", name="query", arguments={"build": shop, "sql": endless})
    for _ in range(100):
        if any("colgen.service.query" in process for process in processes_of(tmp_path)):
            break
        time.sleep(0.05)
    assert any("colgen.service.query" in process for process in processes_of(tmp_path))
    server.send_signal(signal.SIGINT)
    out, complaints = server.communicate(timeout=30)
    assert (server.returncode, out) == (130, "")
    assert "Traceback" not in complaints
    assert processes_of(tmp_path) == []


@thorough
def test_builds_go_on_without_it(tmp_path: Path) -> None:
    server = serve(tmp_path / "root", tmp_path / "home")
    greet(server)
    request = {"model": "invoicing", "volume": "large", "out": "shop", "config": {"volumeMultiplier": 10}}
    send(server, 2, "tools/call", name="build", arguments={"request": request})
    assert server.stdout is not None
    answer = json.loads(server.stdout.readline())
    send(server, 3, "tools/call", name="status", arguments={"job": answer["result"]["structuredContent"]["job"], "wait_seconds": 60})
    server.communicate(timeout=30)  # which closes stdin
    assert server.returncode == 0
    for _ in range(200):
        if (tmp_path / "root" / "shop" / "manifest.json").is_file():
            break
        time.sleep(0.1)
    assert (tmp_path / "root" / "shop" / "manifest.json").is_file()


def test_without_the_sdk_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "mcp.py").write_text("raise ModuleNotFoundError(\"No module named 'mcp'\", name='mcp')\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "colgen", "mcp", "--root", str(tmp_path / "root")]
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path})
    assert ended.returncode == 1
    assert 'colgen mcp needs mcp: pip install "colgen[mcp]"' in ended.stderr
