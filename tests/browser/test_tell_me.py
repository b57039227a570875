"""Tell me when this is answered, in a browser: accessible, and without JavaScript too."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from tests.browser.axe import list_problems
from tests.conftest import ROOT, RunningSite
from tests.mail.servers import MailServer

pytestmark = pytest.mark.browser

BASE_URL = "https://help.example.com"


@pytest.fixture
def mail_server():
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def site(settings, demo_index, clock, mail_server):
    """The demo with mail set up, in place of the one without."""
    chosen = replace(
        settings,
        content_dir=ROOT / "articles",
        index_dir=demo_index,
        base_url=BASE_URL,
        mail_from="help@example.com",
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_tls="off",
    )
    services = build_services(chosen, clock)
    app = create_app(services)
    yield RunningSite(app, app.test_client(), services, chosen, clock)
    services.outbox.stop()
    services.generations.close()


def find_link(mail, kind):
    return re.search(re.escape(BASE_URL) + rf"(/tell-me/{kind}/\S+)", mail.get_content())[1]


@pytest.mark.parametrize("javascript", (True, False))
@pytest.mark.parametrize(("width", "scheme"), ((1280, "light"), (360, "dark"), (320, "light")))
def test_every_step(site, open_browser, axe_script, mail_server, width, scheme, javascript):
    page = open_browser(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=javascript,
    )
    found = {}

    def look(name):
        pictures = os.environ.get("HELPSHELF_PICTURES")
        if pictures and javascript:
            page.screenshot(path=Path(pictures) / f"{name}-{width}.png", full_page=True)
        if javascript:
            problems = list_problems(page, axe_script)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                problems.append("scrolls sideways")
            if problems:
                found[name] = problems

    page.goto("/search?q=zzxylophone zzlessons")
    look("results")
    assert not page.get_by_label("Leave this empty").is_visible()
    page.get_by_label("E-mail address").fill("ben at example.com")
    page.get_by_role("button", name="Tell me", exact=True).click()
    field = page.get_by_label("E-mail address")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert "name@example.com" in page.locator(
        "#" + field.get_attribute("aria-describedby").split()[-1]
    ).inner_text()  # fmt: skip
    assert field.input_value() == "ben at example.com"
    look("error")
    field.fill("ben@example.com")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    look("sent")
    site.services.outbox.deliver()
    page.goto(find_link(mail_server.mails[-1], "confirm"))
    look("confirm")
    page.get_by_role("button", name="Yes, tell me").click()
    page.get_by_role("heading", name="We will tell you").wait_for()
    look("confirmed")
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("heading", name="Your address is deleted").wait_for()
    look("withdrawn")
    page.goto("/tell-me/confirm/gone")
    look("over")
    assert found == {}


@pytest.mark.parametrize("width", (1280, 360))
def test_the_pages_of_the_digest(site, open_browser, axe_script, mail_server, width):
    page = open_browser(viewport={"width": width, "height": 800})
    accounts = site.services.accounts
    accounts.add("ada@example.com", Role.ADMINISTRATOR, "four quiet blue kettles")
    mail_server.reply_to_recipient["ada@example.com"] = "550 5.1.1 " + "no such user " * 12
    page.goto("/search?q=zzxylophone")
    site.services.digest.send(site.services.digest.build().week.of(site.clock.now().date()))
    site.services.outbox.deliver()
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("four quiet blue kettles")
    page.get_by_role("button", name="Sign in").click()
    found = {}
    for path in ("/account/mails", "/staff/mails"):
        page.goto(path)
        if pictures := os.environ.get("HELPSHELF_PICTURES"):
            name = path.strip("/").replace("/", "-")
            page.screenshot(path=Path(pictures) / f"{name}-{width}.png", full_page=True)
        problems = list_problems(page, axe_script)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append("scrolls sideways")
        if problems:
            found[path] = problems
    assert found == {}
    assert page.get_by_text("no such user").is_visible()
