"""A form that is refused gives back what was written into it, whatever the reason."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import lxml.html
import pytest

from kb.accounts.models import Role
from kb.accounts.service import IDLE_LIMIT
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.inquiries.models import NewInquiry, Status
from kb.web.typed_text import TEXT_FIELDS
from tests.conftest import ROOT
from tests.staff.browsers import Customer, Staff

MESSAGE = "My kettle hums & <b>stops</b>.\nWhat can I do?"
FIELDS = {"message": MESSAGE, "email": "ben@example.com", "name": "Ben"}


@pytest.fixture
def customer(told_site):
    return Customer(told_site.app)


@pytest.fixture
def full_disk(told_site):
    """A database that can be read and takes nothing new."""
    told_site.services.inquiries.list_inquiries(tuple(Status), 1)
    with closing(sqlite3.connect(told_site.settings.database)) as connection:
        for table in ("inquiries", "inquiry_entries"):
            refuse = "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            connection.execute(f"CREATE TRIGGER f_{table} BEFORE INSERT ON {table} {refuse}")
        connection.commit()


def form_token(customer):
    page = customer.get("/contact").text
    return re.search(r'action="/contact".*?name="token" value="([^"]+)"', page, re.DOTALL)[1]


def send(customer, token):
    data = {**FIELDS, "token": token}
    return customer.client.post("/contact", data=data, headers=customer.headers)


def texts(answer):
    return [area.text for area in lxml.html.document_fromstring(answer.text).iter("textarea")]


def test_every_field_of_several_lines_is_given_back():
    names = set()
    for path in (ROOT / "templates").rglob("*.html"):
        names.update(re.findall(r'<textarea[^>]*\bname="(\w+)"', path.read_text(encoding="utf-8")))
    assert names == set(TEXT_FIELDS)


def test_a_form_that_lay_open_for_days_is_shown_again_and_then_taken(told_site, customer):
    token = form_token(customer)
    told_site.clock.advance(timedelta(days=2))
    refused = send(customer, token)
    assert refused.status_code == 400
    assert "Your message was not sent" in refused.text
    assert texts(refused) == [MESSAGE]
    assert 'value="ben@example.com"' in refused.text
    assert send(customer, form_token(customer)).status_code == 303


@pytest.mark.usefixtures("full_disk")
def test_a_message_that_cannot_be_kept_is_shown_again_beside_the_people_to_call(customer, caplog):
    refused = send(customer, form_token(customer))
    assert refused.status_code == 503
    assert texts(refused) == [MESSAGE]
    assert "Please send it again in a few minutes" in refused.text
    assert 'href="tel:' in refused.text
    assert "disk is full" not in refused.text
    assert "disk is full" in caplog.text


def test_who_writes_too_often_gets_the_text_back(mail_settings, clock):
    services = build_services(replace(mail_settings, rate_limit=True), clock)
    customer = Customer(create_app(services))
    try:
        token = form_token(customer)
        answers = [send(customer, token) for _ in range(11)]
        assert {answer.status_code for answer in answers[:10]} == {303}
        assert answers[10].status_code == 429
        assert texts(answers[10]) == [MESSAGE]
        assert int(answers[10].headers["Retry-After"]) > 0
    finally:
        services.outbox.stop()
        services.generations.close()


def reply_late(told_site, days=timedelta(0)):
    inquiry = told_site.services.inquiries.send(NewInquiry("ben@example.com", MESSAGE, ""), None)
    agent = Staff(told_site, Role.AGENT)
    path = f"/staff/inquiries/{inquiry.id}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', agent.get(path).text)[1]
    told_site.clock.advance(days)
    return agent.client.post(
        f"{path}/reply",
        data={"csrf_token": token, "reply": "Switch it off.\nThen descale it."},
        headers={"Referer": f"http://localhost{path}", "Origin": "http://localhost"},
    ), path


def test_who_was_signed_out_while_writing_gets_the_text_back_and_a_way_back(told_site):
    refused, path = reply_late(told_site, IDLE_LIMIT)
    assert refused.status_code == 401
    assert texts(refused) == ["Switch it off.\nThen descale it."]
    page = lxml.html.document_fromstring(refused.text)
    assert f"/account/sign-in?next={path}" in page.xpath("//main//a/@href")
    (inquiry,) = told_site.services.inquiries.list_inquiries(tuple(Status), 10)
    assert inquiry.status is Status.NEW, "nothing was sent"


def test_the_way_back_leads_to_no_other_site(told_site):
    answer = told_site.client.post(
        "/staff/inquiries/1/note",
        data={"note": "x y"},
        headers={"Referer": "http://evil.example/a"},
    )
    assert "evil.example" not in answer.text


def test_a_reply_that_cannot_be_kept_is_shown_again(told_site, request):
    request.getfixturevalue("full_disk")
    with closing(sqlite3.connect(told_site.settings.database)) as connection:
        connection.execute("DROP TRIGGER f_inquiries")
        connection.commit()
    refused, _path = reply_late(told_site)
    assert refused.status_code == 500
    assert texts(refused) == ["Switch it off.\nThen descale it."]


def test_a_form_that_is_too_large_is_refused_without_reading_it(customer):
    answer = customer.client.post("/contact", data={"message": "x" * 2_000_000})
    assert answer.status_code == 413
    assert texts(answer) == []
