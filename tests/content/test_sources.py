"""Content from a plain folder, a checkout and a bare repository: real git throughout."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.content.models import Severity
from kb.content.source import ContentSource, blob_digest
from kb.content.sources import open_source
from kb.content.sources.folder import FolderSource
from kb.content.sources.git import GitSource
from kb.errors import SourceError
from tests.conftest import Write, run_git


@pytest.fixture
def checkout(content: Path, write: Write) -> Path:
    """A git checkout whose articles lie in a folder of their own."""
    write("docs/care/clean filter.md", "one")
    write("docs/care/ünï.md", "two")
    write("docs/care/pic.png", b"png")
    write("README.md", "not content")
    run_git(content, "init")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-qm", "first", "--date=2026-01-01T00:00:00Z")
    write("docs/care/clean filter.md", "one, changed")
    run_git(content, "commit", "-qam", "second")
    return content


def read(source: ContentSource) -> dict[str, bytes | None]:
    return dict(source.read(source.scan().files))


def test_a_folder_in_a_checkout_has_dates_authors_and_uncommitted_changes(
    checkout: Path, write: Write
) -> None:
    write("docs/care/new.md", "fresh")
    os.utime(checkout / "docs/care/new.md", (1_750_000_000, 1_750_000_000))
    source = open_source(checkout / "docs", "")
    scan = source.scan()
    assert isinstance(source, FolderSource)
    assert set(scan.files) == {"care/clean filter.md", "care/ünï.md", "care/pic.png", "care/new.md"}
    assert scan.files["care/ünï.md"].digest == blob_digest(b"two")
    history = source.histories(scan).files
    assert history["care/clean filter.md"].authors == ("Ada Writer",)
    assert history["care/new.md"].updated_at == datetime.fromtimestamp(1_750_000_000, UTC)
    assert [v.data for v in source.versions(scan, "care/clean filter.md", 9)] == [b"one"]


@pytest.mark.parametrize("kind", ["branch", "bare", "bare-folder"])
def test_a_branch_shows_what_is_committed(
    checkout: Path, write: Write, tmp_path: Path, kind: str
) -> None:
    bare = tmp_path / "content.git"
    run_git(tmp_path, "clone", "-q", "--bare", str(checkout), str(bare))
    write("docs/care/uncommitted.md", "x")
    where = {
        "branch": (checkout / "docs", "main"),
        "bare": (bare, ""),
        "bare-folder": (bare / "docs", "main"),
    }[kind]
    source = open_source(*where)
    assert isinstance(source, GitSource)
    scan = source.scan()
    prefix = "docs/" if kind == "bare" else ""
    assert f"{prefix}care/uncommitted.md" not in scan.files
    assert read(source)[f"{prefix}care/clean filter.md"] == b"one, changed"
    assert scan.revision == run_git(checkout, "rev-parse", "HEAD").strip()
    assert source.histories(scan).files[f"{prefix}care/ünï.md"].authors == ("Ada Writer",)
    assert [v.data for v in source.versions(scan, f"{prefix}care/clean filter.md", 9)] == [b"one"]


def test_only_new_history_is_read_the_second_time(checkout: Path, write: Write) -> None:
    source = open_source(checkout / "docs", "main")
    before = source.scan()
    write("docs/care/ünï.md", "two, changed")
    run_git(checkout, "commit", "-qam", "third")
    later = source.histories(source.scan(), since=before.commit)
    assert (set(later.files), later.complete) == ({"care/ünï.md"}, False)
    assert source.histories(source.scan(), since="0" * 40).complete


def test_a_detached_head_and_a_dirty_tree_publish_what_lies_there(
    checkout: Path, write: Write
) -> None:
    run_git(checkout, "checkout", "-q", "--detach", "HEAD~1")
    write("docs/care/ünï.md", "dirty")
    assert read(open_source(checkout / "docs", ""))["care/ünï.md"] == b"dirty"
    assert read(open_source(checkout / "docs", "main"))["care/clean filter.md"] == b"one, changed"


def test_a_plain_folder_needs_no_git(
    content: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.md", "text")
    monkeypatch.setenv("PATH", "/nonexistent")
    source = open_source(content, "")
    scan = source.scan()
    assert (scan.commit, len(scan.revision)) == ("", 40)
    assert set(source.histories(scan).files) == {"a.md"}
    with pytest.raises(SourceError, match="git is not installed"):
        open_source(content, "main")


def test_a_checkout_without_git_is_published_with_a_warning(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    scan = open_source(checkout / "docs", "").scan()
    assert [(p.code, p.severity) for p in scan.problems] == [("git-missing", Severity.WARNING)]
    assert len(scan.files) == 3


def test_a_repository_without_commits(content: Path, write: Write) -> None:
    run_git(content, "init")
    write("a.md", "text")
    assert set(open_source(content, "").scan().files) == {"a.md"}
    with pytest.raises(SourceError, match="no branch 'main' with a commit"):
        open_source(content, "main").scan()


@pytest.mark.parametrize(
    ("path", "ref", "message"),
    [
        ("nowhere", "", "does not exist"),
        (".", "main", "in no git repository"),
    ],
)
def test_content_that_is_not_there_is_named(
    content: Path, path: str, ref: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        open_source(content / path, ref).scan()


def test_a_missing_branch_and_a_hostile_name(checkout: Path) -> None:
    for ref in ("nope", "--output=/tmp/owned", "HEAD:docs"):
        with pytest.raises(SourceError, match="no branch"):
            open_source(checkout / "docs", ref).scan()


def test_symbolic_links_are_reported_and_not_followed(
    content: Path, write: Write, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("secret")
    write("real.md", "x")
    (content / "link.md").symlink_to(tmp_path / "secret.md")
    (content / "folder").symlink_to(tmp_path)
    run_git(content, "init")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-qm", "links")
    for source in (open_source(content, ""), open_source(content, "main")):
        scan = source.scan()
        assert set(scan.files) == {"real.md"}
        assert {(p.path, p.code) for p in scan.problems} == {
            ("folder", "symlink"),
            ("link.md", "symlink"),
        }


def test_file_names_that_are_not_text_are_reported(content: Path, write: Write) -> None:
    write("good.md", "x")
    (content / os.fsdecode(b"bad\xff.md")).write_text("x")
    run_git(content, "init")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-qm", "names")
    for source in (open_source(content, ""), open_source(content, "main")):
        scan = source.scan()
        assert set(scan.files) == {"good.md"}
        assert [p.code for p in scan.problems] == ["file-name"]


def test_hidden_files_are_not_content(content: Path, write: Write) -> None:
    write(".obsidian/a.md", "x")
    write(".draft.md", "x")
    write("a.md", "x")
    assert set(open_source(content, "").scan().files) == {"a.md"}
