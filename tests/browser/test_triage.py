"""An agent works through topics with the keyboard, and without JavaScript."""

import pytest
from playwright.sync_api import expect

from kb.accounts.models import Role

EMAIL, PASSWORD = "ada@example.com", "four quiet blue kettles"


@pytest.fixture
def open_list(site, open_browser):
    """The list of three topics, as an agent sees it."""
    site.services.accounts.add(EMAIL, Role.AGENT, PASSWORD, "Ada")

    def run(**options):
        customer = open_browser()
        for text in ("xylophone lessons", "piano stool", "violin strings"):
            customer.context.clear_cookies()
            customer.goto(f"/search?q={text}")
        page = open_browser(**options)
        page.goto("/account/sign-in")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto("/staff/unanswered")
        return page

    return run


def test_rows_are_walked_and_ticked_with_keys(open_list):
    page = open_list()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    page.get_by_role("region", name="Table: Table of topics").focus()
    for key in "jjkx":
        page.keyboard.press(key)
    expect(rows.nth(0).get_by_role("link").first).to_be_focused()
    expect(page.locator("tbody input:checked")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_label("Reason").fill("no instruments")
    page.get_by_role("button", name="Ignore").click()
    expect(page.get_by_role("status").filter(has_text="2 topics are changed.")).to_be_visible()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(3)


def test_letters_typed_elsewhere_are_letters(open_list):
    page = open_list()
    page.get_by_label("Reason").fill("")
    page.get_by_label("Reason").press_sequentially("jxk")
    expect(page.get_by_label("Reason")).to_have_value("jxk")
    expect(page.locator("tbody input:checked")).to_have_count(0)


def test_all_rows_are_ticked_at_once(open_list):
    page = open_list()
    page.get_by_label("Tick all topics of this page").check()
    page.get_by_role("button", name="Merge into one topic").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_triage_without_javascript(open_list):
    page = open_list(java_script_enabled=False)
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_label("Assign to").select_option(label="Ada")
    page.get_by_role("button", name="Assign").click()
    expect(page.locator("tbody")).to_contain_text(EMAIL)
    page.locator("tbody th a").first.click()
    page.get_by_label("Comment for colleagues").fill("ask the shop")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".trail")).to_contain_text("ask the shop")
    page.get_by_role("button", name="Undo number").last.click()
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_be_visible()


def test_a_question_mark_shows_the_keys_and_gives_the_focus_back(open_list):
    page = open_list()
    link = page.locator("tbody th a").first
    link.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    page.get_by_label("Reason").press_sequentially("why?")
    expect(page.get_by_label("Reason")).to_have_value("why?")
    expect(dialog).to_be_hidden()


def test_the_keys_are_a_page_without_javascript(open_list):
    page = open_list(java_script_enabled=False)
    page.get_by_role("link", name="Keys").click()
    expect(page.get_by_role("heading", level=1, name="Keys")).to_be_visible()
