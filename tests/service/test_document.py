"""The OpenAPI document and the pages that come with the service."""

from __future__ import annotations

import re

from tests.service.conftest import Served


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
