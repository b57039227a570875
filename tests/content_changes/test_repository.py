"""Changes are committed to every kind of repository, and nothing of anybody is overwritten."""

import threading
from datetime import UTC, datetime

import pytest

from kb.content_changes.models import (
    Author,
    Committed,
    Conflict,
    ConflictKind,
    DraftFile,
    FaqDraft,
    MergeConflict,
    Proposal,
)
from kb.content_changes.repositories import open_repository
from kb.errors import ChangeRefused

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
ADA = Author("Ada Löw", "ada@example.com")
PATH = "care/descale.md"
DRAFT = FaqDraft(
    "care/gift.md", "---\ntitle: Gift\n---\nOne.\n\nTwo.\n\nThree.\n", "faq/7-gift", "D\n"
)


def propose(repository, new, path=PATH):
    old = repository.read(path)
    return Proposal(path, old.text, new, old.digest, f"Change {path}\n")


def change(repository, new, path=PATH):
    return repository.commit(propose(repository, new, path), ADA, AT)


def status(git, folder):
    return git(folder, "status", "--porcelain")


@pytest.fixture
def bare(checkout, git, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "content.git")
    return tmp_path / "content.git"


# -- changes of the published branch -------------------------------------------


def test_a_bare_repository(bare, git):
    repository = open_repository(bare / "help", "main")
    done = change(repository, "# Descale\r\nNew.\r\n")
    assert isinstance(done, Committed)
    assert git(bare, "rev-parse", "main").strip() == done.commit
    assert repository.read(PATH).text == "# Descale\r\nNew.\r\n"
    log = git(bare, "log", "-1", "--format=%an %ae %cn %s", "main")
    assert log == f"Ada Löw ada@example.com Ada Löw Change {PATH}\n"
    assert git(bare, "diff", "--name-only", "main^", "main") == f"help/{PATH}\n"


@pytest.mark.parametrize("ref", ["", "main"])
def test_a_clean_checkout_follows(checkout, git, ref):
    done = change(open_repository(checkout / "help", ref), "new\n")
    assert git(checkout, "rev-parse", "HEAD").strip() == done.commit
    assert (checkout / "help" / PATH).read_text() == "new\n"
    assert status(git, checkout) == ""


def test_a_new_file(checkout, git):
    repository = open_repository(checkout / "help", "")
    assert repository.read("_synonyms.yml").digest == ""
    change(repository, "synonyms: []\n", "_synonyms.yml")
    assert (checkout / "help" / "_synonyms.yml").read_text() == "synonyms: []\n"
    assert status(git, checkout) == ""


@pytest.mark.parametrize("staged", [False, True])
def test_a_dirty_file_is_left_alone(checkout, git, staged):
    repository = open_repository(checkout / "help", "")
    (checkout / "help" / PATH).write_text("half a sent")
    if staged:
        git(checkout, "add", "-A")
    before = status(git, checkout), git(checkout, "rev-parse", "HEAD")
    with pytest.raises(ChangeRefused, match="not committed"):
        change(repository, "new\n")
    assert (checkout / "help" / PATH).read_text() == "half a sent"
    assert (status(git, checkout), git(checkout, "rev-parse", "HEAD")) == before


def test_an_untracked_file_in_the_place_is_left_alone(checkout, git):
    (checkout / "help" / "_synonyms.yml").write_text("mine")
    with pytest.raises(ChangeRefused, match="not committed"):
        change(open_repository(checkout / "help", ""), "x: y\n", "_synonyms.yml")
    assert (checkout / "help" / "_synonyms.yml").read_text() == "mine"


def test_other_unfinished_work_stays(checkout, git):
    (checkout / "README.md").write_text("staged\n")
    git(checkout, "add", "README.md")
    (checkout / "README.md").write_text("and more\n")
    (checkout / "notes.txt").write_text("untracked\n")
    before = status(git, checkout)
    change(open_repository(checkout / "help", ""), "new\n")
    assert status(git, checkout) == before
    assert (checkout / "README.md").read_text() == "and more\n"
    assert git(checkout, "show", ":README.md") == "staged\n"
    assert git(checkout, "show", "HEAD:README.md") == "ours\n"


def test_somebody_in_the_middle_of_a_merge(checkout, git):
    (checkout / ".git" / "MERGE_HEAD").write_text(git(checkout, "rev-parse", "HEAD"))
    with pytest.raises(ChangeRefused, match="in the middle of a merge"):
        change(open_repository(checkout / "help", ""), "new\n")


def test_another_branch_is_checked_out(checkout, git):
    git(checkout, "switch", "-q", "-c", "other")
    (checkout / "help" / PATH).write_text("half a sent")
    done = change(open_repository(checkout / "help", "main"), "new\n")
    assert git(checkout, "rev-parse", "main").strip() == done.commit
    assert (checkout / "help" / PATH).read_text() == "half a sent"


def test_the_branch_is_checked_out_in_another_work_tree(checkout, git, tmp_path):
    git(checkout, "switch", "-q", "-c", "other")
    git(checkout, "worktree", "add", "-q", str(tmp_path / "second"), "main")
    change(open_repository(checkout / "help", "main"), "new\n")
    assert (tmp_path / "second" / "help" / PATH).read_text() == "new\n"
    assert status(git, tmp_path / "second") == ""


def test_a_detached_checkout_says_where_a_commit_would_go(checkout, git):
    git(checkout, "checkout", "-q", "--detach")
    with pytest.raises(ChangeRefused, match="switch to the published branch"):
        change(open_repository(checkout / "help", ""), "new\n")
    assert isinstance(change(open_repository(checkout / "help", "main"), "new\n"), Committed)


def test_a_tag_is_no_branch(checkout, git):
    git(checkout, "tag", "v1")
    with pytest.raises(ChangeRefused, match="no branch"):
        change(open_repository(checkout / "help", "v1"), "new\n")


def test_a_file_that_changed_meanwhile_is_a_conflict(bare, git):
    repository = open_repository(bare / "help", "main")
    mine = propose(repository, "mine\n")
    change(repository, "theirs\n")
    found = repository.commit(mine, ADA, AT)
    assert isinstance(found, Conflict)
    assert (found.kind, found.theirs, found.yours) == (ConflictKind.CHANGED, "theirs\n", "mine\n")
    assert repository.read(PATH).text == "theirs\n"
    assert "-theirs\n+mine" in found.diff


def test_another_file_that_changed_meanwhile_is_none(bare):
    repository = open_repository(bare / "help", "main")
    mine = propose(repository, "mine\n")
    change(repository, "x: y\n", "_site.yml")
    assert isinstance(repository.commit(mine, ADA, AT), Committed)
    assert repository.read("_site.yml").text == "x: y\n"


@pytest.mark.parametrize("kind", ["bare", "checkout"])
def test_many_at_once(request, git, kind):
    folder = request.getfixturevalue(kind)
    repositories = [open_repository(folder / "help", "main") for _ in range(6)]
    done = []

    def work(number, repository):
        for step in range(3):
            done.append(change(repository, f"{step}\n", f"_{number}.yml"))

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(repositories)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(d) for d in done] == [Committed] * 18
    assert git(folder, "rev-list", "--count", "main").strip() == "19"
    assert all(repositories[0].read(f"_{n}.yml").text == "2\n" for n in range(6))
    if kind == "checkout":
        assert status(git, folder) == ""


def test_two_on_one_file_one_wins(bare):
    repository = open_repository(bare / "help", "main")
    proposals = [propose(repository, f"{n}\n") for n in range(4)]
    done = []
    threads = [
        threading.Thread(target=lambda p=p: done.append(repository.commit(p, ADA, AT)))
        for p in proposals
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(d).__name__ for d in done) == ["Committed", *["Conflict"] * 3]


def test_links_and_folders_are_refused(checkout, git):
    (checkout / "help" / "link.md").symlink_to("/etc/passwd")
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "link")
    repository = open_repository(checkout / "help", "")
    for path in ("link.md", "care"):
        with pytest.raises(ChangeRefused, match="no file"):
            repository.read(path)


def test_the_executable_bit_stays(bare, checkout, git):
    (checkout / "help" / PATH).chmod(0o755)
    git(checkout, "commit", "-qam", "x")
    change(open_repository(checkout / "help", ""), "new\n")
    assert git(checkout, "ls-tree", "HEAD", f"help/{PATH}").startswith("100755")


def test_a_plain_folder_reads_and_refuses(tmp_path):
    (tmp_path / "a.md").write_bytes(b"x\r\n")
    (tmp_path / "link.md").symlink_to("/etc/passwd")
    repository = open_repository(tmp_path, "")
    assert repository.read("a.md").text == "x\r\n"
    for path in ("link.md", "../a.md", "none.md"):
        assert repository.read(path).digest == ""
    with pytest.raises(ChangeRefused, match="download"):
        change(repository, "y\n", "a.md")


# -- drafts --------------------------------------------------------------------


@pytest.fixture(params=["bare", "checkout"])
def drafts(request, git):
    """A repository with one draft, its folder and the draft as it was opened."""
    folder = request.getfixturevalue(request.param)
    repository = open_repository(folder / "help", "main")
    started = repository.start_draft(DRAFT, ADA, AT)
    return repository, folder, repository.read_draft(started.branch, started.path)


def save(repository, draft, text):
    return repository.save_draft(draft, text, "Edit\n", ADA, AT)


def test_saving_is_one_commit_on_the_branch(drafts, git):
    repository, folder, draft = drafts
    done = save(repository, draft, "new\n")
    assert repository.read_draft(draft.branch, draft.path).text == "new\n"
    assert git(folder, "rev-list", "--count", f"main..{draft.branch}").strip() == "2"
    assert save(repository, draft, "new\n").kind is ConflictKind.CHANGED
    opened = repository.read_draft(draft.branch, draft.path)
    assert save(repository, opened, "new\n").commit == done.commit
    (listed,) = repository.list_drafts()
    assert (listed.branch, listed.paths, listed.subject) == (draft.branch, (draft.path,), "Edit")


def test_a_draft_somebody_works_on_in_the_checkout_follows(checkout, git):
    repository = open_repository(checkout / "help", "main")
    started = repository.start_draft(DRAFT, ADA, AT)
    git(checkout, "switch", "-q", started.branch)
    draft = repository.read_draft(started.branch, started.path)
    save(repository, draft, "new\n")
    assert (checkout / "help" / draft.path).read_text() == "new\n"
    assert status(git, checkout) == ""


def test_two_people_on_one_draft(drafts):
    repository, _, draft = drafts
    assert isinstance(save(repository, draft, "hers\n"), Committed)
    found = save(repository, draft, "his\n")
    assert (found.kind, found.theirs, found.yours) == (ConflictKind.CHANGED, "hers\n", "his\n")
    merged = DraftFile(draft.branch, draft.path, "", found.commit)
    assert isinstance(save(repository, merged, "both\n"), Committed)


def test_changes_of_other_lines_fit_together(drafts):
    repository, _, draft = drafts
    lines = [f"line {number}\n" for number in range(9)]
    done = save(repository, draft, "".join(lines))
    draft = DraftFile(draft.branch, draft.path, "", done.commit)
    hers = "".join(["hers\n", *lines[1:]])
    save(repository, draft, hers)
    found = save(repository, draft, "".join([*lines[:8], "h\u00eds\n"]))
    assert found.both == "".join(["hers\n", *lines[1:8], "h\u00eds\n"])
    assert repository.read_draft(draft.branch, draft.path).text == hers, "only shown"
    assert save(repository, draft, "".join(["his\n", *lines[1:]])).both == "", "the same line"


def test_a_branch_that_moved_elsewhere_takes_the_text(drafts, git, tmp_path):
    repository, folder, draft = drafts
    commit_elsewhere(git, folder, tmp_path, draft.branch, "help/other.md", "x\n")
    assert isinstance(save(repository, draft, "new\n"), Committed)
    assert repository.read_draft(draft.branch, "other.md").text == "x\n"


def test_a_force_pushed_branch_is_a_conflict(drafts, git):
    repository, folder, draft = drafts
    tree = git(folder, "rev-parse", f"{draft.branch}^{{tree}}").strip()
    other = git(folder, "commit-tree", tree, "-m", "rewritten").strip()
    git(folder, "update-ref", f"refs/heads/{draft.branch}", other)
    found = save(repository, draft, "new\n")
    assert (found.kind, found.theirs, found.commit) == (ConflictKind.REWRITTEN, draft.text, other)
    unknown = DraftFile(draft.branch, draft.path, "", "1" * 40)
    assert save(repository, unknown, "new\n").kind is ConflictKind.REWRITTEN


def test_a_deleted_branch_can_be_made_again(drafts, git):
    repository, folder, draft = drafts
    git(folder, "branch", "-q", "-D", draft.branch)
    found = save(repository, draft, "new\n")
    assert (found.kind, found.commit, found.yours) == (ConflictKind.DELETED, "", "new\n")
    done = repository.recreate_draft(draft, "new\n", "Again\n", ADA, AT)
    assert isinstance(done, Committed)
    assert git(folder, "rev-parse", f"{draft.branch}^").strip() == draft.commit
    git(folder, "branch", "-q", "-D", draft.branch)
    gone = DraftFile(draft.branch, draft.path, "", "2" * 40)
    assert isinstance(repository.recreate_draft(gone, "x\n", "Again\n", ADA, AT), Committed)


def publish(repository, draft, text="done\n"):
    return repository.publish_draft(draft, text, "Gift", ADA, AT)


def test_publishing_goes_forward(drafts, git):
    repository, folder, draft = drafts
    done = publish(repository, draft)
    assert git(folder, "rev-parse", "main").strip() == done.commit
    assert repository.read(draft.path).text == "done\n"
    assert repository.list_drafts() == []
    if (folder / ".git").exists():
        assert status(git, folder) == ""
        assert (folder / "help" / draft.path).read_text() == "done\n"


def test_publishing_merges_what_both_did(drafts, git):
    repository, folder, draft = drafts
    change(repository, "changed meanwhile\n")
    done = publish(repository, draft)
    assert git(folder, "log", "-1", "--format=%P", "main").count(" ") == 1
    assert repository.read(PATH).text == "changed meanwhile\n"
    assert repository.read(draft.path).text == "done\n"
    assert done.commit == git(folder, "rev-parse", "main").strip()


def test_a_merge_conflict_names_the_files_and_changes_nothing(drafts, git):
    repository, folder, draft = drafts
    change(repository, "another file of this name\n", draft.path)
    before = git(folder, "for-each-ref")
    found = publish(repository, draft)
    assert isinstance(found, MergeConflict)
    assert found.files == (draft.path,)
    assert "CONFLICT" in found.details
    assert git(folder, "for-each-ref") == before


def test_publishing_what_somebody_changed_meanwhile_is_a_conflict(drafts, git):
    repository, _, draft = drafts
    save(repository, draft, "hers\n")
    assert publish(repository, draft).kind is ConflictKind.CHANGED
    assert repository.read(draft.path).digest == ""


def test_publishing_into_a_dirty_checkout_changes_nothing(checkout, git):
    repository = open_repository(checkout / "help", "main")
    started = repository.start_draft(DRAFT, ADA, AT)
    draft = repository.read_draft(started.branch, started.path)
    (checkout / "help" / draft.path).write_text("mine, untracked")
    before = git(checkout, "for-each-ref")
    with pytest.raises(ChangeRefused, match="not committed"):
        publish(repository, draft)
    assert git(checkout, "for-each-ref") == before
    assert (checkout / "help" / draft.path).read_text() == "mine, untracked"


def test_a_draft_merged_by_hand_is_no_draft_any_more(drafts, git):
    repository, folder, draft = drafts
    git(folder, "update-ref", "refs/heads/main", draft.commit)
    assert repository.list_drafts() == []


def test_what_a_commit_did(bare, git):
    repository = open_repository(bare / "help", "main")
    done = change(repository, "new\n")
    edit = repository.read_change(done.commit)
    assert (edit.path, edit.before, edit.after) == (PATH, "# Descale\n", "new\n")
    assert repository.read_change("3" * 40) is None


def commit_elsewhere(git, folder, tmp_path, branch, path, text):
    """Somebody works in a clone of their own and pushes."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-b", branch, str(folder), str(clone))
    (clone / path).write_text(text)
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "theirs")
    git(clone, "push", "-q", "origin", branch)
