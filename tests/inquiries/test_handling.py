"""Agents share inquiries out, and take back what they decided; nobody overrules anybody unseen."""

import re
import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from kb.accounts.models import Role
from kb.errors import ChangedMeanwhile, InvalidInput
from kb.inquiries.models import EntryKind, NewInquiry, Status
from kb.storage.inquiries import SqliteInquiryStore
from kb.storage.migrations import migrations
from kb.storage.sqlite import SqliteFile
from tests.staff.browsers import Staff

ADA, BOB, AGENT = "ada@example.com", "bob@example.com", "agent@example.com"


@pytest.fixture
def inquiries(told_site):
    return told_site.services.inquiries


@pytest.fixture
def write(inquiries):
    def run(message="Where is my parcel?"):
        return inquiries.send(NewInquiry("jane@example.com", message, "Jane"), None).id

    return run


@pytest.fixture
def agent(told_site):
    return Staff(told_site, Role.AGENT)


def trail(inquiries, number):
    return [
        (entry.kind, entry.before, entry.text, entry.undone_by is not None)
        for entry in inquiries.list_entries(number)
    ]


def test_decisions_name_what_was_before_and_are_taken_back(write, inquiries):
    number, handling = write(), inquiries.handling
    given = handling.assign(number, " Ada@Example.com ", BOB)
    solved = handling.set_status(number, Status.SOLVED, ADA)
    assert handling.set_status(number, Status.SOLVED, ADA) is None, "it is so already"
    handling.undo(given, BOB)
    handling.undo(solved, BOB)
    found = inquiries.get(number)
    assert (found.assignee, found.status) == ("", Status.NEW)
    assert trail(inquiries, number) == [
        (EntryKind.ASSIGNED, "", ADA, True),
        (EntryKind.STATUS, "new", "solved", True),
        (EntryKind.ASSIGNED, ADA, "", False),
        (EntryKind.STATUS, "solved", "new", False),
    ]
    with pytest.raises(InvalidInput):
        handling.undo(given, BOB)


def test_what_changed_since_is_not_undone_along(write, inquiries):
    number, handling = write(), inquiries.handling
    opened = handling.set_status(number, Status.OPEN, ADA)
    inquiries.reply(number, "It arrives today.", BOB, solves=True)
    with pytest.raises(ChangedMeanwhile):
        handling.undo(opened, ADA)
    assert inquiries.get(number).status is Status.SOLVED
    reply = inquiries.list_entries(number)[-1]
    for entry in (reply.id, 4711):
        with pytest.raises(InvalidInput, match="nothing to take back"):
            handling.undo(entry, ADA)


def test_nobody_gets_two_answers(write, inquiries, read_mails):
    number = write()
    sent = len(read_mails())
    inquiries.note(number, "I am at it.", ADA)
    inquiries.reply(number, "It arrives today.", ADA, solves=True, seen=0)
    for action in (
        lambda: inquiries.reply(number, "No idea.", BOB, solves=True, seen=0),
        lambda: inquiries.handling.assign(number, BOB, BOB, seen=0),
        lambda: inquiries.handling.set_status(number, Status.CLOSED, BOB, seen=0),
    ):
        with pytest.raises(ChangedMeanwhile, match=ADA):
            action()
    assert len(read_mails()) == sent + 1


def test_the_late_one_is_told_and_keeps_the_text(write, inquiries, agent):
    number = write()
    path = f"/staff/inquiries/{number}"
    seen = re.search(r'name="seen" value="(\d+)"', agent.get(path).text)[1]
    inquiries.handling.set_status(number, Status.OPEN, ADA)
    answer = agent.post(f"{path}/reply", path, reply="My long answer.", seen=seen)
    assert answer.status_code == 409
    assert ADA in answer.text
    assert "My long answer.</textarea>" in answer.text
    assert inquiries.get(number).status is Status.OPEN
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)[1]
    assert agent.post(f"{path}/reply", path, reply="x", seen=seen).status_code == 303


def test_assigning_on_the_page_and_undoing_it(write, inquiries, agent):
    number = write()
    path = f"/staff/inquiries/{number}"
    assert agent.post(f"{path}/assign", path, assignee="nobody@else.example").status_code == 422
    assert agent.post(f"{path}/assign", path, assignee=AGENT).status_code == 303
    page = agent.get(path).text
    assert f"Assigned to {AGENT}" in page
    entry = re.search(r'name="events" value="(\d+)"', page)[1]
    undone = agent.post("/staff/inquiries/undo", path, events=entry, inquiry=number)
    assert undone.location.endswith(path)
    assert inquiries.get(number).assignee == ""
    assert "Taken back" in agent.get(path).text


def test_the_list_shows_whose_they_are_and_changes_several(write, inquiries, agent):
    mine, others, free = write("mine"), write("others"), write("free")
    inquiries.handling.assign(mine, AGENT, BOB)
    inquiries.handling.assign(others, BOB, BOB)

    def shown(whose):
        page = agent.get(f"/staff/inquiries?assignee={whose}").text
        return {int(n) for n in re.findall(r'name="inquiry" value="(\d+)"', page)}

    assert [shown(whose) for whose in ("", "me", "nobody", BOB)] == [
        {mine, others, free},
        {mine},
        {free},
        {others},
    ]
    assert "Inquiries assigned to you" in agent.get("/staff/").text
    form = "/staff/inquiries?assignee=me"
    done = agent.post(
        "/staff/inquiries/bulk", form, inquiry=[mine, free], action="closed", whose="me"
    )
    assert done.location.endswith("assignee=me")
    assert {n: inquiries.get(n).status for n in (mine, others, free)} == {
        mine: Status.CLOSED,
        others: Status.NEW,
        free: Status.CLOSED,
    }
    page = agent.get(done.location).text
    assert "2 inquiries are changed." in page
    entries = re.search(r'name="events" value="([\d,]+)"', page)[1]
    agent.post("/staff/inquiries/undo", form, events=entries)
    assert inquiries.count_by_status() == {Status.NEW: 3}
    agent.post(
        "/staff/inquiries/bulk", form, inquiry=[others, free], action="assign", assignee=AGENT
    )
    assert shown("me") == {mine, others, free}
    agent.post("/staff/inquiries/bulk", form, inquiry=[4711, free], action="open")
    page = agent.get(form).text
    assert "#4711: There is no inquiry 4711." in page
    assert "1 inquiry is changed." in page
    assert inquiries.get(free).status is Status.OPEN


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"action": "closed"}, "Tick the inquiries first."),
        ({"action": "burn", "inquiry": "1"}, "Choose what to do"),
        ({"action": "assign", "inquiry": "1", "assignee": "x@y.example"}, "Nobody with this"),
        ({"action": "closed", "inquiry": "4711"}, "There is no inquiry 4711."),
    ],
)
def test_what_cannot_be_done_is_said(write, inquiries, agent, fields, says):
    write()
    answer = agent.post("/staff/inquiries/bulk", "/staff/inquiries", **fields)
    assert says in agent.get(answer.location).text
    assert inquiries.count_by_status() == {Status.NEW: 1}


def test_inquiries_from_before_they_were_assigned(tmp_path):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        old = Database(connection)
        migrations.apply(old, stop_before="inquiry_assignees")
        texts = dict.fromkeys(
            ("key", "email", "name", "message", "question", "article", "department"), "x"
        )
        times = {"created_at": 0, "changed_at": 0}
        old.table("inquiries").insert({"id": 3, **texts, "status": "open", **times, "tried": "{}"})
        old.table("inquiry_entries").insert(
            {"inquiry_id": 3, "kind": "status", "text": "open", "by": ADA, "at": 0}
        )
    store = SqliteInquiryStore(SqliteFile(path, migrations=migrations))
    assert store.find(3).assignee == ""
    (entry,) = store.list_entries(3)
    assert (entry.text, entry.is_undoable) == ("open", False), "nobody knows what was before"
    assert [found.id for found in store.list_inquiries((Status.OPEN,), 9, 0, "")] == [3]
