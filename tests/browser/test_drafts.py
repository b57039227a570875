"""Somebody writes an answer in the browser: typing, closing, coming back, publishing."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.content_changes.models import Author, FaqDraft
from tests.conftest import RunningSite, run_git

EMAIL, PASSWORD = "ada@example.com", "four quiet blue kettles"
ADA = Author("Ada", EMAIL)
TEXT = "---\ntitle: Gift wrapping\nstate: draft\n---\nWe wrap it.\n"
EDITOR = "/staff/drafts/edit?branch=faq%2F7-gift&path=care%2Fgift.md"
PICTURES = os.environ.get("DRAFT_PICTURES", "")


@pytest.fixture
def site(settings, content, write, clock):
    """A small help center in git, with one draft."""
    write("care/descale.md", "---\ntitle: Descale\n---\nText.\n")
    run_git(content, "init", "-q")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-q", "-m", "articles")
    own = replace(settings, content_ref="main")
    build_publisher(own, clock).publish()
    services = build_services(own, clock)
    services.content_changes.start_draft(
        FaqDraft("care/gift.md", TEXT, "faq/7-gift", "Draft: Gift wrapping\n"), ADA
    )
    services.accounts.add(EMAIL, Role.EDITOR, PASSWORD, "Ada")
    services.accounts.add("bob@example.com", Role.AGENT, PASSWORD, "Bob")
    app = create_app(services)
    yield RunningSite(app, app.test_client(), services, own, clock)
    services.generations.close()


@pytest.fixture
def open_editor(open_browser):
    def run(email=EMAIL, path=EDITOR, **options):
        page = open_browser(**options)
        page.goto("/account/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(path)
        return page

    return run


def field(page):
    return page.get_by_label("Front matter and Markdown")


def type_more(page, text):
    field(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def take_picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def assert_accessible(page, axe_script):
    page.evaluate(axe_script)
    found = page.evaluate("() => axe.run()")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


def test_what_is_typed_is_kept_and_comes_back(open_editor):
    page = open_editor()
    type_more(page, "Paper costs 2 euros.")
    expect(page.get_by_role("status").filter(has_text="Kept at")).to_be_visible()
    page.reload()
    expect(field(page)).to_have_value(TEXT + "Paper costs 2 euros.")
    expect(page.get_by_text("did not save")).to_be_visible()
    # Another computer, later.
    other = open_editor()
    expect(field(other)).to_have_value(TEXT + "Paper costs 2 euros.")


def test_closing_at_once_loses_nothing(open_editor):
    page = open_editor()
    type_more(page, "Last words.")
    page.goto("/staff/drafts")  # within the pause after which it would be kept
    again = open_editor()
    expect(field(again)).to_have_value(TEXT + "Last words.")


def test_the_article_and_its_problems_are_shown_while_typing(open_editor):
    page = open_editor()
    expect(page.get_by_text("No problems.")).to_be_visible(timeout=30_000)
    type_more(page, "\n## Paper\n\nSee [this](none.md).")
    expect(page.get_by_role("heading", name="Paper")).to_be_visible(timeout=30_000)
    line = page.get_by_role("link", name="Line 9")
    expect(line).to_be_visible()
    take_picture(page, "editor-1280")
    line.click()
    expect(field(page)).to_be_focused()
    selected = field(page).evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)")
    assert selected == "See [this](none.md)."


def test_a_server_that_is_away_is_told(open_editor):
    page = open_editor()
    page.route("**/staff/drafts/keep", lambda route: route.fulfill(status=400))
    type_more(page, "x")
    expect(page.get_by_text("Not kept")).to_be_visible()
    page.unroute("**/staff/drafts/keep")
    expect(page.get_by_role("status").filter(has_text="Kept at")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("script", [True, False])
def test_from_typing_to_live(open_editor, site, script):
    page = open_editor(java_script_enabled=script)
    field(page).fill(TEXT + "Really.\n")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("No problems.")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("heading", name=re.compile("Publishing"))).to_be_visible(timeout=30_000)
    if not script:
        while page.get_by_text("is being built").count():
            page.get_by_role("link", name="Look again").click()
            page.wait_for_timeout(300)
    page.get_by_role("link", name="Gift wrapping").click(timeout=60_000)
    expect(page.get_by_text("Really.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_two_people_see_both_texts(open_editor, width):
    ada = open_editor()
    bob = open_editor("bob@example.com", viewport={"width": width, "height": 800})
    field(ada).fill(TEXT + "Ada's end.\n")
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.get_by_text("The draft is saved.")).to_be_visible()
    field(bob).fill(TEXT + "Bob's end, which is quite a bit longer than a phone is wide.\n")
    bob.get_by_role("button", name="Save", exact=True).click()
    expect(bob.get_by_role("alert")).to_contain_text("Somebody else changed this draft")
    expect(bob.get_by_role("region", name="From their text to yours")).to_contain_text(
        "-Ada's end."
    )
    expect(field(bob)).to_have_value(re.compile("Bob's end"))
    expect(bob.get_by_text("No problems.")).to_be_visible(timeout=30_000)
    take_picture(bob, f"conflict-{width}")
    bob.get_by_role("button", name="Save", exact=True).click()
    expect(bob.get_by_text("The draft is saved.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_changes_of_other_lines_become_one_text(open_editor, axe_script, width):
    ada = open_editor()
    bob = open_editor("bob@example.com", viewport={"width": width, "height": 800})
    field(ada).fill(TEXT.replace("title: G", "title: A g"))
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.get_by_text("The draft is saved.")).to_be_visible()
    field(bob).fill(TEXT + "Bob's end.\n")
    bob.get_by_role("button", name="Save", exact=True).click()
    expect(bob.get_by_role("alert")).to_contain_text("both fit together")
    assert_accessible(bob, axe_script)
    take_picture(bob, f"conflict-both-{width}")
    bob.get_by_role("button", name="Go on with both changes").click()
    expect(field(bob)).to_have_value(TEXT.replace("title: G", "title: A g") + "Bob's end.\n")
    bob.get_by_role("button", name="Save", exact=True).click()
    expect(bob.get_by_text("The draft is saved.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way(open_editor, axe_script, width, scheme):
    page = open_editor(viewport={"width": width, "height": 800}, color_scheme=scheme)
    type_more(page, "[this](none.md)")
    expect(page.get_by_role("link", name="Line 6")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("status").filter(has_text="Kept at")).to_be_visible()
    for name, path in (("list", "/staff/drafts"), ("editor", EDITOR)):
        page.goto(path)
        if name == "editor":
            expect(page.get_by_role("link", name="Line 6")).to_be_visible(timeout=30_000)
        assert_accessible(page, axe_script)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        take_picture(page, f"{name}-{width}-{scheme}")
