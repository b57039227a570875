"""Answers while typing, searches made before, the key "/", and what browsers may refuse."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

REFUSED = """
Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError'); } });
Object.defineProperty(navigator, 'language', { value: 'xx-no-such-locale' });
Date.now = () => NaN;
"""


def test_typing_shows_the_section_that_answers_and_enter_leads_to_it(open_browser):
    page = open_browser()
    page.goto("/")
    box = page.locator("#search")
    box.press_sequentially("vacuum wont charge")
    section = page.locator(".suggestions__section").first
    section.wait_for()
    option = page.get_by_role("option").filter(has=page.locator(".suggestions__section")).first
    address = option.get_attribute("data-url")
    assert "#h-" in address
    while option.get_attribute("aria-selected") != "true":
        box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))


def test_recent_searches_are_offered_on_this_device_and_can_be_cleared(open_browser):
    page = open_browser()
    page.goto("/")
    for text in ("late parcel", "descale", "Late parcel"):
        page.locator("[data-search-box] [name=q]").first.fill(text)
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=" + text.replace(" ", "+"))
    page.goto("/")
    box = page.locator("#search")
    box.click()
    expect(page.get_by_role("listbox")).to_have_attribute("aria-label", re.compile("Recent"))
    titles = page.locator(".suggestions__title")
    assert titles.all_inner_texts() == ["Late parcel", "descale", "Clear recent searches"]
    box.press("ArrowDown")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=descale$"))
    page.goto("/")
    box.click()
    page.get_by_role("option", name="Clear recent searches").click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('helpshelf.recent')") is None


def test_the_slash_goes_to_the_search_until_it_is_switched_off(open_browser):
    page = open_browser()
    page.goto("/search")
    page.locator("main").focus()
    page.keyboard.press("/")
    box = page.locator("#search")
    expect(box).to_be_focused()
    page.keyboard.type("a/b")
    assert box.input_value() == "a/b"
    page.locator("summary", has_text="Search tips").click()
    page.get_by_label("The key / goes to the search").uncheck()
    page.reload()
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(box).not_to_be_focused()


def test_refused_storage_and_a_nonsense_clock_take_nothing_away(open_browser):
    page = open_browser()
    page.add_init_script(REFUSED)
    page.goto("/")
    box = page.locator("#search")
    box.click()
    box.press_sequentially("track a")
    page.get_by_role("option").first.wait_for()
    box.press("Escape")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=track\+a$"))


def test_the_first_hit_is_fetched_on_hover_and_nobody_counts_it(open_browser, site):
    page = open_browser()
    page.goto("/search?q=late+parcel")
    with page.expect_response(re.compile("/articles/late-parcel")) as fetched:
        page.locator(".hit__title a").first.hover()
    assert fetched.value.request.headers["x-purpose"] == "prefetch"
    assert site.services.search_log.popular_slugs(3) == ()
