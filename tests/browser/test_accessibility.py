"""Every template x widths x colours x states: axe finds nothing, nothing scrolls sideways."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.search.models import BestPassage, Reasons, SearchOutcome, Stage
from kb.search.service import SearchService
from kb.web.accessibility import CHECKER, SCHEMES, STATES, WIDTHS
from tests.browser.axe import REVIEWED, list_problems, run_axe
from tests.browser.staging import (
    copy_into_git,
    leave_inquiries,
    publish_draft,
    start_drafts,
    write_identity,
)
from tests.browser.states import CUSTOMER, DRAFTS, INQUIRIES, OWN_COLORS, STAFF, PageState
from tests.conftest import ROOT, RunningSite

pytestmark = pytest.mark.browser

COMBINATIONS = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
ALL = os.environ.get("HELPSHELF_AXE") == "all"
"""`make accessibility` runs everything; otherwise all are seen in the first combination, and
each once more in the one that its place in the list picks, so that every combination is met."""
EVERY = 1 if ALL else len(COMBINATIONS) - 1


SMALL_TARGETS = """() => [...document.querySelectorAll(
    'button, input:not([type=hidden]), select, textarea, summary, a[href]')]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden'))
  // A link in a sentence is as high as its line (WCAG 2.2, 2.5.8: inline); axe looks at its distances.
  .filter(e => !(e.localName === 'a' && getComputedStyle(e).display === 'inline'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
  .map(e => 'smaller than 24 pixels: ' + e.outerHTML.slice(0, 200))
"""


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
            problems += page.evaluate(SMALL_TARGETS)
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


def test_drawings_take_the_colours_of_the_system(site, open_browser):
    cookies = prepare_staff(site, open_browser)
    page = open_browser(forced_colors="active")
    page.context.add_cookies(cookies)
    page.goto("/staff/")
    text = page.evaluate("getComputedStyle(document.body).color")
    for part in (".chart__failed", ".legend__key--failed", ".legend__key--other"):
        style = "e => [getComputedStyle(e).fill, getComputedStyle(e).borderTopColor]"
        assert text in page.locator(part).first.evaluate(style), part
    page.goto("/directory")
    button = page.locator(".contact-actions .button").first
    color = "e => getComputedStyle(e).color"
    assert button.locator(".icon").evaluate(color) == button.evaluate(color)


@pytest.mark.parametrize("scheme", ("light", "dark"))
def test_what_tables_hide_can_be_read(site, open_browser, axe_script, scheme):
    """The reviewed entry for tables that scroll rests on this."""
    cookies = prepare_staff(site, open_browser)
    page = open_browser(viewport={"width": 2400, "height": 1200}, color_scheme=scheme)
    page.context.add_cookies(cookies)
    for path in ("/staff/unanswered", "/staff/searches", "/staff/content", "/staff/"):
        page.goto(path)
        page.evaluate(
            """() => document.querySelectorAll('.table-scroll').forEach(box => {
                 box.style.overflow = 'visible'; box.style.maxWidth = 'none'; })"""
        )
        page.evaluate(axe_script)
        found = page.evaluate(
            """() => axe.run('.table-scroll', {runOnly: ['color-contrast']}).then(r =>
                 [...r.violations, ...r.incomplete].flatMap(v => v.nodes.map(n => n.html)))"""
        )
        assert found == [], path


@pytest.fixture
def drafting(settings, clock, tmp_path):
    """The demo in a repository of its own, with drafts."""
    content = copy_into_git(ROOT / "articles", tmp_path / "articles")
    own = replace(settings, content_dir=content, content_ref="main")
    build_publisher(own, clock).publish()
    services = build_services(own, clock)
    start_drafts(services, content)
    yield make_site(services, own, clock)
    services.generations.close()


@pytest.fixture
def corresponding(settings, demo_index, clock):
    """The demo with mail, and with what customers wrote."""
    own = replace(
        settings,
        content_dir=ROOT / "articles",
        index_dir=demo_index,
        mail_sender="console",
        mail_from="help@example.com",
        base_url="https://help.example.com",
    )
    services = build_services(own, clock)
    leave_inquiries(services)
    yield make_site(services, own, clock)
    services.outbox.stop()
    services.generations.close()


@pytest.fixture
def colored(settings, content, clock):
    """A company with colours and logo of its own."""
    write_identity(content)
    build_publisher(settings, clock).publish()
    services = build_services(settings, clock)
    yield make_site(services, settings, clock)
    services.generations.close()


def make_site(services, settings, clock):
    app = create_app(services)
    return RunningSite(app, app.test_client(), services, settings, clock)


class TestDrafts:
    @pytest.fixture
    def site(self, drafting):
        return drafting

    def test_the_editor_in_every_state(self, site, open_browser, axe_script):
        cookies = sign_in(site, open_browser)
        page = open_browser()
        page.context.add_cookies(cookies)
        published = PageState(publish_draft(page))
        found, _, _ = visit(open_browser, axe_script, (*DRAFTS, published), cookies)
        assert found == {}


class TestInquiries:
    @pytest.fixture
    def site(self, corresponding):
        return corresponding

    def test_what_customers_wrote(self, site, open_browser, axe_script):
        found, _, _ = visit(open_browser, axe_script, INQUIRIES, sign_in(site, open_browser))
        assert found == {}


class TestOwnColors:
    @pytest.fixture
    def site(self, colored):
        return colored

    def test_they_can_be_read(self, open_browser, axe_script):
        found, _, _ = visit(open_browser, axe_script, OWN_COLORS)
        assert found == {}
        page = open_browser(color_scheme="light")
        page.goto("/")
        ground = page.locator(".hero").evaluate("e => getComputedStyle(e).backgroundColor")
        assert ground == "rgb(59, 15, 74)"


def sign_in(site, open_browser):
    """The cookies of an administrator."""
    site.services.accounts.add(
        "ada@example.com", Role.ADMINISTRATOR, "four quiet blue kettles", "Ada"
    )
    page = open_browser()
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("four quiet blue kettles")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/**")
    return page.context.cookies()


def test_the_menu_of_the_staff_area_has_one_line(site, open_browser):
    cookies = sign_in(site, open_browser)
    page = open_browser(viewport={"width": 1280, "height": 800})
    page.context.add_cookies(cookies)
    page.goto("/staff/")
    menu = page.get_by_role("navigation", name="Staff area")
    tops = menu.locator("a, button").evaluate_all(
        "all => all.map(e => { const b = e.getBoundingClientRect(); return b.top + b.height / 2; })"
    )
    assert max(tops) - min(tops) < 4


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


def test_print_leaves_the_article_and_drops_the_frame(open_browser):
    page = open_browser()
    page.goto("/articles/descale-a-kettle")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible()
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert not page.get_by_role("button", name="Yes").is_visible()
    table = page.locator(".table-scroll").first
    assert table.evaluate("e => getComputedStyle(e).overflowX") == "visible", "paper cannot scroll"
