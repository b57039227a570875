"""Chooses where drafts go for the settings: a branch in git, or the editor's own disk."""

from pathlib import Path

from kb.content_gaps.draft_repositories.download import DownloadOnly
from kb.content_gaps.draft_repositories.git import GitDraftRepository
from kb.content_gaps.draft_repository import DraftRepository
from kb.git import Git


def open_draft_repository(content_dir: Path, ref: str) -> DraftRepository:
    """The repository that the content folder lies in, or is; ``DownloadOnly`` without one.

    Args:
        content_dir: folder, checkout or bare repository (also a folder inside one).
        ref: the branch that is published; the checked-out one if empty.
    """
    folder = next((path for path in (content_dir, *content_dir.parents) if path.is_dir()), None)
    if folder is None:
        return DownloadOnly()
    git = Git(folder)
    if not git.is_repository():
        return DownloadOnly()
    inner = content_dir.relative_to(folder).as_posix()
    inner = "" if inner == "." else f"{inner}/"
    if git.is_inside_git_dir():
        return GitDraftRepository(git, ref or "HEAD", inner)
    return GitDraftRepository(Git(git.top()), ref or "HEAD", git.prefix() + inner)
