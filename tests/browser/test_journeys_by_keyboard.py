"""The five main journeys with the Tab, Enter and letter keys alone, and without JavaScript.

Each ``test_journey_...`` carries the name that the accessibility statement promises. On every
step what has the focus must be visible and covered by nothing (WCAG 2.4.7, 2.4.11).
"""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from kb.accounts.models import Role
from kb.web.accessibility import JOURNEYS
from tests.browser.test_drafts import EMAIL, PASSWORD, TEXT
from tests.browser.test_drafts import site as drafts_site  # noqa: F401  a fixture

pytestmark = [pytest.mark.browser]
both = pytest.mark.parametrize("script", [True, False])

_FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return 'nothing has the focus';
  const box = element.getClientRects()[0];
  if (!box) return 'not shown: ' + element.outerHTML;
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  if (y > box.bottom || y < box.top) return 'out of the window: ' + element.outerHTML;
  const top = document.elementFromPoint(x, y);
  const style = getComputedStyle(element);
  if (style.outlineStyle === 'none' && element.id !== 'main') return 'no outline: ' + element.outerHTML;
  return top && (element.contains(top) || top.contains(element)) ? '' : 'covered: ' + element.outerHTML;
}"""


def tab_to(page: Page, locator, most=150):
    """Press Tab until it has the focus, looking at each stop on the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = locator.first
        if here.count() and here.evaluate("e => e === document.activeElement"):
            # evaluate works without JavaScript of the page, too.
            assert page.evaluate(_FOCUS) == ""
            return
        left = page.evaluate("document.activeElement === document.body")
        assert left or page.evaluate(_FOCUS) == "", page.url
    raise AssertionError(f"the Tab key does not reach {locator} on {page.url}")


def press(page: Page, locator, key="Enter"):
    """Go there with Tab and press the key."""
    tab_to(page, locator)
    page.keyboard.press(key)


def sign_in(page: Page, following: str):
    page.goto(following)
    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(EMAIL)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == following)


def test_every_promised_journey_is_run():
    names = [*globals(), *vars(TestPublish)]
    run = {name.removeprefix("test_journey_") for name in names if "test_journey_" in name}
    assert run == set(JOURNEYS)


@both
def test_journey_search(open_browser, script):
    page = open_browser(java_script_enabled=script, reduced_motion="reduce")
    page.goto("/")
    tab_to(page, page.get_by_role("link", name="Skip to the content"))
    tab_to(page, page.locator("#search"))
    page.keyboard.type("late parcel")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=late+parcel")
    box = "combobox" if script else "searchbox"
    expect(page.locator("main")).to_match_aria_snapshot(f"""
      - search:
        - {box} "Search the help center": late parcel
    """)
    expect(page.locator("main .results-count[role=status]")).to_contain_text(re.compile("[0-9]"))
    press(page, page.locator(".hit__title a"))
    page.wait_for_url("**/articles/late-parcel*")
    expect(page.locator("main")).to_match_aria_snapshot("""
      - navigation "Breadcrumbs"
      - article:
        - heading "Your parcel is late" [level=1]
    """)


@both
def test_journey_contact(open_browser, script):
    page = open_browser(java_script_enabled=script)
    page.goto("/")
    tab_to(page, page.locator("#search"))
    page.keyboard.type("xylophone")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=xylophone")
    expect(page.locator("main .results-count[role=status]")).to_contain_text("xylophone")
    press(page, page.locator("main a[href^='/contact?q=']"))
    page.wait_for_url("**/contact?q=xylophone")
    expect(page.locator("main")).to_match_aria_snapshot("""
      - heading "Contact us" [level=1]
      - region:
        - heading [level=2]
        - list:
          - listitem:
            - link /@/
    """)
    tab_to(page, page.locator("main a[href^='mailto:']"))


@both
def test_journey_vote(open_browser, script):
    page = open_browser(java_script_enabled=script)
    page.goto("/articles/descale-a-kettle")
    press(page, page.get_by_role("button", name="No", exact=True))
    if script:
        expect(page.locator("#thanks")).to_be_focused()
    expect(page.locator("#thanks")).to_match_aria_snapshot("""
      - /children: contain
      - group "What was wrong with it?":
        - button
    """)
    press(page, page.get_by_role("group", name="What was wrong with it?").get_by_role("button"))
    expect(page.get_by_role("group", name="What was wrong with it?")).to_have_count(0)
    expect(page.get_by_text("Thank you").first).to_be_visible()


@both
def test_journey_triage(site, open_browser, script):
    site.services.accounts.add(EMAIL, Role.AGENT, PASSWORD, "Ada")
    customer = open_browser()
    customer.goto("/search?q=xylophone lessons")
    page = open_browser(java_script_enabled=script)
    sign_in(page, "/staff/unanswered")
    expect(page.get_by_role("region", name="Table: Table of topics")).to_match_aria_snapshot("""
      - rowheader /xylophone lessons.*/:
        - link "xylophone lessons"
    """)
    press(page, page.locator("tbody th a"))
    page.wait_for_url("**/staff/unanswered/1")
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("we sell no instruments")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="The topic is ignored.")).to_be_visible()
    press(page, page.get_by_role("button", name="Undo", exact=True))
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_be_visible()


class TestPublish:
    """Needs content in git of its own."""

    @pytest.fixture
    def site(self, drafts_site):  # noqa: F811
        return drafts_site

    @both
    def test_journey_publish(self, site, open_browser, script):
        page = open_browser(java_script_enabled=script)
        sign_in(page, "/staff/drafts")
        press(page, page.get_by_role("link", name="care/gift.md"))
        page.wait_for_url(re.compile("/staff/drafts/edit"))
        text = page.get_by_label("Front matter and Markdown")
        tab_to(page, text)
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(TEXT + "Really.\n")
        press(page, page.get_by_role("button", name="Save and publish"))
        expect(page.get_by_role("heading", name=re.compile("Publishing"))).to_be_visible(
            timeout=30_000
        )
        while not script and page.get_by_text("is being built").count():
            press(page, page.get_by_role("link", name="Look again"))
            page.wait_for_timeout(300)
        link = page.get_by_role("link", name="Gift wrapping")
        expect(link).to_be_visible(timeout=60_000)
        press(page, link)
        expect(page.locator("main")).to_match_aria_snapshot("""
          - heading "Gift wrapping" [level=1]
          - paragraph: We wrap it. Really.
        """)
