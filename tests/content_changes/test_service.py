"""What agents propose is what is committed."""

from datetime import date

import pytest

from kb.content.front_matter import parse_article
from kb.content_changes.editing import Pin
from kb.content_changes.models import Committed, Conflict
from kb.errors import ChangeRefused, InvalidInput
from tests.content_changes.conftest import ADA

PATH = "care/descale.md"


@pytest.fixture
def changes(make_changes, checkout):
    return make_changes(checkout / "help")


def test_wordings_join_an_article_as_one_commit(changes, checkout, git):
    proposal = changes.propose_wordings(PATH, ["remove lime scale"], ["lime scale"], topic=12)
    assert "+questions:\n+  - remove lime scale\n" in proposal.diff
    assert git(checkout, "rev-list", "--count", "main").strip() == "1"  # nothing yet
    done = changes.commit(proposal, ADA)
    assert isinstance(done, Committed)
    text = git(checkout, "show", f"main:help/{PATH}")
    assert text == proposal.new == (checkout / "help" / PATH).read_text()
    assert parse_article(PATH, text.encode()).front_matter.questions == ("remove lime scale",)
    message = git(checkout, "log", "-1", "--format=%B", "main")
    assert message.strip() == (
        f'Answer "remove lime scale" and 1 more with {PATH}\n\n'
        "- remove lime scale\n- lime scale\n\nTopic: 12"
    )


def test_proposing_again_tells_whether_the_file_has_changed(changes):
    shown = changes.propose_synonym(["sofa", "couch"])
    assert changes.propose_synonym(["sofa", "couch"]).base == shown.base
    changes.commit(changes.propose_synonym(["tv", "telly"]), ADA)
    assert changes.propose_synonym(["sofa", "couch"]).base != shown.base
    assert isinstance(changes.commit(shown, ADA), Conflict)


def test_what_stands_there_is_not_committed_again(changes):
    changes.commit(changes.propose_synonym(["sofa", "couch"]), ADA)
    again = changes.propose_synonym(["Couch", "sofa"])
    assert (again.is_empty, again.diff) == (True, "")
    with pytest.raises(InvalidInput):
        changes.commit(again, ADA)


def test_a_pin_has_an_end_that_is_to_come(changes, checkout):
    pin = Pin(("lime scale",), "descale", date(2026, 11, 18))
    done = changes.commit(changes.propose_best_bet(pin, topic=3), ADA)
    assert done.path == "_best_bets.yml"
    assert "until: 2026-11-18" in (checkout / "help" / "_best_bets.yml").read_text()
    for bad in (
        Pin(("x",), "descale", date(2026, 11, 17)),
        Pin(("x",), "descale", date(2026, 12, 1), date(2026, 12, 2)),
    ):
        with pytest.raises(InvalidInput):
            changes.propose_best_bet(bad)


def test_a_change_can_be_taken_back(changes, checkout, git):
    before = (checkout / "help" / PATH).read_text()
    done = changes.commit(changes.propose_wordings(PATH, ["lime scale"]), ADA)
    undo = changes.propose_undo(done.commit)
    changes.commit(undo, ADA)
    assert (checkout / "help" / PATH).read_text() == before
    subject = git(checkout, "log", "-1", "--format=%s", "main").strip()
    assert subject == f'Undo: Answer "lime scale" with {PATH}'
    assert changes.propose_undo(done.commit) is None  # it is taken back already


def test_what_changed_since_is_not_taken_back(changes):
    done = changes.commit(changes.propose_synonym(["sofa", "couch"]), ADA)
    changes.commit(changes.propose_synonym(["tv", "telly"]), ADA)
    assert changes.propose_undo(done.commit) is None


def test_refusals_name_the_file(changes, checkout, git):
    with pytest.raises(ChangeRefused, match=r"none\.md: there is no such file"):
        changes.propose_wordings("none.md", ["x"])
    (checkout / "help" / "_synonyms.yml").write_text("synonyms: [\n")
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "broken")
    with pytest.raises(ChangeRefused, match=r"_synonyms\.yml: line"):
        changes.propose_synonym(["a", "b"])


def test_without_git_the_changed_text_is_there_to_download(make_changes, tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.md").write_text("Text.\n")
    changes = make_changes(tmp_path / "plain", "")
    assert not changes.can_commit
    proposal = changes.propose_wordings("a.md", ["how"])
    assert proposal.new == "---\nquestions:\n  - how\n---\nText.\n"
    with pytest.raises(ChangeRefused, match="download"):
        changes.commit(proposal, ADA)
