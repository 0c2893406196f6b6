"""The page in a browser, on a real service: what one sees, clicks and types."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.service.conftest import Served, start
from tests.support import damage, thorough

pytestmark = thorough

TOKEN = "a-token-of-enough-letters"
LARGE = {"model": "invoicing", "volume": "large", "volumeMultiplier": "4000"}
"""A build that takes long enough to be watched."""

OpenTab = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="needs the playwright package")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


class Watch:
    """In no test may a tab complain, or ask another origin for anything."""

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self._asked: set[str] = set()
        self._own: set[str] = set()

    def open(self, browser: Any, service: Served, **options: Any) -> Any:
        """A tab in a session of its own."""
        context = browser.new_context(**{"base_url": service.url, "viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(20_000)
        tab = context.new_page()
        tab.on("request", lambda request: self._asked.add(origin(request.url)))
        tab.on("pageerror", lambda error: self._complaints.append(str(error)))
        tab.on("console", lambda message: self._complaints.append(message.text) if is_complaint(message) else None)
        self._own.add(origin(service.url))
        return tab

    def prove(self) -> None:
        """Fails where there was a complaint or a foreign request since the last time."""
        complaints, asked = self._complaints[:], self._asked - self._own
        self._complaints.clear()
        self._asked.clear()
        assert (complaints, {address for address in asked if address.startswith("http")}) == ([], set())


@pytest.fixture
def open_tab(browser: Any, served: Served) -> Iterator[OpenTab]:
    """Opens tabs for one test alone."""
    watch = Watch()
    tabs: list[Any] = []

    def opened(service: Served = served, **options: Any) -> Any:
        tabs.append(watch.open(browser, service, **options))
        return tabs[-1]

    yield opened
    for tab in tabs:
        tab.context.close()
    watch.prove()


@pytest.fixture(scope="module")
def window(browser: Any, served: Served) -> Iterator[tuple[Any, Watch]]:
    watch = Watch()
    tab = watch.open(browser, served)
    yield tab, watch
    tab.context.close()


@pytest.fixture
def tab(window: tuple[Any, Watch]) -> Iterator[Any]:
    """A tab that tests share: what loads the page anew each time takes half a second."""
    yield window[0]
    window[1].prove()


def visit(tab: Any, address: str) -> None:
    """Follows a link to an address, or loads the page there if it is not loaded yet, and waits for the view."""
    if tab.url == "about:blank":
        tab.goto(address)
    else:
        tab.evaluate(
            "address => {"
            " const link = document.body.appendChild(Object.assign(document.createElement('a'), {href: address}));"
            " link.click(); link.remove(); }",
            address,
        )
    tab.wait_for_selector("main:not([aria-busy]) h1")


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that asks for a token, and may build into a database."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "token").write_text(TOKEN)
    (folder / "colgen.toml").write_text('databases = { staging = "postgresql://localhost/staging" }\n')
    service = start(folder / "root", folder / "home", "--token-file", str(folder / "token"), cwd=folder)
    yield service
    service.stop()


@pytest.fixture(scope="module")
def other(served: Served) -> str:
    """A build that differs from the shared one."""
    served.build("page-other", config={"seed": 8, "settings": {"customers": 30}, "compression": "zstd"})
    return "page-other"


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_complaint(message: Any) -> bool:
    """Chromium reports every answer that is a refusal; whether the page handles it is what the tests look at."""
    return message.type in ("error", "warning") and not message.text.startswith("Failed to load resource")


def texts(tab: Any, selector: str) -> list[str]:
    return [text.strip() for text in tab.locator(selector).all_text_contents()]


def jobs_into(served: Served, out: str) -> list[dict[str, Any]]:
    jobs = served.client.get("/api/jobs", params={"limit": 200, "kind": "build"}).json()["items"]
    return [job for job in jobs if job["request"].get("out") == out]


def scrolls_sideways(tab: Any) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


# A build


def test_an_estimate_and_a_preview_come_before_anything_is_built(tab: Any, served: Served) -> None:
    visit(tab, "/?out=page-never")
    tab.wait_for_selector(".rows [role=tabpanel]:not([hidden]) tbody tr")
    small = tab.locator(".figures dd").first.inner_text()
    tab.select_option("#plan-volume", "large")
    tab.wait_for_function("small => document.querySelector('.figures dd')?.textContent !== small", arg=small)
    tab.wait_for_selector(".rows [role=tabpanel]:not([hidden]) tbody tr")
    assert "volume=large" in tab.url
    assert (jobs_into(served, "page-never"), (served.root / "page-never").exists()) == ([], False)


def test_the_form_says_which_days_are_meant_by_empty_ones(tab: Any) -> None:
    visit(tab, "/new?model=ecommerce&volume=small")
    tab.wait_for_selector("#plan-endDate-hint:has-text('If empty: 2024-12-31')")
    assert "If empty: 2024-12-02" in tab.locator("#plan-startDate-hint").inner_text()
    tab.fill("#plan-endDate", "2024-06-30")
    tab.wait_for_selector("#plan-startDate-hint:has-text('If empty: 2024-06-01')")
    assert not tab.locator("#plan-endDate-hint span").is_visible()


def test_a_build_leads_from_the_form_to_the_job_and_to_what_was_built(tab: Any) -> None:
    visit(tab, "/?volume=small")
    tab.fill("#plan-out", "page-form")
    tab.click("#build")
    tab.wait_for_url(re.compile(r"/jobs/\d+$"))
    tab.click("text=Look at page-form")
    tab.wait_for_url("**/builds/page-form")
    tab.wait_for_selector("h1:has-text('page-form')")
    assert "invoices" in texts(tab, "main tbody th")


def test_a_double_click_starts_one_job(tab: Any, served: Served) -> None:
    visit(tab, "/?volume=small&out=page-double")
    tab.dblclick("#build")
    tab.wait_for_url(re.compile(r"/jobs/\d+$"))
    (job,) = jobs_into(served, "page-double")
    served.ended(job["id"])


def test_a_build_again_is_asked_for_as_it_was_made(tab: Any, other: str) -> None:
    visit(tab, f"/builds/{other}")
    tab.click("text=Build again")
    tab.wait_for_selector("#set-customers")
    assert [tab.input_value(f"#{id}") for id in ("plan-seed", "set-customers", "plan-compression")] == ["8", "30", "zstd"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("set-customers", "0", "customers"), ("plan-seed", "-1", "greater than or equal to 0"), ("plan-endDate", "1700-01-01", "1700")],
)
def test_a_mistake_is_shown_at_its_field(tab: Any, field: str, value: str, words: str) -> None:
    visit(tab, "/?set=customers=20")
    tab.fill(f"#{field}", value)
    tab.wait_for_selector(f"#{field}[aria-invalid]")
    assert words in tab.locator(f"#{field}-mistake").inner_text()
    assert tab.locator("[aria-invalid]").count() == 1


def test_a_target_that_was_built_meanwhile_is_refused_at_its_field(tab: Any, served: Served) -> None:
    visit(tab, "/?volume=small&out=page-meanwhile")
    served.build("page-meanwhile")
    tab.click("#build")
    tab.wait_for_selector("#plan-out[aria-invalid]")
    assert "There is a build of this name" in tab.locator("#plan-out-mistake").inner_text()
    tab.check("#plan-overwrite")
    tab.click("#build")
    tab.wait_for_url(re.compile(r"/jobs/\d+$"))


def test_a_schema_can_be_chosen_for_a_database_alone(tab: Any, served: Served) -> None:
    visit(tab, "/?volume=small")
    assert (tab.locator("#plan-schema").is_visible(), tab.locator("#plan-format").is_visible()) == (False, True)
    tab.fill("#plan-out", "page.duckdb")
    tab.fill("#plan-schema", "billing")
    assert not tab.locator("#plan-format").is_visible()
    tab.click("#build")
    tab.click("text=Look at page.duckdb")
    tab.wait_for_url("**/builds/page.duckdb?schema=billing")
    tab.wait_for_selector("h1:has-text('page.duckdb, billing')")


def test_a_running_job_is_cancelled_and_resumed(tab: Any, served: Served) -> None:
    query = "&".join(f"{name}={value}" for name, value in LARGE.items())
    visit(tab, f"/?{query}&out=page-large")
    tab.click("#build")
    tab.wait_for_url(re.compile(r"/jobs/\d+$"))
    id = int(tab.url.rpartition("/")[2])
    tab.wait_for_selector(".state.running")
    tab.click("button:text-is('Cancel')")
    tab.wait_for_selector(".state.cancelled")
    tab.click("button:text-is('Resume')")
    tab.click("button:text-is('Cancel')")
    tab.wait_for_selector(".state.cancelled")
    assert served.ended(id)["attempts"] >= 1
    tab.click("text=Forget this job")
    tab.wait_for_url("**/jobs")
    assert served.client.get(f"/api/jobs/{id}").status_code == 404


# A table


def test_a_foreign_key_leads_to_the_row_that_it_refers_to(tab: Any, shop: str) -> None:
    visit(tab, f"/builds/{shop}/tables/invoices")
    link = tab.locator("tbody a").first
    key = link.inner_text()
    link.click()
    tab.wait_for_selector("h1:text-is('customers')")
    assert tab.locator("tbody tr").count() == 1
    assert tab.locator("tbody td").first.inner_text() == key


def test_sorting_and_filtering_are_in_the_address_and_survive_a_reload(tab: Any, shop: str) -> None:
    visit(tab, f"/builds/{shop}/tables/invoices")
    tab.click("#sort-total")
    tab.wait_for_selector("th[aria-sort=ascending]")
    tab.click("#sort-total")
    tab.wait_for_selector("th[aria-sort=descending]")
    tab.select_option("#filter-column", "customer_id")
    tab.select_option("#filter-operator", "le")
    tab.fill("#filter-value", "5")
    tab.click("#filter-add")
    tab.wait_for_selector(".chips li")
    assert tab.url.endswith("?sort=-total&filter=customer_id%3Ale%3A5")
    before = texts(tab, "tbody td")
    tab.reload()
    tab.wait_for_selector("tbody tr")
    assert texts(tab, "tbody td") == before
    at = [text.removesuffix("▼") for text in texts(tab, "thead th a")].index("total")
    totals = [float(text.replace(",", "")) for text in texts(tab, f"tbody tr td:nth-child({at + 1})")]
    assert totals == sorted(totals, reverse=True)
    tab.click(".chips a")
    tab.wait_for_selector("text=of 75 rows")
    tab.go_back()
    tab.wait_for_selector(".chips li")
    assert texts(tab, "tbody td") == before


def test_data_is_never_read_as_html(open_tab: OpenTab, shop: str) -> None:
    tab = open_tab()
    evil = "<img src=x onerror='document.title=1'><script>document.title=1</script>"
    columns = [{"name": evil, "type": "VARCHAR", "description": evil, "isKey": False, "unique": False, "references": None}]
    page = {"name": "invoices", "description": evil, "columns": columns, "rows": [[evil]], "total": 1, "limit": 50, "offset": 0}
    tab.route("**/api/builds/*/tables/*", lambda route: route.fulfill(json=page))
    visit(tab, f"/builds/{shop}/tables/invoices")
    tab.wait_for_selector("tbody tr")
    assert tab.locator("tbody td").inner_text() == evil
    assert tab.locator("main img, main script").count() == 0
    assert tab.title() == "invoices · colgen"


# Checks, charts and comparisons


def test_a_check_lists_the_broken_rules_with_the_rows_that_break_them(tab: Any, served: Served) -> None:
    served.build("page-broken")
    damage(served.root / "page-broken", "invoices", "UPDATE invoices SET total = total + 1 WHERE id = 7")
    visit(tab, "/builds/page-broken/check")
    tab.click("#check-now")
    tab.wait_for_selector("h2:text-is('Broken rules')")
    broken = tab.locator(".violation", has_text="total is subtotal + tax_amount")
    assert broken.locator("tbody td").first.inner_text() == "7"
    tab.click("#rules-broken")
    tab.wait_for_url("**/check?broken=1")
    tab.wait_for_selector("#rules-broken[aria-current]")
    assert tab.locator("text=Rules that hold").count() == 0


def test_the_charts_of_a_build_are_shown_within_the_page(tab: Any, served: Served) -> None:
    served.build("page-mall", model="ecommerce")
    visit(tab, "/builds/page-mall")
    tab.click("a:text-is('Charts')")
    tab.frame_locator("iframe.charts").locator("figure .main-svg").first.wait_for()
    tab.wait_for_function("() => document.querySelector('iframe.charts').clientHeight > 1000")


def test_two_builds_are_compared(tab: Any, shop: str, other: str) -> None:
    visit(tab, "/compare")
    tab.select_option("#a", shop)
    tab.select_option("#b", other)
    tab.click("button:text-is('Compare')")
    tab.wait_for_selector(".result tbody tr")
    assert "customers" in texts(tab, ".result tbody th")
    visit(tab, "/models")
    tab.go_back()  # the address shows what was found, and starts nothing
    tab.wait_for_selector(".result tbody tr")
    assert tab.locator(".result .hint").inner_text().startswith("Compared ")


# The page itself


def test_a_build_is_made_and_looked_at_by_keyboard_alone(tab: Any) -> None:
    def press_until(selector: str) -> None:
        for _ in range(60):
            tab.keyboard.press("Tab")
            if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab does not lead to {selector}")

    visit(tab, "/?volume=small")
    press_until("#plan-out")
    tab.keyboard.type("page-keys")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=Look at page-keys")
    press_until("main .button.main")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("h1:text-is('page-keys')")
    press_until("tbody a[href$='/customers']")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("h1:text-is('customers')")
    press_until("tbody a")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("h1:text-is('customer_types')")
    assert tab.evaluate("document.activeElement.tagName") == "H1"


def test_every_view_is_shown_within_a_wide_and_a_narrow_window(open_tab: OpenTab, served: Served, shop: str, other: str) -> None:
    tab = open_tab()
    job = jobs_into(served, shop)[0]["id"]
    below = ("", "/tables/invoice_line_items", "/check", "/reports/financial_summary")
    views = ("/new?set=customers=30", "/jobs", f"/jobs/{job}", "/builds", *(f"/builds/{shop}{path}" for path in below))
    for view in (*views, "/models", "/models/invoicing", f"/compare?a={shop}&b={other}", "/builds/nonesuch"):
        visit(tab, view)
        if view.startswith("/new"):
            tab.wait_for_selector(".rows tbody tr")
        for width in (390, 1280):
            tab.set_viewport_size({"width": width, "height": 844})
            assert not scrolls_sideways(tab), (view, width)
    assert tab.locator("h1").inner_text() == "Not found"


def test_dark_where_the_reader_s_system_is_dark(tab: Any) -> None:
    def ground(scheme: str) -> int:
        tab.emulate_media(color_scheme=scheme)
        colour: str = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        return max(map(int, re.findall(r"\d+", colour)[:3]))

    visit(tab, "/models")
    assert (ground("dark") < 50, ground("light")) == (True, 255)


def test_one_signs_in_with_the_token_and_out_again(open_tab: OpenTab, locked: Served) -> None:
    tab = open_tab(locked)
    visit(tab, "/builds")
    tab.fill("input[name=token]", "another-token-of-letters")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=This is not the token of this service.")
    assert not tab.locator("#sign-out").is_visible()
    tab.fill("input[name=token]", TOKEN)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=There are no builds yet.")
    assert tab.evaluate("document.cookie") == ""
    tab.reload()
    tab.route("**/api/session", lambda route: route.abort())
    tab.click("#sign-out")
    tab.wait_for_selector("#alert:has-text('The service cannot be reached')")
    tab.unroute("**/api/session")
    tab.click("#sign-out")
    tab.wait_for_selector("input[name=token]")
    assert not tab.locator("#sign-out").is_visible()


def test_the_databases_of_the_service_are_offered_as_targets(open_tab: OpenTab, locked: Served) -> None:
    tab = open_tab(locked, extra_http_headers={"Authorization": f"Bearer {TOKEN}"})
    visit(tab, "/")
    assert [option.get_attribute("value") for option in tab.locator("#targets option").all()] == ["database:staging"]
    assert "database:staging" in tab.locator("#plan-out-hint").inner_text()


def test_the_page_has_no_line_of_code_in_its_html(served: Served) -> None:
    html = served.client.get("/").text
    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|javascript:", html) == []
    page = Path(__file__).parents[2] / "colgen" / "service" / "page"
    assert [
        file.name for file in page.rglob("*.js") if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(", file.read_text())
    ] == []
