"""Branches of drafts that were merged go, here and on the remote; no others, whatever happened."""

from datetime import timedelta

import pytest

from kb.content_changes.models import DraftFile, FaqDraft, KeptText
from kb.errors import ChangeRefused
from tests.content_changes.conftest import ADA

BRANCH, PATH = "faq/7-x", "care/x.md"
TEXT = "---\ntitle: X\n---\nx\n"


@pytest.fixture
def remote(checkout, git, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "remote.git")
    git(checkout, "remote", "add", "origin", str(tmp_path / "remote.git"))
    return tmp_path / "remote.git"


@pytest.fixture
def changes(make_changes, checkout, remote):
    return make_changes(checkout / "help", "", "origin")


@pytest.fixture
def draft(changes):
    """A draft that is on the remote too."""
    return changes.start_draft(FaqDraft(PATH, TEXT, BRANCH, "x\n"), ADA)


@pytest.fixture
def merge(changes, draft, clock):
    def run():
        seen = DraftFile(BRANCH, PATH, "", draft.commit)
        changes._repository.publish_draft(seen, TEXT + "More.\n", "X", ADA, clock.now())
        changes.pushes.push(BRANCH)
        changes.pushes.push("main")
        clock.advance(timedelta(days=2))

    return run


@pytest.fixture
def branches(git):
    return lambda folder: git(folder, "branch", "--format=%(refname:short)").split()


def test_a_merged_draft_goes_here_and_there(changes, checkout, remote, merge, branches, git):
    changes.start_draft(FaqDraft("care/y.md", TEXT, "faq/8-y", "y\n"), ADA)
    assert changes.pushes.remove_merged_drafts() == []
    merge()
    assert changes.pushes.remove_merged_drafts() == [BRANCH]
    assert branches(checkout) == ["faq/8-y", "main"]
    assert branches(remote) == ["faq/8-y", "main"]
    assert "More." in git(remote, "show", f"main:help/{PATH}")
    assert changes.pushes.remove_merged_drafts() == []


def test_a_day_is_left_for_those_who_have_it_open(changes, checkout, merge, branches, clock):
    merge()
    clock.advance(timedelta(days=-1, hours=-1))
    assert changes.pushes.remove_merged_drafts() == []
    assert BRANCH in branches(checkout)


def test_what_somebody_typed_keeps_its_branch(changes, store, merge, clock):
    merge()
    store.keep_text(KeptText("key", 1, BRANCH, PATH, "", "typed", clock.now()))
    assert changes.pushes.remove_merged_drafts() == []
    store.drop_text("key", 1)
    assert changes.pushes.remove_merged_drafts() == [BRANCH]


def test_commits_that_are_only_on_the_remotes_branch_stay(
    changes, checkout, remote, merge, branches, git, tmp_path
):
    merge()
    git(tmp_path, "clone", "-q", str(remote), "colleague")
    colleague = tmp_path / "colleague"
    git(colleague, "checkout", "-q", BRANCH)
    git(colleague, "commit", "-q", "--allow-empty", "-m", "one more thing")
    git(colleague, "push", "-q", "origin", BRANCH)
    assert changes.pushes.remove_merged_drafts() == []
    assert BRANCH in branches(remote)
    assert BRANCH in branches(checkout)


def test_a_merge_that_the_remote_does_not_have_keeps_both(
    changes, checkout, remote, draft, branches, clock
):
    seen = DraftFile(BRANCH, PATH, "", draft.commit)
    changes._repository.publish_draft(seen, TEXT + "More.\n", "X", ADA, clock.now())
    clock.advance(timedelta(days=2))
    assert changes.pushes.remove_merged_drafts() == []
    assert BRANCH in branches(remote)
    assert BRANCH in branches(checkout)


def test_a_branch_that_is_checked_out_stays(changes, checkout, merge, branches, git, tmp_path):
    merge()
    git(checkout, "worktree", "add", "-q", str(tmp_path / "desk"), BRANCH)
    assert changes.pushes.remove_merged_drafts() == []
    assert BRANCH in branches(checkout) or f"+{BRANCH}" in branches(checkout)


def test_a_remote_that_is_gone_removes_nothing(changes, checkout, remote, merge, branches):
    merge()
    remote.rename(remote.with_name("elsewhere.git"))
    with pytest.raises(ChangeRefused):
        changes.pushes.remove_merged_drafts()
    assert BRANCH in branches(checkout)


def test_a_bare_repository_without_a_remote(make_changes, bare, branches, clock):
    changes = make_changes(bare, "main")
    draft = changes.start_draft(FaqDraft(PATH, TEXT, BRANCH, "x\n"), ADA)
    seen = DraftFile(BRANCH, PATH, "", draft.commit)
    changes._repository.publish_draft(seen, TEXT + "More.\n", "X", ADA, clock.now())
    clock.advance(timedelta(days=2))
    assert changes.pushes.remove_merged_drafts() == [BRANCH]
    assert branches(bare) == ["main"]
