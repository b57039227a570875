"""Drafts are committed to every kind of repository without touching what is there."""

import threading
from datetime import UTC, datetime

import pytest

from kb.content_changes.models import Author, FaqDraft
from kb.content_changes.repositories import open_repository
from kb.errors import DraftError

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
ADA = Author("Ada Löw", "ada@example.com")
DRAFT = FaqDraft("care/gift-wrap.md", "---\ntitle: Gift\n---\n", "faq/7-gift-wrap", "Draft: Gift\n")


def commit(folder, ref="", draft=DRAFT, author=ADA):
    return open_repository(folder, ref).start_draft(draft, author, AT)


def snapshot(git, folder):
    files = {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    return files, git(folder, "status", "--porcelain"), git(folder, "rev-parse", "HEAD")


def test_a_checkout_gets_a_branch_and_keeps_its_work_tree(checkout, git):
    before = snapshot(git, checkout)
    done = commit(checkout / "help")
    assert (done.path, done.branch) == ("care/gift-wrap.md", "faq/7-gift-wrap")
    assert snapshot(git, checkout) == before
    assert git(checkout, "show", "faq/7-gift-wrap:help/care/gift-wrap.md") == DRAFT.text
    assert (
        git(checkout, "diff", "--name-only", "main", "faq/7-gift-wrap")
        == "help/care/gift-wrap.md\n"
    )
    log = git(checkout, "log", "-1", "--format=%an %ae %cn %at %s", "faq/7-gift-wrap")
    assert log == f"Ada Löw ada@example.com Ada Löw {int(AT.timestamp())} Draft: Gift\n"


def test_unfinished_work_stays_as_it_is(checkout, git):
    (checkout / "help" / "care" / "descale.md").write_text("half a sent")
    (checkout / "help" / "care" / "gift-wrap.md").write_text("mine, untracked")
    (checkout / "README.md").write_text("staged")
    git(checkout, "add", "README.md")
    before = snapshot(git, checkout)
    done = commit(checkout / "help")
    assert snapshot(git, checkout) == before
    assert git(checkout, "show", f"{done.branch}:README.md") == "ours\n"


def test_a_detached_checkout(checkout, git):
    git(checkout, "checkout", "-q", "--detach")
    before = snapshot(git, checkout)
    commit(checkout / "help")
    assert snapshot(git, checkout) == before
    assert git(checkout, "branch", "--show-current") == ""


@pytest.mark.parametrize("inner", ["", "help"])
def test_a_bare_repository(checkout, git, tmp_path, inner):
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "content.git")
    bare = tmp_path / "content.git"
    done = commit(bare / inner, "main")
    prefix = f"{inner}/" if inner else ""
    assert git(bare, "show", f"{done.branch}:{prefix}care/gift-wrap.md") == DRAFT.text


def test_the_published_branch_is_the_base(checkout, git):
    git(checkout, "checkout", "-q", "-b", "other")
    git(checkout, "rm", "-q", "README.md")
    git(checkout, "commit", "-q", "-m", "without readme")
    done = commit(checkout / "help", "main")
    assert "README.md" in git(checkout, "ls-tree", "--name-only", done.branch)


def test_nothing_that_exists_is_overwritten(checkout, git):
    first = commit(checkout / "help")
    git(checkout, "merge", "-q", "--ff-only", first.branch)
    second = commit(checkout / "help")
    assert (second.path, second.branch) == ("care/gift-wrap-2.md", "faq/7-gift-wrap-2")
    assert git(checkout, "rev-parse", first.branch).strip() == first.commit


def test_a_branch_named_like_the_folder_of_branches(checkout, git):
    git(checkout, "branch", "faq")
    assert commit(checkout / "help").branch == "faq-7-gift-wrap"


def test_two_agents_at_once_get_two_branches(checkout):
    done = []
    threads = [
        threading.Thread(target=lambda: done.append(commit(checkout / "help"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({d.branch for d in done}) == 4


def test_a_hook_is_not_run(checkout, git):
    hook = checkout / ".git" / "hooks" / "reference-transaction"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert commit(checkout / "help").branch == "faq/7-gift-wrap"


def test_names_that_git_would_misread(checkout, git):
    done = commit(checkout / "help", author=Author("<Bob>\nX: y", "bob@example.com"))
    assert (
        git(checkout, "log", "-1", "--format=%an|%ae", done.branch) == "Bob X: y|bob@example.com\n"
    )
    done = commit(checkout / "help", author=Author(" ", "bob@example.com"))
    assert git(checkout, "log", "-1", "--format=%an", done.branch) == "bob\n"


def test_a_repository_without_a_commit_says_so(tmp_path, git):
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    with pytest.raises(DraftError, match="commit the articles first"):
        commit(tmp_path / "empty")


def test_a_branch_that_is_not_there_says_so(checkout):
    with pytest.raises(DraftError, match="KB_CONTENT_REF"):
        commit(checkout / "help", "no-such-branch")


def test_a_file_in_the_place_of_the_folder_says_so(checkout, git):
    draft = FaqDraft("care/descale.md/x.md", "x", "faq/7-x", "Draft: x\n")
    with pytest.raises(DraftError):
        commit(checkout / "help", draft=draft)
    assert git(checkout, "branch", "--list", "faq/*") == ""


def test_a_plain_folder_offers_the_file(tmp_path):
    repository = open_repository(tmp_path / "articles", "")
    assert not repository.can_commit
    with pytest.raises(DraftError, match="download"):
        repository.start_draft(DRAFT, ADA, AT)
