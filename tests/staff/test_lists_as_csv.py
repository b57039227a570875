"""Every list of the staff area is a file for spreadsheets too, to those who may see the page."""

import csv
import io
import re

from kb.accounts.models import Role
from kb.mail.models import Channel, Message
from tests.staff.browsers import Staff
from tests.staff.test_drafts import desk, repository  # noqa: F401  fixtures
from tests.staff.test_relevance_page import record  # noqa: F401  a fixture


def read(answer):
    assert answer.mimetype == "text/csv"
    assert re.search(r'filename="[a-z-]+-2026-11-23.csv"', answer.headers["Content-Disposition"])
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_questions_that_fail(agent, record):  # noqa: F811
    record("a1", 1)
    record("b2", None)
    assert 'href="/staff/relevance?format=csv"' in agent.get("/staff/relevance").text
    (row,) = read(agent.get("/staff/relevance?format=csv"))
    assert row["question"] == "<b>late</b> parcel"
    assert (row["rank"], row["held_rank"], row["first"]) == ("", "1", "other")


def test_articles_that_are_not_public(editor, agent):
    assert 'href="/staff/preview/?format=csv"' in editor.get("/staff/preview/").text
    rows = read(editor.get("/staff/preview/?format=csv"))
    page = editor.get("/staff/preview/").text
    assert rows and all(f'/staff/preview/{row["slug"]}"' in page for row in rows)
    assert agent.get("/staff/preview/?format=csv").status_code == 403


def test_drafts(desk):  # noqa: F811
    writer = desk.sign_in()
    assert 'href="/staff/drafts?format=csv"' in writer.get("/staff/drafts").text
    (row,) = read(writer.get("/staff/drafts?format=csv"))
    assert (row["path"], row["branch"], row["by"]) == ("care/gift.md", "faq/7-gift", "Ada Writer")


def test_mails_that_were_given_up(site, agent):
    chief = Staff(site, Role.ADMINISTRATOR)
    assert read(chief.get("/staff/mails?format=csv")) == []
    outbox = site.services.outbox
    with outbox._store._file.transaction():
        outbox.post(Message("digest", "text", recipient="ada@example.com", is_to_staff=True))
    (waiting,) = outbox._store.list_due(site.clock.now(), [Channel.MAIL], 1)
    outbox._store.give_up(waiting.id, site.clock.now(), "550 no such mailbox")
    (row,) = read(chief.get("/staff/mails?format=csv"))
    assert (row["recipient"], row["problem"]) == ("ada@example.com", "550 no such mailbox")
    assert agent.get("/staff/mails?format=csv").status_code == 403
