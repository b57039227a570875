"""Pages with content as nobody should write it stay usable in every width and direction."""

from datetime import timedelta

import pytest

from kb.accounts.models import Role
from tests.awkward_content import EMOJI_TITLE, LONG_TITLE, UNBROKEN_TITLE
from tests.browser.axe import list_problems

pytestmark = pytest.mark.browser

CUSTOMER = (
    "/", "/collections/all", "/collections/many", "/collections/many?page=20", "/collections/odd",
    "/articles/long", "/articles/unbroken", "/articles/emoji-alone", "/articles/pictures",
    "/policies", "/policies/terms", "/articles/news", "/whats-new", "/directory", "/contact",
    f"/search?q={LONG_TITLE}", f"/search?q={UNBROKEN_TITLE}", f"/search?q={EMOJI_TITLE}",
    "/articles/long/report", "/contact?article=unbroken",
)  # fmt: skip
STAFF = (
    "/staff/", "/staff/content", "/staff/preview/", "/staff/preview/unfinished", "/staff/drafts",
    "/staff/searches", "/staff/unanswered", "/staff/unanswered/1", "/staff/unanswered/1/answering",
    "/articles/staff-only",
)  # fmt: skip
WINDOWS = ((320, "rtl", "dark"), (360, "ltr", "light"), (1280, "rtl", "light"), (1280, "ltr", "dark"),
           (320, "ltr", "light"), (360, "rtl", "dark"))  # fmt: skip
CHECKED = (WINDOWS[0], WINDOWS[3])
"""What axe looks at, too: it takes most of the time."""


@pytest.fixture
def site(awkward):
    """What the server of these tests shows."""
    return awkward


@pytest.fixture
def open_window(open_browser, site):
    def open_page(width, direction, scheme, *, staff=False):
        page = open_browser(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.goto("/?lang=ar-XB" if direction == "rtl" else "/")
        assert page.evaluate("document.documentElement.dir") == direction
        if staff:
            page.context.add_cookies(staff)
        return page

    return open_page


def find_trouble(page, path, axe_script):
    """What is wrong with a page as it is shown."""
    answer = page.goto(path)
    troubles = [] if answer.status == 200 else [f"status {answer.status}"]
    width = page.viewport_size["width"]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        troubles.append("scrolls sideways")
    troubles += page.evaluate(
        """() => [...document.querySelectorAll('.table-scroll')].filter(box =>
             box.scrollWidth > box.clientWidth && !(box.tabIndex === 0 && box.ariaLabel))
           .map(() => 'a wide table has no name or cannot be focused')"""
    )
    if axe_script:
        troubles += list_problems(page, axe_script)
    return troubles


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: "-".join(map(str, w)))
def test_customers_pages(open_window, axe_script, window):
    page = open_window(*window)
    script = axe_script if window in CHECKED else ""
    found = {path: find_trouble(page, path, script) for path in CUSTOMER}
    assert {path: troubles for path, troubles in found.items() if troubles} == {}


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: "-".join(map(str, w)))
def test_the_staff_area(site, open_browser, open_window, axe_script, window):
    cookies = sign_in_after_a_failed_search(site, open_browser)
    page = open_window(*window, staff=cookies)
    script = axe_script if window in CHECKED else ""
    found = {path: find_trouble(page, path, script) for path in STAFF}
    assert {path: troubles for path, troubles in found.items() if troubles} == {}


def sign_in_after_a_failed_search(site, open_browser):
    """The cookies of an administrator, and a topic with a long name."""
    site.services.accounts.add(
        f"{'e' * 60}@example.com", Role.ADMINISTRATOR, "four quiet kettles", "N" * 60
    )
    page = open_browser()
    page.goto(f"/search?q={'q' * 190}")
    site.clock.advance(timedelta(hours=2))
    page.context.clear_cookies()
    page.goto("/account/sign-in")
    page.fill("[name=email]", f"{'e' * 60}@example.com")
    page.fill("[name=password]", "four quiet kettles")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/staff/**")
    page.goto("/staff/unanswered")
    return page.context.cookies()


def test_a_picture_of_one_dot_stays_one_and_a_wall_is_not_loaded(open_browser):
    page = open_browser()
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/articles/pictures", wait_until="networkidle")
    assert page.locator(".prose img").evaluate("e => [e.width, e.height]") == [1, 1]
    assert page.get_by_text("The lost picture").is_visible()
    assert [url for url in loaded if "dot.png" in url]
    assert [url for url in loaded if "wall.png" in url] == []


@pytest.mark.parametrize("window", CHECKED, ids=lambda w: "-".join(map(str, w)))
def test_suggestions_and_answers_of_long_titles(open_window, window):
    page = open_window(*window)
    for text in (LONG_TITLE[:12], UNBROKEN_TITLE[:12]):
        page.goto("/")
        page.locator("#search").press_sequentially(text)
        page.get_by_role("option").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= window[0]
        box = page.locator("#search-list")
        assert box.evaluate("e => e.scrollWidth <= e.clientWidth")


@pytest.mark.parametrize("path", ("/articles/long", "/articles/unbroken", "/policies/terms"))
def test_paper_holds_all_of_it(open_browser, path):
    paper = {"width": 718, "height": 1000}  # A4 less the margins, at 96 pixels an inch
    page = open_browser(viewport=paper)
    page.goto(path)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= paper["width"]
    cells = page.locator("td, .prose p, h1")
    assert (
        cells.evaluate_all("all => Math.max(...all.map(e => e.getBoundingClientRect().right))")
        <= (paper["width"])
    )
