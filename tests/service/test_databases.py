"""Builds into the databases that the service's configuration names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.service.conftest import start
from tests.support import thorough


@thorough
def test_a_client_names_a_database_and_never_sees_its_url(tmp_path: Path, server: str, database: Any, schema: str) -> None:
    service = start(tmp_path / "root", tmp_path / "home", env={"COLGEN_DATABASES": f"staging={server}"})
    assert service.client.get("/api/databases").json() == ["staging"]
    job = service.build("database:staging", config={"schema": schema, "check": True})
    assert job["target"] == f"staging, schema {schema}"
    assert database.execute(f'SELECT count(*) FROM "{schema}".invoices').fetchone() == (75,)
    for answer in ("/api/jobs", f"/api/jobs/{job['id']}", "/api/databases", "/openapi.json"):
        assert server not in service.client.get(answer).text
    again = service.generate(out="database:staging", volume="small", config={"dryRun": False, "schema": schema})
    failed = service.ended(again.json()["jobId"])
    assert (failed["state"], "finished build" in failed["message"]) == ("failed", True)
    confirmed = {"confirm": "DELETE_ALL_MOCK_DATA", "build": "database:staging", "schema": schema}
    assert service.client.delete("/api/mock-data/cleanup", params=confirmed).json()["removed"]["database:staging"] >= 8
    assert service.generate(out="database:other", config={"dryRun": False}).status_code == 422
    assert service.stop() == 0
