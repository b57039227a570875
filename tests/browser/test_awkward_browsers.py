"""Browsers as they are met: odd clocks, places and languages, no storage, no cookies, odd fonts."""

from datetime import timedelta

import pytest

from kb.accounts.models import Role
from tests.browser.axe import list_problems

pytestmark = pytest.mark.browser

REFUSE_STORAGE = """
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) {
    Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError'); } });
  }
"""
FULL_STORAGE = """
  Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
"""
NONSENSE_STORED = """
  for (const key of ['helpshelf.recent', 'helpshelf.shortcut', 'helpshelf.steps']) {
    localStorage.setItem(key, '[{"__proto__": 1}, null, "\\u0000", {"done": 7}]');
  }
"""
PLACES = (
    {"locale": "xx-YY", "timezone_id": "Pacific/Kiritimati"},
    {"locale": "tlh", "timezone_id": "Pacific/Niue"},
    {"locale": "ar-EG", "timezone_id": "Asia/Kathmandu"},
    {"locale": "de-DE-u-ca-buddhist-nu-thai", "timezone_id": "Antarctica/Troll"},
)
CLOCKS = ("1970-01-01T00:00:00Z", "2100-02-28T23:59:59Z")


def journey(page):
    """What customers come for: suggestions, results, an article, its vote, a contact, a policy."""
    page.goto("/")
    page.locator("#search").press_sequentially("kettle")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    page.locator("#search").fill("descale a kettle")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search**")
    page.locator(".hit a").first.click()
    page.wait_for_url("**/articles/**")
    page.goto("/articles/descale-a-kettle")
    page.get_by_role("checkbox").first.check()
    page.locator("button[name=helpful][value=no]").click()
    page.locator("#thanks").wait_for()
    page.locator("#thanks button").first.click()
    page.wait_for_url("**/thanks**")
    page.goto("/policies/warranty-policy")
    page.goto("/whats-new")
    page.goto("/directory")
    assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["locale"])
def test_any_place_and_language(open_browser, place):
    journey(open_browser(**place))


@pytest.mark.parametrize("time", CLOCKS)
def test_a_clock_that_is_wrong(open_browser, time):
    page = open_browser()
    page.clock.set_system_time(time)
    journey(page)


@pytest.mark.parametrize(
    "script", (REFUSE_STORAGE, FULL_STORAGE, NONSENSE_STORED), ids=("refused", "full", "nonsense")
)
def test_storage_that_cannot_be_used(open_browser, script):
    page = open_browser()
    page.add_init_script(script)
    journey(page)


@pytest.fixture
def cookies_refused(site):
    """As a browser does that refuses them: it keeps none and sends none."""
    inner = site.app.wsgi_app

    def without_cookies(environ, start_response):
        environ.pop("HTTP_COOKIE", None)

        def start(status, headers, *rest):
            return start_response(status, [h for h in headers if h[0] != "Set-Cookie"], *rest)

        return inner(environ, start)

    site.app.wsgi_app = without_cookies


def test_customers_whose_browser_refuses_cookies(cookies_refused, open_browser):
    page = open_browser()
    journey(page)
    assert page.context.cookies() == []


def test_staff_whose_browser_refuses_cookies_are_told(site, cookies_refused, open_browser):
    site.services.accounts.add("ada@example.com", Role.AGENT, "four quiet blue kettles")
    page = open_browser()
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("four quiet blue kettles")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("allow cookies for this site").wait_for()


def test_no_cookie_before_it_is_needed(open_browser):
    page = open_browser()
    for path in (
        "/",
        "/collections/care",
        "/policies",
        "/directory",
        "/whats-new",
        "/accessibility",
    ):
        page.goto(path)
    page.goto("/articles/descale-a-kettle")
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


@pytest.mark.parametrize(("width", "size"), ((1280, 6), (360, 32), (360, 36), (1280, 48)))
def test_very_small_and_huge_letters(open_browser, axe_script, width, size):
    page = open_browser(viewport={"width": width, "height": 800})
    # As a browser does whose letters were set to this size.
    page.context.new_cdp_session(page).send(
        "Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}}
    )
    journey(page)
    # Colours do not depend on it. Whoever wants letters of 6 pixels wants all as small.
    skipped = ["color-contrast", *(["target-size"] if size < 16 else [])]
    for path in ("/", "/search?q=late+parcel", "/articles/error-codes", "/directory", "/contact"):
        page.goto(path)
        assert (
            page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == size
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert list_problems(page, axe_script, *skipped) == [], path


@pytest.mark.parametrize("time", CLOCKS)
def test_the_staff_area_with_a_wrong_clock_and_no_storage(site, open_browser, time):
    site.services.accounts.add("ada@example.com", Role.ADMINISTRATOR, "four quiet blue kettles")
    page = open_browser(locale="xx-YY", timezone_id="Pacific/Kiritimati")
    page.clock.set_system_time(time)
    page.add_init_script(REFUSE_STORAGE)
    page.goto("/search?q=xylophone+lessons")
    site.clock.advance(timedelta(hours=2))
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("four quiet blue kettles")
    page.get_by_role("button", name="Sign in").click()
    for path in ("/staff/unanswered", "/staff/quality", "/staff/content", "/staff/unanswered/1"):
        page.goto(path)
        assert page.get_by_role("heading", level=1).is_visible(), path
    page.get_by_text("Not ours to answer").first.click()
