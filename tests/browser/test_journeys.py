"""What customers come for, done with a keyboard, a mouse, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_suggestions_by_keyboard(open_browser):
    page = open_browser()
    page.goto("/")
    box = page.get_by_role("combobox", name="Search the help center")
    box.focus()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("track a")
    option = page.get_by_role("option", name="Track a parcel")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[data-announce]").first).to_contain_text("suggestion")
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("role") == "option"
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    assert box.input_value() == "track a"
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert box.input_value() == "track a"
    box.press("ArrowDown")
    expect(option).to_be_visible()
    chosen = page.locator("[aria-selected=true] .suggestions__title")
    while chosen.all_inner_texts() != ["Track a parcel"]:
        box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/articles/track-a-parcel$"))


def test_a_late_suggestion_leaves_the_chosen_one_alone(open_browser):
    page = open_browser()
    page.goto("/")
    box = page.get_by_role("combobox", name="Search the help center")
    box.press_sequentially("track")
    first = page.get_by_role("option").first
    expect(first).to_be_visible()
    held = []
    page.route("**/api/v1/suggest?q=track%20a", lambda route: held.append(route))
    with page.expect_request("**/api/v1/suggest?q=track%20a"):
        box.press_sequentially(" a")
    box.press("ArrowDown")
    chosen = first.inner_text()
    with page.expect_response("**/api/v1/suggest?q=track%20a"):
        held[0].continue_()
    page.wait_for_timeout(300)
    expect(first).to_have_attribute("aria-selected", "true")
    assert first.inner_text() == chosen
    box.press_sequentially("b")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)


def test_enter_searches_for_what_was_typed(open_browser):
    page = open_browser()
    page.goto("/")
    box = page.locator("#search")
    box.press_sequentially("late parcel")
    page.get_by_role("option").first.wait_for()
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=late\+parcel$"))
    page.locator(".hit__title a").first.click()
    expect(page).to_have_url(re.compile("/articles/late-parcel"))


def test_tab_leaves_the_suggestions_and_a_click_takes_one(open_browser):
    page = open_browser()
    page.goto("/articles/descale-a-kettle")
    box = page.locator("#header-search")
    box.press_sequentially("refund")
    # With answers the list is high enough to be scrolled, which makes it a stop of its own.
    page.locator(".suggestions__snippet").first.wait_for()
    box.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Search")).to_be_focused()
    box.fill("track a parcel")
    page.get_by_role("option", name="Track a parcel").click()
    expect(page).to_have_url(re.compile("/articles/track-a-parcel$"))


def test_a_vote_is_answered_in_place(open_browser):
    page = open_browser()
    page.goto("/articles/descale-a-kettle")
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("status").filter(has_text="Thank you")).to_be_focused()
    expect(page).to_have_url(re.compile("/articles/descale-a-kettle$"))
    expect(page.get_by_role("button", name="Yes")).to_have_count(0)


def test_the_main_job_without_javascript(open_browser):
    page = open_browser(java_script_enabled=False)
    page.goto("/")
    page.locator("#search").fill("how do i get my money back")
    page.get_by_role("button", name="Search").click()
    page.locator(".hit__title a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("When you get your money back")
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    page.get_by_role("link", name="All ways to contact us").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contact us")
    expect(page.get_by_role("link", name=re.compile("@")).first).to_be_visible()


def test_results_are_narrowed_down_by_keyboard_and_widened_again(open_browser):
    page = open_browser()
    page.goto("/search?q=battery")
    before = page.locator(".hit").count()
    narrow = page.locator("summary", has_text="Narrow down")
    narrow.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Product").select_option(label="FV-200 vacuum")
    page.get_by_role("button", name="Apply").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=battery&product=fv-200$"))
    expect(page.get_by_role("status").filter(has_text="Product: FV-200 vacuum")).to_be_visible()
    assert 0 < page.locator(".hit").count() <= before
    page.get_by_role("link", name="Product: FV-200 vacuum").click()
    expect(page).to_have_url(re.compile(r"/search\?q=battery$"))


def test_results_are_narrowed_down_without_javascript(open_browser):
    page = open_browser(java_script_enabled=False)
    page.goto("/search?q=battery")
    page.locator("summary", has_text="Narrow down").click()
    page.get_by_label("Type of article").select_option(label="Troubleshooting")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("link", name="Type of article: Troubleshooting")).to_be_visible()
    expect(page.locator(".hit").first).to_be_visible()


def test_a_search_without_results_goes_on(open_browser):
    page = open_browser()
    page.goto("/search?q=xylophone+lessons")
    expect(page.locator(".results-count")).to_contain_text("xylophone lessons")
    page.get_by_role("link", name="Ask us this question").click()
    expect(page.get_by_text("xylophone lessons").first).to_be_visible()


def test_a_mistyped_search_is_corrected_and_can_be_undone(open_browser):
    page = open_browser()
    page.goto("/search?q=retrun+an+itme")
    expect(page.get_by_text("Showing results for")).to_be_visible()
    page.get_by_role("link", name=re.compile("Search instead")).click()
    expect(page.get_by_text("Showing results for")).to_have_count(0)


def test_no_cookie_before_the_first_search(open_browser):
    page = open_browser()
    for path in ("/", "/articles/descale-a-kettle", "/directory"):
        page.goto(path)
    page.locator("#header-search").press_sequentially("kettle")
    page.get_by_role("option").first.wait_for()
    assert page.context.cookies() == []
    page.goto("/search?q=kettle")
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"


def test_the_skip_link_leads_past_the_header(open_browser):
    page = open_browser()
    page.goto("/articles/descale-a-kettle")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_chosen_language_stays_and_leaves_the_address(open_browser):
    page = open_browser()
    page.goto("/search?q=late+parcel")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_url(re.compile(r"/search\?q=late\+parcel$"))
    page.locator(".hit__title a").first.click()
    expect(page).to_have_url(re.compile("/articles/late-parcel$"))
    expect(page.locator("html")).to_have_attribute("lang", "de")
