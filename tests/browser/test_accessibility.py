"""Every template in three widths, light and dark: axe finds nothing, nothing scrolls sideways."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kb.accounts.models import Role
from kb.search.models import BestPassage, Reasons, SearchOutcome, Stage
from kb.search.service import SearchService

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/search", "/search?q=late+parcel", "/search?q=retrun+an+itme", "/search?q=xylophone",
    "/search?q=battery&collection=care&kind=how-to&product=fv-200",
    "/collections/all", "/collections/care", "/collections/troubleshooting",
    "/articles/descale-a-kettle", "/articles/error-codes", "/policies", "/policies/warranty-policy",
    "/directory", "/contact", "/contact?q=late+parcel", "/contact?article=descale-a-kettle",
    "/whats-new", "/articles/descale-a-kettle/thanks?helpful=no", "/articles/classic-app",
    "/no/such-kettle-page", "/articles/" + "x" * 150, "/search?q=" + "x" * 190, "/account/sign-in",
)  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """([tags, skipped]) => axe.run(document, {
    runOnly: {type: 'tag', values: tags},
    rules: Object.fromEntries(skipped.map(rule => [rule, {enabled: false}])),
  }).then(found => [
    ...found.violations,
    // What a scrolling table hides at the moment cannot be measured, only looked at.
    ...found.incomplete.filter(v => !v.nodes.every(n => document.querySelector(n.target[0])
      ?.closest('.table-scroll'))),
  ].map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))"""


def list_problems(page, axe_script, *skipped):
    """What axe finds, the findings that it leaves to people included."""
    page.evaluate(axe_script)
    return page.evaluate(RUN_AXE, [TAGS, list(skipped)])


@pytest.mark.parametrize("scheme", ("light", "dark"))
@pytest.mark.parametrize("width", (1280, 360))
def test_every_template(open_browser, axe_script, width, scheme):
    page = open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        problems = list_problems(page, axe_script)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append("scrolls sideways")
        if problems:
            found[path] = problems
    assert found == {}


def test_nothing_scrolls_sideways_on_the_smallest_phone(open_browser):
    page = open_browser(viewport={"width": 320, "height": 700})
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


STAFF_PAGES = (
    "/staff/",
    "/staff/searches",
    "/staff/unanswered",
    "/staff/preview/",
    "/staff/preview/trade-in",
    "/articles/escalation-matrix",
    "/collections/phone-notes",
    "/account/password",
)


@pytest.mark.parametrize(("width", "scheme"), ((1280, "light"), (360, "dark")))
def test_every_template_of_the_staff_area(site, open_browser, axe_script, width, scheme):
    site.services.accounts.add("ada@example.com", Role.ADMINISTRATOR, "four quiet blue kettles")
    page = open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme)
    for query in ("xylophone lessons", "xylophon lesson", "piano stool"):
        page.goto(f"/search?q={query}")
    site.clock.advance(timedelta(hours=2))
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("four quiet blue kettles")
    page.get_by_role("button", name="Sign in").click()
    page.goto("/staff/unanswered")
    topic = page.locator("a[href^='/staff/unanswered/']").first.get_attribute("href")
    found = {}
    for path in (*STAFF_PAGES, topic):
        assert page.goto(path).status == 200, path
        problems = list_problems(page, axe_script)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append("scrolls sideways")
        if problems:
            found[path] = problems
    assert found == {}


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


def test_forced_colors_keep_everything_readable(open_browser, axe_script):
    page = open_browser(viewport={"width": 360, "height": 800}, forced_colors="active")
    for path in ("/", "/articles/descale-a-kettle", "/directory"):
        page.goto(path)
        # The system chooses the colors here; axe still measures those of the style sheet.
        assert list_problems(page, axe_script, "color-contrast") == []


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
