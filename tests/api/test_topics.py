"""Programs of the staff triage topics with a token; nobody else sees them."""

import pytest

from kb.accounts.models import Role
from tests.staff.browsers import PASSWORD, Customer

EMAIL, BOB = "agent@example.com", "bob@example.com"


@pytest.fixture
def call(site):
    """Calls the API in the name of an agent; ``token`` takes another one."""
    accounts = site.services.accounts
    accounts.add(EMAIL, Role.AGENT, PASSWORD)
    accounts.add(BOB, Role.EDITOR, PASSWORD)
    own = accounts.make_api_token(EMAIL)

    def run(path, fields=None, token=own):
        method = "GET" if fields is None else "POST"
        headers = {"Authorization": f"Bearer {token}"}
        return site.app.test_client().open(
            f"/api/v1{path}", method=method, json=fields, headers=headers
        )

    return run


@pytest.fixture
def topic(site, call):
    """The number of the one topic that a customer failed on."""
    Customer(site.app).search("zzgift zzwrap")
    (found,) = call("/topics").get_json()["topics"]
    return found["topic"]


def test_a_topic_is_triaged_and_the_trail_tells_it(call, topic):
    done = call(f"/topics/{topic}/assign", {"to": BOB, "due": "2026-12-01"}).get_json()
    assert (done["state"], done["assignee"], done["due"]) == ("assigned", BOB, "2026-12-01")
    call(f"/topics/{topic}/comment", {"text": "ask the shop"})
    call(f"/topics/{topic}/rename", {"label": "Gift wrapping"})
    done = call(f"/topics/{topic}/answer", {"article": "descale-a-kettle"}).get_json()
    assert (done["label"], done["state"], done["answer"]) == (
        "Gift wrapping", "answered", "descale-a-kettle",
    )  # fmt: skip
    assert [(e["action"], e["by"]) for e in done["events"]] == [
        ("answered", EMAIL), ("renamed", EMAIL), ("commented", EMAIL), ("assigned", EMAIL),
    ]  # fmt: skip
    undone = call(f"/events/{done['events'][0]['event']}/undo", {})
    assert undone.status_code == 200
    assert call(f"/topics/{topic}").get_json()["state"] == "assigned"
    done = call(f"/topics/{topic}/ignore", {"reason": "not ours"}).get_json()
    assert done["reason"] == "not ours"
    assert call(f"/topics/{topic}/reopen", {}).get_json()["state"] == "assigned"


def test_merging_and_splitting(site, call, topic):
    Customer(site.app).search("qqkettle qqlid")
    other = next(t for t in call("/topics").get_json()["topics"] if t["topic"] != topic)["topic"]
    merged = call(f"/topics/{topic}/merge", {"topics": [other]}).get_json()
    assert len(merged["wordings"]) == 2
    assert call(f"/topics/{other}").get_json()["merged_into"] == topic
    chosen = [w["id"] for w in merged["wordings"] if w["text"] == "qqkettle qqlid"]
    split = call(f"/topics/{topic}/split", {"wordings": chosen}).get_json()
    assert [w["text"] for w in split["wordings"]] == ["zzgift zzwrap"]
    assert call("/topics").get_json()["total"] == 2


def test_lists_are_filtered(call, topic):
    assert call("/topics?state=new&since=2026-01-01").get_json()["total"] == 1
    assert call("/topics?state=answered").get_json() == {"total": 0, "topics": []}
    assert call("/topics?assignee=").get_json()["total"] == 1
    assert call(f"/topics?assignee={BOB}").get_json()["total"] == 0


@pytest.mark.parametrize("query", ["state=x", "since=x", "limit=-1", "limit=501", "offset=x"])
def test_a_parameter_that_cannot_be_used_is_named(call, topic, query):
    answer = call(f"/topics?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["field"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("assign", {"to": "nobody@example.com"}, "to"),
        ("assign", {"to": BOB, "due": "tomorrow"}, "due"),
        ("ignore", {"reason": " "}, "reason"),
        ("ignore", {"reason": ["x"]}, "reason"),
        ("answer", {"article": "no-such"}, "article"),
        ("comment", {}, "comment"),
        ("merge", {"topics": "12"}, "topics"),
        ("merge", {"topics": []}, "topics"),
        ("split", {"wordings": [True]}, "wordings"),
        ("rename", {"label": "x", "seen": "1"}, "seen"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(call, topic, action, fields, field):
    answer = call(f"/topics/{topic}/{action}", fields)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["field"] == field
    assert call(f"/topics/{topic}").get_json()["events"] == []


def test_whoever_is_late_is_told(call, topic):
    call(f"/topics/{topic}/assign", {"to": BOB})
    late = call(f"/topics/{topic}/ignore", {"reason": "x", "seen": 0})
    assert (late.status_code, late.get_json()["error"]["code"]) == (409, "changed")


def test_without_a_valid_token_there_is_nothing(site, call, topic):
    for path, fields in (
        ("/topics", None),
        (f"/topics/{topic}", None),
        (f"/topics/{topic}/reopen", {}),
    ):
        for token in ("", "x", "x" * 5000):
            answer = call(path, fields, token=token)
            assert answer.status_code == 401
            assert "zzgift" not in answer.text
    bob = site.services.accounts.make_api_token(BOB)
    assert call("/topics", token=bob).status_code == 200
    site.services.accounts.make_api_token(BOB)
    assert call("/topics", token=bob).status_code == 401
    site.services.accounts.disable(EMAIL)
    assert call("/topics").status_code == 401


def test_signed_in_browsers_are_not_let_in_by_their_cookie(site, topic):
    client = site.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = site.services.accounts.sign_in(EMAIL, PASSWORD)
    assert client.get("/api/v1/topics").status_code == 401


def test_what_is_not_there(call, topic):
    for path, fields in (
        ("/topics/4711", None), ("/topics/x", None), (f"/topics/{topic}/burn", {}),
        ("/events/x/undo", {}),
    ):  # fmt: skip
        assert call(path, fields).status_code == 404
    assert call("/events/4711/undo", {}).status_code == 422


def test_answers_are_kept_by_nobody(call, topic):
    headers = call(f"/topics/{topic}").headers
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers
