"""Programs of the staff answer customers with a token; the mails are real."""

import pytest

from kb.accounts.models import Role
from kb.inquiries.models import NewInquiry
from tests.notifications.conftest import mail_server, mail_settings, read_mails, told_site
from tests.staff.browsers import PASSWORD

__all__ = ["mail_server", "mail_settings", "read_mails", "told_site"]

EMAIL = "agent@example.com"


@pytest.fixture
def call(told_site):
    accounts = told_site.services.accounts
    accounts.add(EMAIL, Role.AGENT, PASSWORD)
    own = accounts.make_api_token(EMAIL)
    client = told_site.app.test_client()

    def run(path, fields=None, token=own):
        method = "GET" if fields is None else "POST"
        headers = {"Authorization": f"Bearer {token}"}
        return client.open(f"/api/v1{path}", method=method, json=fields, headers=headers)

    return run


@pytest.fixture
def inquiry(told_site):
    new = NewInquiry("jane@example.com", "Where is my parcel?", "Jane", "late parcel")
    return told_site.services.inquiries.send(new, None)


def test_an_inquiry_is_read_noted_and_answered(call, inquiry, told_site, read_mails):
    listed = call("/inquiries").get_json()
    assert (listed["total"], listed["inquiries"][0]["inquiry"]) == (1, inquiry.id)
    at = f"/inquiries/{inquiry.id}"
    assert call(at).get_json()["message"] == "Where is my parcel?"
    call(f"{at}/note", {"note": "ask the carrier"})
    call(f"{at}/status", {"status": "open"})
    done = call(f"{at}/reply", {"reply": "It arrives today.", "solves": False}).get_json()
    assert done["status"] == "pending"
    assert [(e["kind"], e["text"], e["by"]) for e in done["entries"]] == [
        ("note", "ask the carrier", EMAIL),
        ("status", "open", EMAIL),
        ("reply", "It arrives today.", EMAIL),
    ]
    assert any("It arrives today." in str(mail) for mail in read_mails())
    assert call("/inquiries").get_json()["total"] == 0
    assert call("/inquiries?status=pending").get_json()["total"] == 1
    assert call("/inquiries?status=all&offset=1").get_json()["inquiries"] == []


def test_the_key_of_the_customer_is_told_nobody(call, inquiry):
    for path in ("/inquiries", f"/inquiries/{inquiry.id}"):
        answer = call(path)
        assert inquiry.key not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_deleting_needs_to_be_sure(call, inquiry):
    at = f"/inquiries/{inquiry.id}"
    assert call(f"{at}/delete", {}).status_code == 422
    assert call(f"{at}/delete", {"sure": True}).get_json() == {"deleted": inquiry.id}
    assert call(at).status_code == 404


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("reply", {}, "reply"),
        ("reply", {"reply": "x", "solves": "no"}, "solves"),
        ("note", {"note": ["x"]}, "note"),
        ("status", {"status": "lost"}, "status"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(call, inquiry, action, fields, field):
    answer = call(f"/inquiries/{inquiry.id}/{action}", fields)
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (422, field)
    assert call(f"/inquiries/{inquiry.id}").get_json()["entries"] == []


def test_what_is_not_there_and_who_may_not(call, inquiry):
    assert call("/inquiries/4711").status_code == 404
    assert call(f"/inquiries/{inquiry.id}/burn", {}).status_code == 404
    assert call("/inquiries?status=lost").get_json()["error"]["field"] == "status"
    for path, fields in (("/inquiries", None), (f"/inquiries/{inquiry.id}/delete", {"sure": True})):
        answer = call(path, fields, token="x")
        assert answer.status_code == 401
        assert "jane" not in answer.text
    assert call(f"/inquiries/{inquiry.id}").status_code == 200


def test_an_inquiry_is_given_to_somebody_and_back(call, inquiry):
    at = f"/inquiries/{inquiry.id}"
    assert call(f"{at}/assign", {"to": "x@y.example"}).get_json()["error"]["field"] == "to"
    given = call(f"{at}/assign", {"to": EMAIL, "seen": 0}).get_json()
    (entry,) = given["entries"]
    assert (given["assignee"], entry["kind"], entry["undoable"]) == (EMAIL, "assigned", True)
    for assignee, total in ((EMAIL, 1), ("", 0)):
        assert call(f"/inquiries?assignee={assignee}").get_json()["total"] == total
    late = call(f"{at}/reply", {"reply": "x", "seen": 0})
    assert (late.status_code, late.get_json()["error"]["code"]) == (409, "changed")
    back = call(f"{at}/undo", {"entry": entry["entry"]}).get_json()
    assert (back["assignee"], [e["undoable"] for e in back["entries"]]) == ("", [False, True])
    assert call(f"{at}/undo", {"entry": entry["entry"]}).status_code == 422


def test_only_entries_of_the_inquiry_are_undone(call, inquiry, told_site):
    new = NewInquiry("ben@example.com", "And mine?")
    other = told_site.services.inquiries.send(new, None)
    done = call(f"/inquiries/{other.id}/status", {"status": "open"}).get_json()
    entry = done["entries"][0]["entry"]
    for value in (entry, 4711, "1", None):
        refused = call(f"/inquiries/{inquiry.id}/undo", {"entry": value})
        assert refused.get_json()["error"]["field"] == "entry"
    assert call(f"/inquiries/{other.id}").get_json()["status"] == "open"
