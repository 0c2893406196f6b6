"""The OpenAPI document and the pages that come with the service."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attack.attack import INPUTS
from tests.service.conftest import Served, start
from tests.support import thorough

EXPECTED = [200, 202, 204, 304, 401, 404, 409, 422, 429, 503]
"""What a request that the document allows may be answered with: a model, a build, a table or a setting that nobody has is a 404 or a 422."""


def test_every_operation_says_what_it_does_and_how_it_may_fail(served: Served) -> None:
    document = served.client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (method, path)
            problems = [status for status in operation["responses"] if int(status) >= 400]
            assert problems, (method, path)
            for status in problems:
                assert "application/problem+json" in operation["responses"][status]["content"], (method, path, status)


def test_requests_have_examples_that_are_accepted(served: Served) -> None:
    examples = served.client.get("/openapi.json").json()["components"]["schemas"]["Generate"]["examples"]
    for example in examples:
        example["config"]["dryRun"] = True
        assert served.generate(**example).status_code == 202


def test_the_documentation_needs_nothing_from_outside(served: Served) -> None:
    page = served.client.get("/docs").text
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith("/"), address
        assert served.client.get(address).status_code == 200
    assert served.client.get("/docs/nonesuch.js").status_code == 404


def test_views_of_the_page_have_addresses_and_their_data_beside_them(served: Served, shop: str) -> None:
    for path in ("/", "/new", "/jobs", f"/builds/{shop}", f"/builds/{shop}/tables/invoices?sort=-total", "/compare"):
        assert "<!doctype html>" in served.client.get(path).text.lower()
    data = served.client.get(f"/builds/{shop}/tables/invoices.json?limit=1", follow_redirects=True)
    assert data.json()["total"] == 75
    assert served.client.get("/nonesuch").status_code == 404


def test_metrics_count_requests_and_jobs(served: Served) -> None:
    served.client.get("/api/jobs")
    text = served.client.get("/metrics").text
    assert 'colgen_http_requests_total{method="GET",route="/api/jobs",status="200"}' in text
    assert 'colgen_jobs{state="done"}' in text


@thorough
def test_the_service_keeps_to_its_document(tmp_path: Path) -> None:
    """Schemathesis tries every operation with what its document allows and with what it does not."""
    pytest.importorskip("schemathesis", reason="the API's own test needs schemathesis: pip install 'colgen[quality]'")
    service = start(tmp_path / "root", tmp_path / "home")
    service.build("shop")
    (tmp_path / "schemathesis.toml").write_text(f"[checks.positive_data_acceptance]\nexpected-statuses = {EXPECTED}\n")
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(tmp_path / "schemathesis.toml"), "run"]
    options = ["--checks", "all", "--max-examples", str(max(3, INPUTS // 1000)), "--seed", "1", "--continue-on-failure", "--no-color"]
    done = subprocess.run([*command, *options, f"{service.url.rstrip('/')}/openapi.json"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-8000:]
    assert "Exception" not in (tmp_path / "home" / "serve.log").read_text()
    assert service.stop() == 0
