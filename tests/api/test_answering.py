"""Programs of the staff make an article be found for a topic: shown first, then one commit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from tests.conftest import run_git
from tests.staff.browsers import PASSWORD, Customer

EMAIL = "agent@example.com"


@pytest.fixture
def services(settings, content, write, clock):
    write("_site.yml", "name: Help\n")
    write("descale.md", "---\ntitle: Descale\n---\nBoil vinegar.\n")
    write("gifts.md", "---\ntitle: Gift cards\n---\nWe sell them.\n")
    run_git(content, "init", "-q")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-q", "-m", "articles")
    own = replace(settings, content_ref="main")
    build_publisher(own, clock).publish()
    services = build_services(own, clock)
    services.accounts.add(EMAIL, Role.AGENT, PASSWORD, "Ada Agent")
    yield services
    services.generations.close()


@pytest.fixture
def app(services):
    return create_app(services)


@pytest.fixture
def call(services, app):
    client = app.test_client()
    token = services.accounts.make_api_token(EMAIL)

    def run(path, fields=None):
        headers = {"Authorization": f"Bearer {token}"}
        method = "GET" if fields is None else "POST"
        return client.open(f"/api/v1{path}", method=method, json=fields, headers=headers)

    return run


@pytest.fixture
def topic(services, app, clock):
    """The address of a topic with one wording that nothing is found for."""
    Customer(app).search("limescale zzcrust")
    clock.advance(timedelta(hours=2))
    services.search_log.maintain()
    services.content_gaps.refresh()
    today = clock.now().date()
    (found,) = services.content_gaps.list_topics(today - timedelta(days=1), today)
    return f"/topics/{found.id}"


def test_wordings_are_shown_and_then_committed(call, topic, content):
    before = run_git(content, "rev-parse", "main")
    shown = call(f"{topic}/answering", {"article": "descale"}).get_json()
    assert shown["path"] == "descale.md"
    assert "+  - limescale zzcrust" in shown["diff"]
    (change,) = shown["effect"]["wordings"]
    assert (change["before"], change["after"]) == (None, 1)
    assert run_git(content, "rev-parse", "main") == before, "nothing is changed by looking"

    fields = {"article": "descale", "save": True, "base": shown["base"]}
    saved = call(f"{topic}/answering", fields).get_json()
    assert run_git(content, "rev-parse", "main").strip() == saved["commit"]
    assert run_git(content, "log", "-1", "--format=%an <%ae>") == f"Ada Agent <{EMAIL}>\n"
    assert "limescale zzcrust" in run_git(content, "show", "main:descale.md")
    after = call(topic).get_json()
    assert (after["state"], after["answer"]) == ("answered", "descale")
    assert call(f"/events/{saved['event']}/undo", {}).status_code == 200
    assert call(topic).get_json()["state"] == "new"


def test_a_synonym_and_a_pin(call, topic, content, clock):
    until = (clock.now().date() + timedelta(days=9)).isoformat()
    for fields, file in (
        ({"how": "synonym", "word": "limescale", "means": "vinegar"}, "_synonyms.yml"),
        ({"how": "pin", "until": until}, "_best_bets.yml"),
    ):
        saved = call(f"{topic}/answering", {"article": "descale", "save": True, **fields})
        assert saved.get_json()["path"] == file
        assert "limescale" in run_git(content, "show", f"main:{file}")


def test_who_saves_another_change_than_was_shown_is_refused(call, topic, content):
    base = call(f"{topic}/answering", {"article": "descale"}).get_json()["base"]
    (content / "descale.md").write_text("---\ntitle: Descale\n---\nBoil more vinegar.\n")
    run_git(content, "commit", "-q", "-a", "-m", "more")
    before = run_git(content, "rev-parse", "main")
    late = call(f"{topic}/answering", {"article": "descale", "save": True, "base": base})
    assert (late.status_code, late.get_json()["error"]["code"]) == (409, "changed")
    assert run_git(content, "rev-parse", "main") == before


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "article"),
        ({"article": "nowhere"}, "article"),
        ({"article": "descale", "how": "magic"}, "how"),
        ({"article": "descale", "wordings": [4711]}, "wordings"),
        ({"article": "descale", "wordings": "1"}, "wordings"),
        ({"article": "descale", "wordings": []}, "wordings"),
        ({"article": "descale", "wordings": [[1]]}, "wordings"),
        ({"article": "descale", "wordings": [True]}, "wordings"),
        ({"article": "descale", "how": "synonym", "word": "x"}, "words"),
        ({"article": "descale", "how": "pin", "until": "soon"}, "until"),
        ({"article": "descale", "save": "yes"}, "save"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(call, topic, content, fields, field):
    answer = call(f"{topic}/answering", fields)
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (422, field)
    assert run_git(content, "rev-list", "--count", "main") == "1\n"


def test_a_topic_that_was_merged_is_told_before_anything_is_committed(
    call, topic, services, app, content
):
    Customer(app).search("qqtoaster qqhandle")
    services.content_gaps.refresh()
    number = int(topic.rpartition("/")[2])
    topics = call("/topics").get_json()["topics"]
    (into,) = {found["topic"] for found in topics} - {number}
    services.content_gaps.triage.merge([number], into, EMAIL)
    answer = call(f"{topic}/answering", {"article": "descale", "save": True})
    assert (answer.status_code, str(into) in answer.get_json()["error"]["message"]) == (422, True)
    assert run_git(content, "rev-list", "--count", "main") == "1\n"


def test_there_has_to_be_such_a_topic(call):
    assert call("/topics/4711/answering", {"article": "descale"}).status_code == 404
