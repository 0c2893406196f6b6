"""The routes of the specification: starting builds and following them."""

from __future__ import annotations

from typing import Any

import pytest

from colgen import build
from tests.service.conftest import Served
from tests.support import thorough, whole


def test_a_build_is_a_job_and_becomes_what_the_command_makes(served: Served, tmp_path: Any) -> None:
    response = served.generate(model="invoicing", volume="small", out="first", scenario="normal-ops", config={"dryRun": False, "seed": 3})
    assert response.status_code == 202
    started = response.json()
    assert started == {"jobId": started["jobId"], "status": "started", "scenario": "normal-ops"}
    assert response.headers["Location"] == f"/api/jobs/{started['jobId']}"
    assert int(response.headers["Retry-After"]) > 0
    served.ended(started["jobId"])
    status = served.client.get("/api/mock-data/status", params={"jobId": started["jobId"]}).json()
    assert status["status"] == "completed"
    assert status["progress"]["progressPercent"] == 100
    assert status["progress"]["recordsGenerated"]["invoices"] == 75
    build("invoicing", volume="small", seed=3, scenario="normal-ops", out=tmp_path / "same")
    assert whole(served.root / "first").tables == whole(tmp_path / "same").tables


def test_without_a_word_it_is_a_dry_run_that_carries_the_estimate(served: Served) -> None:
    started = served.generate(model="invoicing", volume="large", out="nothing", config={"volumeMultiplier": 1000}).json()
    served.ended(started["jobId"])
    status = served.client.get("/api/mock-data/status", params={"jobId": started["jobId"]}).json()
    assert status["estimate"]["rows"]["invoices"] == 5_000_000
    assert {"totalBytes", "seconds", "memory"} <= status["estimate"].keys()
    assert not (served.root / "nothing").exists()


@pytest.mark.parametrize(
    ("request_", "pointers"),
    [
        ({"model": "nonesuch"}, ["/model"]),
        ({"model": "../../evil.py"}, ["/model"]),
        ({"volume": "medum"}, ["/volume"]),
        ({"scenario": "/etc/passwd"}, ["/scenario"]),
        ({"format": "xml"}, ["/format"]),
        ({"config": {"startDate": "yesteryear", "seed": -1}}, ["/config/seed"]),
        ({"config": {"startDate": "yesteryear", "endDate": "2024-13-01"}}, ["/config/startDate", "/config/endDate"]),
        ({"config": {"settings": {"customer": 3, "products": -1}}}, ["/config/settings/customer", "/config/settings/products"]),
        ({"config": {"tables": ["invoices", "nonesuch"]}}, ["/config/tables"]),
        ({"config": {"startDate": "2024-02-01", "endDate": "2024-01-01"}}, [""]),
        ({"unknown": 1}, ["/unknown"]),
        ({"config": {"unknown": 1}}, ["/config/unknown"]),
        ({"config": {"dryRun": "no"}}, ["/config/dryRun"]),
        ({"out": ""}, ["/out"]),
    ],
)
def test_each_mistake_is_named_with_its_place(served: Served, request_: dict[str, Any], pointers: list[str]) -> None:
    response = served.generate(**request_)
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert all(error["detail"] for error in problem["errors"])
    assert problem.keys() == {"type", "title", "status", "detail", "errors"}


@pytest.mark.parametrize(
    "out",
    [
        "../shop",
        "/tmp/shop",
        "a/b",
        "..",
        ".",
        ".hidden",
        "x" * 300,
        "a\0b",
        "shop;DROP TABLE",
        "postgresql://a:b@c/d",
        "database:x",
        "a b",
        "x.db",
        "shop.duckdb.wal",
    ],
)
def test_a_target_is_a_name_below_the_root_and_nothing_else(served: Served, out: str) -> None:
    before = sorted(path.name for path in served.root.parent.iterdir())
    response = served.generate(model="invoicing", out=out, config={"dryRun": False})
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == ["/out"]
    assert sorted(path.name for path in served.root.parent.iterdir()) == before


def test_a_link_out_of_the_root_is_not_followed(served: Served, tmp_path: Any) -> None:
    (served.root / "link").symlink_to(tmp_path)
    response = served.generate(model="invoicing", out="link", config={"dryRun": False})
    assert (response.status_code, list(tmp_path.iterdir())) == (409, [])
    assert served.client.get("/api/builds/link").status_code == 409


def test_the_same_key_starts_one_job(served: Served) -> None:
    def asked(key: str, **config: Any) -> Any:
        return served.client.post("/api/mock-data/generate", json={"config": config}, headers={"Idempotency-Key": key})

    first, again, other = asked("once", seed=1), asked("once", seed=1), asked("once", seed=2)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["type"]) == (422, "urn:colgen:key-reused")


def test_a_request_that_is_sent_again_when_its_build_is_there_gets_the_same_job(served: Served) -> None:
    request = {"volume": "small", "out": "keyed", "config": {"dryRun": False}}
    first = served.client.post("/api/mock-data/generate", json=request, headers={"Idempotency-Key": "keyed"})
    served.ended(first.json()["jobId"])
    again = served.client.post("/api/mock-data/generate", json=request, headers={"Idempotency-Key": "keyed"})
    assert (again.status_code, again.json(), again.headers["Location"]) == (202, first.json(), first.headers["Location"])


@thorough
def test_a_build_that_is_there_is_replaced_only_if_that_is_asked_for(served: Served) -> None:
    served.build("twice", config={"seed": 1})
    refused = served.generate(volume="small", out="twice", config={"dryRun": False, "seed": 2})
    assert (refused.status_code, "config.overwrite" in refused.json()["detail"]) == (409, True)
    served.build("twice.duckdb")
    assert served.generate(volume="small", out="twice.duckdb", config={"dryRun": False}).status_code == 409
    served.build("twice.duckdb", config={"schema": "another"})
    served.build("twice", config={"seed": 2, "overwrite": True, "settings": {"customers": 30}})
    shown = served.client.get("/api/builds/twice").json()
    assert (shown["seed"], shown["settings"], shown["rows"]["customers"]) == (2, {"customers": 30}, 30)


def test_one_job_at_a_time_builds_into_a_target(served: Served) -> None:
    large = {"model": "invoicing", "volume": "large", "out": "busy", "config": {"dryRun": False, "volumeMultiplier": 4000}}
    id = served.generate(**large).json()["jobId"]
    refused = served.generate(**large)
    assert (refused.status_code, f"job {id}" in refused.json()["detail"]) == (409, True)
    assert served.client.delete(f"/api/jobs/{id}").status_code == 409
    assert served.client.delete("/api/mock-data/cleanup", params={"confirm": "DELETE_ALL_MOCK_DATA", "build": "busy"}).status_code == 409
    assert served.client.post(f"/api/jobs/{id}/cancel").status_code == 202
    assert served.ended(id)["state"] == "cancelled"
    assert not (served.root / "busy").exists()
    assert served.client.post(f"/api/jobs/{id}/cancel").status_code == 409
    assert served.client.post(f"/api/jobs/{id}/resume").json()["state"] in ("queued", "running")
    served.client.post(f"/api/jobs/{id}/cancel")
    served.ended(id)
    assert served.client.delete(f"/api/jobs/{id}").status_code == 204
    assert served.client.get(f"/api/jobs/{id}").status_code == 404


def test_scenarios_are_listed_and_shown_with_what_they_inherit(served: Served) -> None:
    names = [scenario["name"] for scenario in served.client.get("/api/mock-data/scenarios").json()]
    assert "peak-season" in names
    shown = served.client.get("/api/mock-data/scenarios/peak-season").json()
    assert shown["extends"]
    assert shown["changes"]
    assert served.client.get("/api/mock-data/scenarios/nonesuch").status_code == 404
    assert served.client.get("/api/mock-data/scenarios/%2Fetc%2Fpasswd").status_code == 404


def test_cleanup_asks_first_and_removes_what_colgen_made_and_nothing_else(served: Served) -> None:
    served.build("gone")
    (served.root / "gone" / "mine.txt").write_text("mine")
    asked = served.client.delete("/api/mock-data/cleanup", params={"build": "gone"})
    assert (asked.status_code, asked.json()["type"]) == (422, "urn:colgen:not-confirmed")
    removed = served.client.delete("/api/mock-data/cleanup", params={"build": "gone", "confirm": "DELETE_ALL_MOCK_DATA"})
    assert removed.json()["removed"]["gone"] > 0
    assert [path.name for path in (served.root / "gone").iterdir()] == ["mine.txt"]
    assert served.client.delete("/api/mock-data/cleanup", params={"build": "gone", "confirm": "DELETE_ALL_MOCK_DATA"}).status_code == 404


def test_builds_into_databases_are_switched_off_and_on(served: Served) -> None:
    assert served.client.get("/api/mock-data/toggle").json()["enabled"]
    off = served.client.post("/api/mock-data/toggle", json={"enabled": False}).json()
    assert not off["enabled"]
    assert off["reasons"]
    id = served.generate(out="off.duckdb", volume="small", config={"dryRun": False}).json()["jobId"]
    assert served.ended(id)["state"] == "failed"
    assert served.client.post("/api/mock-data/toggle", json={"enabled": True}).json() == {"enabled": True, "reasons": []}
    served.build("on.duckdb")
