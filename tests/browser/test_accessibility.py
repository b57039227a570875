"""Every template x widths x colours x states: axe finds nothing, nothing scrolls sideways."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from kb.accounts.models import Role
from kb.search.models import BestPassage, Reasons, SearchOutcome, Stage
from kb.search.service import SearchService
from kb.web.accessibility import CHECKER, SCHEMES, STATES, WIDTHS
from tests.browser.axe import REVIEWED, list_problems, run_axe
from tests.browser.states import CUSTOMER, STAFF

pytestmark = pytest.mark.browser

COMBINATIONS = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
ALL = os.environ.get("HELPSHELF_AXE") == "all"
"""`make accessibility` runs everything; otherwise all are seen in the first combination, and
each once more in the one that its place in the list picks, so that every combination is met."""
EVERY = 1 if ALL else len(COMBINATIONS) - 1


def visit(open_browser, axe_script, states, cookies=()):
    """Problems by combination and page, and which reviewed entries were met."""
    found, used, versions = {}, set(), set()
    for number, (width, scheme) in enumerate(COMBINATIONS):
        page = open_browser(viewport={"width": width, "height": 800}, **colors_of(scheme))
        page.context.add_cookies(cookies)
        # The system chooses the colors there; axe still measures those of the style sheet.
        skipped = ["color-contrast"] if scheme == "forced" else []
        for place, entry in enumerate(states):
            if number and (place - number) % EVERY:
                continue
            page.goto(entry.path)
            if entry.script:
                with page.expect_navigation():
                    page.evaluate(entry.script)
            result = run_axe(page, axe_script, *skipped)
            problems = result["problems"]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                problems.append("scrolls sideways")
            if problems:
                found[f"{entry.path} {entry.state} {width} {scheme}"] = problems
            used.update(result["used"])
            versions.add(result["version"])
        page.context.close()
    return found, used, versions


def colors_of(scheme):
    return {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}


def test_every_template_for_customers(open_browser, axe_script):
    found, _, versions = visit(open_browser, axe_script, CUSTOMER)
    assert found == {}
    assert versions == {CHECKER}, "kb/web/accessibility.py names another checker"
    assert {entry.state for entry in CUSTOMER} == set(STATES)


def test_every_template_of_the_staff_area(site, open_browser, axe_script):
    cookies = prepare_staff(site, open_browser)
    found, used, _ = visit(open_browser, axe_script, STAFF, cookies)
    assert found == {}
    assert {entry.state for entry in STAFF} == set(STATES)
    if ALL:
        assert used == set(range(len(REVIEWED))), "axe_reviewed.json has entries for nothing"


def prepare_staff(site, open_browser):
    """Three topics, one with a long name, and the cookies of an administrator."""
    site.services.accounts.add("ada@example.com", Role.ADMINISTRATOR, "four quiet blue kettles")
    page = open_browser()
    for query in ("xylophone lessons", "y" * 150, "piano stool"):
        page.context.clear_cookies()
        page.goto(f"/search?q={query}")
    site.clock.advance(timedelta(hours=2))
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("four quiet blue kettles")
    page.get_by_role("button", name="Sign in").click()
    page.goto("/staff/unanswered")
    return page.context.cookies()


def test_nothing_scrolls_sideways_on_the_smallest_phone(open_browser):
    page = open_browser(viewport={"width": 320, "height": 700})
    for entry in CUSTOMER:
        page.goto(entry.path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, entry.path


@pytest.mark.parametrize("width", (1280, 360))
def test_open_suggestions_and_a_vote_in_place(open_browser, axe_script, width):
    page = open_browser(viewport={"width": width, "height": 800})
    page.goto("/")
    page.locator("#search").press_sequentially("kettle")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    # The list covers text, whose contrast cannot be measured then.
    assert list_problems(page, axe_script, "color-contrast") == []
    page.goto("/articles/descale-a-kettle")
    page.get_by_role("button", name="No", exact=True).click()
    page.locator("#thanks").wait_for()
    assert list_problems(page, axe_script) == []


REASONS = Reasons(
    words=("late", "parcel"),
    synonyms=(("parcel", "package"),),
    pinned=True,
    asked=True,
    meaning=0.8,
)
QUOTED = (
    "Most parcels come within <mark>five working days</mark>. If yours has not come by then, look at "
    "the tracking page first: it says where the <mark>parcel</mark> was seen last, and when."
)
UNUSUAL = (
    {"stage": Stage.SEMANTIC, "outcome": SearchOutcome.WEAK, "degraded": True},
    {"stage": Stage.PREFIX, "correction": "late parcels", "mode": "hybrid"},
)
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"


@pytest.mark.parametrize("values", UNUSUAL)
@pytest.mark.parametrize(("width", "scheme"), ((1280, "dark"), (360, "light")))
def test_results_with_all_there_is_to_say(
    open_browser, axe_script, monkeypatch, width, scheme, values
):
    search = SearchService.search

    def explained(*arguments, **options):
        # Which of these a search has depends on the model and the content; the page shows all.
        page = search(*arguments, **options)
        first = page.hits[0]
        best = BestPassage(first.slug, first.title, "Where it is", first.url, QUOTED)
        hits = tuple(replace(hit, reasons=REASONS) for hit in page.hits)
        return replace(page, hits=hits, best=best, **values)

    monkeypatch.setattr(SearchService, "search", explained)
    page = open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto("/search?q=late+parcel&collection=delivery")
    assert list_problems(page, axe_script) == []
    page.evaluate(OPEN_ALL)
    assert list_problems(page, axe_script) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_can_be_pressed_is_large_enough(open_browser):
    page = open_browser(viewport={"width": 360, "height": 800})
    for path in ("/", "/articles/descale-a-kettle", "/search?q=late+parcel", "/directory"):
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, nav a')]
              .filter(e => e.checkVisibility())
              .filter(e => e.getBoundingClientRect().height < 24)
              .map(e => e.outerHTML)"""
        )
        assert small == [], path


def test_print_leaves_the_article_and_drops_the_frame(open_browser):
    page = open_browser()
    page.goto("/articles/descale-a-kettle")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible()
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert not page.get_by_role("button", name="Yes").is_visible()
    table = page.locator(".table-scroll").first
    assert table.evaluate("e => getComputedStyle(e).overflowX") == "visible", "paper cannot scroll"
