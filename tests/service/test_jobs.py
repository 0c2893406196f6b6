"""Jobs over HTTP: lists, tags, events."""

from __future__ import annotations

import json
from typing import Any

from tests.service.conftest import Served


def events(served: Served, id: int, after: str | None = None) -> list[dict[str, str]]:
    """The events of a job's stream, to its end."""
    headers = {"Last-Event-ID": after} if after is not None else {}
    with served.client.stream("GET", f"/api/jobs/{id}/events", headers=headers) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        text = "".join(response.iter_text())
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


def test_a_job_s_tag_says_whether_it_has_changed(served: Served) -> None:
    id = served.generate(out="tagged").json()["jobId"]
    served.ended(id)
    first = served.client.get(f"/api/jobs/{id}")
    again = served.client.get(f"/api/jobs/{id}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    other = served.client.get(f"/api/jobs/{id}", headers={"If-None-Match": '"0-0-0"'})
    assert other.status_code == 200


def test_the_events_of_a_job_come_in_order_and_end_with_it(served: Served) -> None:
    job = served.build("watched", config={"check": True})
    names = [event["event"] for event in events(served, job["id"])]
    assert names[0] == "state"
    assert {"start", "rows", "stage", "proving", "end"} <= set(names)
    last = events(served, job["id"])[-1]
    assert (last["event"], json.loads(last["data"])["state"]) == ("state", "done")


def test_a_stream_goes_on_after_the_last_event_that_was_seen(served: Served) -> None:
    id = served.generate(out="watched").json()["jobId"]
    served.ended(id)
    every = events(served, id)
    assert events(served, id, every[1]["id"]) == every[2:]
    assert events(served, id, every[-1]["id"]) == []
    for odd in ("nonsense", "-1", "999999999999999999", "5"):  # not where an event has ended
        assert events(served, id, odd) == every


def test_jobs_are_listed_page_by_page(served: Served) -> None:
    ids = [served.generate(out="listed").json()["jobId"] for _ in range(3)]
    listed: list[int] = []
    page: dict[str, Any] = {"next": ids[-1] + 1}
    while len(listed) < 3:
        page = served.client.get("/api/jobs", params={"limit": 2, "cursor": page["next"]}).json()
        listed += [job["id"] for job in page["items"]]
    assert listed[:3] == ids[::-1]
    assert all(job["state"] == "failed" for job in served.client.get("/api/jobs", params={"state": "failed"}).json()["items"])


def test_what_is_not_a_job_is_not_found(served: Served) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/resume"), ("GET", "/events"), ("GET", "/result")):
        response = served.client.request(method, f"/api/jobs/999999{path}")
        assert (response.status_code, response.json()["detail"]) == (404, "there is no job 999999")
    assert served.client.get("/api/jobs/x").status_code == 422


def test_a_build_has_no_result(served: Served) -> None:
    id = served.generate(out="resultless").json()["jobId"]
    served.ended(id)
    assert served.client.get(f"/api/jobs/{id}/result").status_code == 409
