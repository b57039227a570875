"""From the contact page to the answer, in a browser: accessible, and without JavaScript too."""

import pytest
from playwright.sync_api import expect

from kb.accounts.models import Role
from tests.browser.axe import list_problems
from tests.browser.test_tell_me import mail_server, site

__all__ = ["mail_server", "site"]

pytestmark = pytest.mark.browser

PASSWORD = "four quiet blue kettles"


@pytest.mark.parametrize(
    ("width", "scheme", "javascript"),
    ((1280, "light", True), (360, "dark", True), (320, "light", True), (360, "light", False)),
)
def test_every_step(site, open_browser, axe_script, mail_server, width, scheme, javascript):
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page = open_browser(**options, java_script_enabled=javascript)
    found = {}

    def look(name, seen=page):
        if not javascript:
            return
        problems = list_problems(seen, axe_script)
        if seen.evaluate("document.documentElement.scrollWidth") > width:
            problems.append("scrolls sideways")
        if problems:
            found[name] = problems

    page.goto("/search?q=zzgift+zzwrap")
    page.goto("/contact?q=zzgift+zzwrap")
    look("form")
    form = page.locator("form[action='/contact']")
    form.get_by_label("E-mail address").fill("nobody")
    form.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Please check what you entered").wait_for()
    look("form with an error")
    form.get_by_label("E-mail address").fill("ben@example.com")
    form.get_by_label("Send this along").check()
    form.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="We have your message").wait_for()
    expect(page.get_by_text("We answer by")).to_be_visible()
    look("sent")

    site.services.accounts.add("ada@example.com", Role.AGENT, PASSWORD)
    staff = open_browser(**options, java_script_enabled=javascript)
    staff.goto("/account/sign-in")
    staff.get_by_label("E-mail").fill("ada@example.com")
    staff.get_by_label("Password").fill(PASSWORD)
    staff.get_by_role("button", name="Sign in").click()
    staff.goto("/staff/inquiries")
    look("queue", staff)
    staff.get_by_role("link", name="zzgift zzwrap").click()
    expect(staff.get_by_text("Wrote after searching for “zzgift zzwrap”.")).to_be_visible()
    look("inquiry", staff)
    staff.get_by_role("button", name="Send").click()
    expect(staff.get_by_label("Text of the mail")).to_have_attribute("aria-invalid", "true")
    look("reply without text", staff)
    staff.get_by_label("Text of the mail").fill("Yes, we wrap it.")
    staff.get_by_role("button", name="Send").click()
    staff.get_by_role("status").get_by_text("The reply is on its way.").wait_for()
    look("answered", staff)
    site.services.outbox.deliver()
    assert "Yes, we wrap it." in mail_server.mails[-1].get_content()
    page.reload()
    page.get_by_role("heading", name="Your message is answered").wait_for()
    staff.goto("/staff/unanswered/1")
    look("topic", staff)
    expect(staff.get_by_text("1 customer wrote to us after searching for this.")).to_be_visible()
    assert found == {}
