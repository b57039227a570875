"""What helps while reading: contents that follow, copied links, large pictures, ticked steps."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_contents_follow_the_reading_position(open_browser):
    page = open_browser(viewport={"width": 1280, "height": 700})
    page.goto("/articles/wifi-will-not-connect")
    part = page.locator(".contents--side a").nth(1)
    anchor = part.get_attribute("href")
    page.locator(anchor).evaluate("e => e.scrollIntoView({block: 'start'})")
    expect(page.locator(".contents--side a[aria-current=location]")).to_have_count(1)
    expect(part).to_have_attribute("aria-current", "location")


def test_a_heading_link_is_copied_and_is_a_link_without_javascript(open_browser):
    page = open_browser(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/articles/wifi-will-not-connect")
    link = page.locator(".heading__link").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-article-status]")).to_have_text("The link is copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url and "#h-" in copied
    plain = open_browser(java_script_enabled=False)
    plain.goto("/articles/wifi-will-not-connect")
    plain.locator(".heading__link").first.focus()
    plain.keyboard.press("Enter")
    expect(plain).to_have_url(re.compile("#h-"))


def test_ticked_steps_are_remembered_on_the_device(open_browser):
    page = open_browser()
    page.goto("/articles/descale-a-kettle")
    page.get_by_role("checkbox", name="Step 1 is done").first.check()
    page.reload()
    expect(page.get_by_role("checkbox", name="Step 1 is done").first).to_be_checked()
    expect(page.get_by_role("checkbox", name="Step 2 is done").first).not_to_be_checked()
    assert "descale-a-kettle" in page.evaluate("localStorage.getItem('helpshelf.steps')")


def test_a_picture_is_enlarged_and_closed_by_keyboard(open_browser):
    page = open_browser(viewport={"width": 360, "height": 700})
    page.goto("/articles/descale-a-kettle")
    page.locator(".prose img").first.scroll_into_view_if_needed()
    button = page.get_by_role("button", name=re.compile("Enlarge the picture")).first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()
