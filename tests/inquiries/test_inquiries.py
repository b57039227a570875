"""A customer who was not helped writes, is promised a time, and gets an answer by mail."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.inquiries.models import EntryKind, NewInquiry, Status
from tests.inquiries.conftest import BASE_URL
from tests.mail.test_address import HOSTILE
from tests.staff.browsers import Customer, Staff

EMAIL = "ben.customer@example.com"
QUESTION = "zzgift zzwrap paper"
MESSAGE = "Can you wrap it?\nIt is for my <b>mother</b>."


class Writer(Customer):
    """A customer who fills in the contact form."""

    def write(self, message=MESSAGE, email=EMAIL, question="", article="", **fields):
        page = self.get(f"/contact?q={quote(question)}&article={article}").text
        form = page[page.index('action="/contact"') :]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        data = {**hidden, "message": message, "email": email, **fields}
        return self.client.post("/contact", data=data, headers=self.headers)


@pytest.fixture
def writer(told_site):
    return Writer(told_site.app)


@pytest.fixture
def agent(told_site):
    return Staff(told_site, Role.AGENT)


@pytest.fixture
def inquiries(told_site):
    return told_site.services.inquiries


def get_only(inquiries):
    (found,) = inquiries.list_inquiries(tuple(Status), 10)
    return found


def find_topic(site):
    site.services.content_gaps.refresh()
    today = site.clock.now().date()
    return site.services.content_gaps.list_topics(today, today)[0].id


def test_from_the_form_to_the_reply(told_site, writer, agent, inquiries, read_mails):
    answer = writer.write(name=" Ben  Customer ", article="descale-a-kettle")
    assert answer.status_code == 303
    page = writer.get(answer.location)
    assert "We have your message" in page.text
    assert "We answer by" in page.text
    assert page.headers["Cache-Control"].find("no-store") >= 0
    found = get_only(inquiries)
    assert (found.name, found.message, found.article) == (
        "Ben Customer",
        MESSAGE,
        "descale-a-kettle",
    )
    received, arrived = sorted(read_mails(), key=lambda mail: mail["To"] != EMAIL)
    assert received["To"] == EMAIL
    assert "mother" not in received.as_string(), "anybody can type any text to any address"
    assert f"{BASE_URL}{answer.location}" in received.get_content()
    assert f"{BASE_URL}/staff/inquiries/{found.id}" in arrived.get_content()
    assert EMAIL not in arrived.as_string()

    path = f"/staff/inquiries/{found.id}"
    staff_page = agent.get(path).text
    assert "It is for my &lt;b&gt;mother&lt;/b&gt;." in staff_page
    assert agent.post(f"{path}/reply", path, reply="Yes, we wrap it.").status_code == 303
    reply = read_mails()[-1]
    assert (reply["To"], "Yes, we wrap it." in reply.get_content()) == (EMAIL, True)
    assert get_only(inquiries).status is Status.SOLVED
    assert "Your message is answered" in writer.get(answer.location).text
    told_site.clock.advance(timedelta(days=30))
    assert not get_only(inquiries).is_late(told_site.clock.now())


def test_answers_to_a_mail_go_to_the_department(told_site, inquiries, read_mails):
    departments = {
        d.slug: d for d in told_site.services.generations.current().directory.departments
    }
    department = next(d for d in departments.values() if d.email)
    found = inquiries.send(NewInquiry(EMAIL, MESSAGE), department)
    inquiries.reply(found.id, "Yes, we wrap it.", "agent@example.com", solves=True)
    inquiries.send(NewInquiry("else@example.com", MESSAGE), None)
    mails = read_mails()
    told = [mail["Reply-To"] for mail in mails if mail["To"] == EMAIL]
    assert told == [department.email, department.email]
    others = [mail["Reply-To"] for mail in mails if mail["To"] != EMAIL]
    assert others == [None, None], "the department's own notice, and who has no department"


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_of_a_department_cannot_add_a_header(
    told_site, inquiries, read_mails, address, monkeypatch
):
    # The check of the content refuses such addresses; this is what holds if it did not.
    some = told_site.services.generations.current().directory.departments[0]
    bad = replace(some, email=address)
    monkeypatch.setattr(inquiries, "_find_department", lambda slug: bad)
    inquiries.send(NewInquiry(EMAIL, MESSAGE), replace(some, email=""))
    (mail,) = read_mails()
    assert (mail["Reply-To"], mail["Bcc"], mail["To"]) == (None, None, EMAIL)


def test_what_was_tried_goes_along_only_when_it_is_ticked(writer, agent, inquiries):
    writer.search(QUESTION)
    writer.open("/articles/descale-a-kettle")
    page = writer.get(f"/contact?q={quote(QUESTION)}").text
    assert QUESTION in page
    assert "You read" in page
    writer.write(question=QUESTION)
    first = get_only(inquiries)
    assert (first.tried.searches, first.tried.opened) == ((), ())
    writer.write(question=QUESTION, shares="1")
    newest = max(inquiries.list_inquiries((Status.NEW,), 10), key=lambda found: found.id)
    assert newest.tried.searches == (QUESTION,)
    assert newest.tried.opened == ("descale-a-kettle",)
    assert "Descale" in agent.get(f"/staff/inquiries/{newest.id}").text


def test_a_topic_shows_who_wrote_and_what_was_answered(told_site, writer, agent, inquiries):
    writer.search(QUESTION)
    writer.write(question=QUESTION)
    number = get_only(inquiries).id
    inquiries.reply(
        number, "We wrap it for you. Call 415-555-2671.", "ada@example.com", solves=True
    )
    topic = find_topic(told_site)
    assert inquiries.count_of_topic(topic) == 1
    page = agent.get(f"/staff/unanswered/{topic}").text
    assert "1 customer wrote to us after searching for this." in page
    assert f"/staff/inquiries/{number}" in page
    assert "We wrap it for you." in page
    assert "555-2671" not in page, "an answer may go into git"


def test_inquiries_of_merged_topics_come_along(told_site, writer, inquiries):
    for text in (QUESTION, "qqtoaster qqhandle"):
        writer.search(text)
        writer.write(question=text)
    told_site.services.content_gaps.refresh()
    today = told_site.clock.now().date()
    one, other = told_site.services.content_gaps.list_topics(today, today)
    told_site.services.content_gaps.triage.merge([one.id, other.id], one.id, "ada@example.com")
    assert inquiries.count_of_topic(one.id) == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"message": " \n "}, "Write what you want to know."),
        ({"message": "x" * 5_001}, "at most 5000"),
        ({"email": "nobody"}, "inquiry-email-error"),
        ({"email": ""}, "inquiry-email-error"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(writer, inquiries, fields, says):
    answer = writer.write(**{"message": "kept text", "name": "Ben", **fields})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Ben"' in answer.text
    assert fields.get("message", "kept text").strip() in answer.text
    assert inquiries.count_by_status() == {}


@pytest.mark.parametrize("address", HOSTILE)
def test_no_address_can_carry_anything_into_a_mail(writer, inquiries, read_mails, address):
    assert writer.write(email=address).status_code == 422
    assert (inquiries.count_by_status(), read_mails()) == ({}, [])


def test_programs_and_forged_forms_send_nothing(writer, inquiries, read_mails):
    assert writer.write(website="https://spam.example").status_code == 303
    assert writer.write(token="forged").status_code == 400
    assert (inquiries.count_by_status(), read_mails()) == ({}, [])


def test_nobodys_mailbox_is_filled_and_every_message_arrives(mail_settings, clock, mail_server):
    services = build_services(replace(mail_settings, rate_limit=True), clock)
    app = create_app(services)
    try:
        for number in range(9):
            writer = Writer(app, REMOTE_ADDR=f"192.0.2.{number}")
            answer = writer.write(message=f"Message {number}")
            assert "We have your message" in writer.get(answer.location).text
        services.outbox.deliver()
        assert sum(mail["To"] == EMAIL for mail in mail_server.mails) == 5
        kept = services.inquiries.list_inquiries((Status.NEW,), 20)
        assert {found.message for found in kept} == {f"Message {number}" for number in range(9)}
    finally:
        services.outbox.stop()
        services.generations.close()


def test_only_agents_see_inquiries(told_site, writer, inquiries):
    writer.write()
    number = get_only(inquiries).id
    for path in ("/staff/inquiries", f"/staff/inquiries/{number}"):
        assert writer.get(path).status_code == 303
    assert writer.get("/contact/inquiry/unknown").status_code == 404


def test_the_queue_is_ordered_by_what_is_due(told_site, writer, inquiries):
    writer.write(message="first")
    told_site.clock.advance(timedelta(hours=1))
    writer.write(message="second")
    waiting = inquiries.list_inquiries((Status.NEW,), 10)
    assert [found.message for found in waiting] == ["first", "second"]
    told_site.clock.advance(timedelta(days=9))
    page = Staff(told_site, Role.AGENT).get("/staff/inquiries").text
    assert page.index("first") < page.index("second")
    assert page.count("late") >= 2


def test_a_note_stays_with_colleagues_and_a_question_back_waits(
    writer, agent, inquiries, read_mails
):
    writer.write()
    number = get_only(inquiries).id
    path = f"/staff/inquiries/{number}"
    agent.post(f"{path}/note", path, note="Ask the warehouse.")
    sent = len(read_mails())
    agent.post(f"{path}/reply", path, reply="Which size?", solves="no")
    assert [entry.kind for entry in inquiries.list_entries(number)] == [
        EntryKind.NOTE,
        EntryKind.REPLY,
    ]
    assert "warehouse" not in "".join(mail.get_content() for mail in read_mails())
    assert (len(read_mails()), get_only(inquiries).status) == (sent + 1, Status.PENDING)
    assert agent.post(f"{path}/reply", path, reply="  ").status_code == 422
    agent.post(f"{path}/status", path, status="closed")
    assert get_only(inquiries).status is Status.CLOSED


def test_deleted_and_old_inquiries_leave_nothing(told_site, writer, agent, inquiries, rows):
    writer.search(QUESTION)
    writer.write(question=QUESTION)
    number = get_only(inquiries).id
    inquiries.note(number, "a note", "ada@example.com")
    path = f"/staff/inquiries/{number}"
    assert agent.post(f"{path}/delete", path).status_code == 303
    tables = ("inquiries", "inquiry_searches", "inquiry_entries", "outbox")
    assert [rows(table) for table in tables] == [[], [], [], []]
    writer.write()
    told_site.clock.advance(timedelta(days=364))
    assert inquiries.maintain() == 0
    told_site.clock.advance(timedelta(days=2))
    assert inquiries.maintain() == 1
    assert rows("inquiries") == []


def test_without_mail_there_is_no_form(site):
    browser = Writer(site.app)
    assert 'action="/contact"' not in browser.get("/contact").text
    assert browser.client.post("/contact", headers=browser.headers).status_code == 404
