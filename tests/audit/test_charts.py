"""A page of charts shows a build, and needs nothing but itself."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

import colgen
from colgen.audit import charts
from colgen.declare.find import find_model
from colgen.errors import ColgenError, RequestError, TargetError
from tests.support import colgen as command
from tests.support import part_of, thorough

CHARTS = find_model("ecommerce").charts


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page") / "shop"
    colgen.build("ecommerce", volume="small", out=folder)
    return folder


@pytest.fixture(scope="module")
def drawn(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("plotly", reason="a page of charts needs Plotly")
    file = tmp_path_factory.mktemp("drawn") / "shop.html"
    charts.write("ecommerce", shop, file)
    return file


def test_the_page_names_the_build_and_every_chart(drawn: Path) -> None:
    text = drawn.read_text(encoding="utf-8")
    assert "volume small, seed 0, 2024-12-02 to 2024-12-31" in text
    assert all(chart.title in text for chart in CHARTS)
    sessions = colgen.build("ecommerce").rows["raw_sessions"]
    assert f"<td>raw_sessions</td><td>{sessions:,}</td>" in text


def test_a_file_that_is_there_is_replaced_only_when_asked(shop: Path, tmp_path: Path) -> None:
    pytest.importorskip("plotly", reason="a page of charts needs Plotly")
    file = tmp_path / "shop.html"
    file.write_text("mine")
    refused = command("report", "ecommerce", shop, "--html", file)
    assert (refused.returncode, "add --overwrite" in refused.stderr, file.read_text()) == (3, True, "mine")
    assert command("report", "ecommerce", shop, "--html", file, "--overwrite").returncode == 0
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert os.listdir(tmp_path) == ["shop.html"]


@pytest.mark.parametrize("file", ["nowhere/shop.html", "", "/dev/null", "/dev/full"])
@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_what_is_no_place_for_a_page_is_refused(shop: Path, tmp_path: Path, file: str, more: tuple[str, ...]) -> None:
    refused = command("report", "ecommerce", shop, "--html", file, *more, cwd=tmp_path)
    assert (refused.returncode, refused.stderr.count("\n"), os.listdir(tmp_path)) == (3, 1, [])


def test_a_link_is_kept_and_the_file_that_it_points_to_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("page")
    charts.put_file(tmp_path / "link", b"first", overwrite=False)
    charts.put_file(tmp_path / "link", b"second", overwrite=True)
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "page").read_bytes()) == (True, b"second")
    with pytest.raises(TargetError, match="is there already"):
        charts.put_file(tmp_path / "link", b"third", overwrite=False)


def test_a_report_of_a_table_that_was_not_written_says_so(tmp_path: Path) -> None:
    colgen.build(out=tmp_path / "data", tables=["customers"])
    with pytest.raises(ColgenError, match="report customer_summary cannot be made of this build"):
        colgen.report("customer_summary", tmp_path / "data")


@thorough
def test_a_browser_draws_every_chart_and_asks_nobody_for_anything(drawn: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="needs the playwright package")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        asked, complaints = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(drawn.as_uri())
        tab.wait_for_function(f"document.querySelectorAll('figure .main-svg').length >= {3 * len(CHARTS)}")
        charts = tab.locator("figure").all()
        boxes = [(chart.bounding_box(), chart.locator(".main-svg").first.bounding_box()) for chart in charts]
        bars = tab.locator(".bars .point").count()
        browser.close()
    assert complaints == []
    assert asked == [drawn.as_uri()]
    assert len(charts) == len(CHARTS)
    assert all(svg["width"] <= figure["width"] for figure, svg in boxes)
    assert bars > 50


def test_the_command_line_writes_it(shop: Path, tmp_path: Path) -> None:
    pytest.importorskip("plotly", reason="a page of charts needs Plotly")
    told = command("report", "ecommerce", shop, "--html", tmp_path / "shop.html")
    assert (told.returncode, told.stdout) == (0, "")
    assert (tmp_path / "shop.html").stat().st_size > 100_000


def test_another_models_name_is_refused(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="is a build of ecommerce, not of invoicing"):
        charts.write("invoicing", shop, tmp_path / "page.html")


def test_a_model_without_charts_is_refused(tmp_path: Path) -> None:
    colgen.build("invoicing", volume="small", out=tmp_path / "data")
    with pytest.raises(RequestError, match="invoicing has no charts"):
        charts.write("invoicing", tmp_path / "data", tmp_path / "page.html")


def test_without_plotly_it_says_what_to_install(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly", None)
    with pytest.raises(ColgenError, match=r'pip install "colgen\[html\]"'):
        charts.write("ecommerce", shop, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_damaged_build_is_not_drawn(shop: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(shop, tmp_path / "damaged")
    part_of(folder, "raw_reviews").unlink()
    with pytest.raises(ColgenError, match="is damaged"):
        charts.write("ecommerce", folder, tmp_path / "page.html")
