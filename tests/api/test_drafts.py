"""Programs of the staff write drafts in real git; two at once overwrite nothing."""

from dataclasses import replace

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.content_changes.models import Author, FaqDraft
from tests.conftest import run_git
from tests.staff.browsers import PASSWORD

EDITOR, AGENT = "editor@example.com", "agent@example.com"
TEXT = "---\ntitle: Gift wrapping\nstate: draft\ntopic: 7\n---\nWe wrap it.\n"
BRANCH, PATH = "faq/7-gift", "care/gift.md"
NAMED = f"/draft?branch={BRANCH}&path={PATH}"


@pytest.fixture
def services(settings, content, write, clock):
    write("_site.yml", "name: Help\n")
    write("care/descale.md", "---\ntitle: Descale\n---\nText.\n")
    run_git(content, "init", "-q")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-q", "-m", "articles")
    own = replace(settings, content_ref="main")
    build_publisher(own, clock).publish()
    services = build_services(own, clock)
    services.accounts.add(EDITOR, Role.EDITOR, PASSWORD)
    services.accounts.add(AGENT, Role.AGENT, PASSWORD)
    services.drafts._repository.start_draft(
        FaqDraft(PATH, TEXT, BRANCH, "Draft: Gift\n"), Author("Ada", EDITOR), clock.now()
    )
    yield services
    services.generations.close()


@pytest.fixture
def call(services):
    client = create_app(services).test_client()
    tokens = {name: services.accounts.make_api_token(name) for name in (EDITOR, AGENT)}

    def run(path, fields=None, by=EDITOR):
        headers = {"Authorization": f"Bearer {tokens.get(by, by)}"}
        method = "GET" if fields is None else "POST"
        return client.open(f"/api/v1{path}", method=method, json=fields, headers=headers)

    return run


@pytest.fixture
def draft(call):
    """What a caller sends along: where the draft is, and from which commit on."""
    found = call(NAMED).get_json()
    return {name: found[name] for name in ("branch", "path", "commit")}


def test_a_draft_is_read_changed_and_published(call, draft, content):
    (listed,) = call("/drafts").get_json()["drafts"]
    assert (listed["branch"], listed["paths"]) == (BRANCH, [PATH])
    assert call(NAMED).get_json()["text"] == TEXT
    text = TEXT.replace("We wrap", "We gladly wrap")
    saved = call("/draft/save", {**draft, "text": text, "note": "friendlier"}, by=AGENT).get_json()
    assert saved["push"] == {"state": "off", "reason": ""}
    assert run_git(content, "show", f"{BRANCH}:{PATH}") == text
    assert run_git(content, "log", "-1", "--format=%s %ae", BRANCH) == f"friendlier {AGENT}\n"
    done = call("/draft/publish", {**draft, "commit": saved["commit"]}).get_json()
    assert "We gladly wrap" in run_git(content, "show", f"main:{PATH}")
    run = call(f"/publications/{done['run']}").get_json()
    assert (run["commit"], run["branch"]) == (done["commit"], BRANCH)


def test_who_is_late_gets_both_texts_and_changes_nothing(call, draft, content):
    mine, theirs = TEXT + "Mine.\n", TEXT + "Theirs.\n"
    assert call("/draft/save", {**draft, "text": theirs}, by=AGENT).status_code == 200
    late = call("/draft/save", {**draft, "text": mine})
    assert late.status_code == 409
    found = late.get_json()
    assert found["error"]["code"] == "conflict"
    conflict = found["conflict"]
    assert (conflict["kind"], conflict["theirs"], conflict["yours"]) == ("changed", theirs, mine)
    assert conflict["both"] == "", "both changed the same line"
    assert run_git(content, "show", f"{BRANCH}:{PATH}") == theirs
    assert call("/draft/publish", draft).status_code == 409
    both = {**draft, "commit": conflict["commit"], "text": TEXT + "Theirs.\nMine.\n"}
    assert call("/draft/save", both).status_code == 200


def test_problems_are_those_of_the_check(call, draft, content):
    before = run_git(content, "rev-parse", "main", BRANCH)
    bad = TEXT.replace("topic: 7", "kind: poem")
    found = call("/draft/check", {**draft, "text": bad}).get_json()
    (problem,) = found["problems"]
    assert (problem["severity"], problem["line"]) == ("error", 4)
    assert found["title"] == "Gift wrapping"
    assert before == run_git(content, "rev-parse", "main", BRANCH), "checking commits nothing"
    saved = call("/draft/save", {**draft, "text": bad}).get_json()
    refused = call("/draft/publish", {**draft, "commit": saved["commit"]})
    assert refused.status_code == 422
    assert refused.get_json()["problems"] == [problem]
    assert run_git(content, "rev-parse", "main") == before.splitlines()[0] + "\n"


def test_only_editors_publish(call, draft):
    assert call("/draft/publish", draft, by=AGENT).status_code == 403
    for path in ("/drafts", NAMED):
        assert call(path, by="nobody").status_code == 401


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"branch": "main"}, "branch"),
        ({"path": "../x.md"}, "path"),
        ({"path": "_site.yml"}, "path"),
        ({"text": " "}, "text"),
        ({"text": 7}, "text"),
        ({"commit": ["x"]}, "commit"),
    ],
)
def test_what_is_no_draft_is_refused(call, draft, fields, field):
    answer = call("/draft/save", {**draft, "text": TEXT, **fields})
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (422, field)


def test_a_commit_that_git_does_not_have_is_a_conflict(call, draft):
    for commit in ("", "--upload-pack=x", "0" * 40):
        answer = call("/draft/save", {**draft, "commit": commit, "text": TEXT + "More.\n"})
        assert answer.status_code == 409
    assert call("/draft?branch=faq/8-none&path=care/gift.md").status_code == 404
    assert call("/draft?branch=main&path=care/descale.md").status_code == 404
    assert call("/publications/4711").status_code == 404
