"""Chooses where changes go for the settings: a git repository, or the editor's own disk."""

from pathlib import Path

from kb.content_changes.repositories.folder import FolderRepository
from kb.content_changes.repositories.git import GitRepository
from kb.content_changes.repository import ContentRepository
from kb.git import Git


def open_repository(content_dir: Path, ref: str, remote: str = "") -> ContentRepository:
    """The repository that the content folder lies in, or is; ``FolderRepository`` without one.

    Args:
        content_dir: folder, checkout or bare repository (also a folder inside one).
        ref: the branch that is published; the checked-out one if empty.
        remote: where commits are pushed; nowhere if empty.
    """
    folder = next((path for path in (content_dir, *content_dir.parents) if path.is_dir()), None)
    if folder is None:
        return FolderRepository(content_dir)
    git = Git(folder)
    if not git.is_repository():
        return FolderRepository(content_dir)
    inner = content_dir.relative_to(folder).as_posix()
    inner = "" if inner == "." else f"{inner}/"
    if git.is_inside_git_dir():
        return GitRepository(git, ref or "HEAD", inner, remote)
    return GitRepository(Git(git.top()), ref or "HEAD", git.prefix() + inner, remote)
