"""Chooses the source for the settings: a folder as it lies, or a branch."""

from pathlib import Path

from kb.content.source import ContentSource
from kb.content.sources.folder import FolderSource
from kb.content.sources.git import GitSource
from kb.errors import SourceError
from kb.git import Git


def open_source(content_dir: Path, ref: str) -> ContentSource:
    """The source that ``KB_CONTENT_DIR`` and ``KB_CONTENT_REF`` name.

    A bare repository is read from its branch (``HEAD`` if none is named); a folder
    inside one is written as ``content.git/articles``.

    Raises:
        SourceError: the folder does not exist, or a branch is asked for where there is no git.
    """
    folder, inner = _existing(content_dir)
    git = Git(folder)
    is_repository = git.is_repository()
    if is_repository and git.is_inside_git_dir():
        return GitSource(folder, ref or "HEAD", f"{inner}/" if inner else "")
    if not ref:
        return FolderSource(content_dir)
    if inner and not is_repository:
        raise SourceError(
            f"The content folder {content_dir} does not exist: correct KB_CONTENT_DIR."
        )
    if not is_repository:
        git.run("--version")  # tells "git is missing" from "not a repository"
        raise SourceError(
            f"{content_dir} is in no git repository, so there is no branch {ref!r}: "
            "unset KB_CONTENT_REF to publish the files as they lie there."
        )
    return GitSource(git.top(), ref, git.prefix() + (f"{inner}/" if inner else ""))


def _existing(path: Path) -> tuple[Path, str]:
    """The nearest folder that exists, and the rest of the path below it."""
    for candidate in (path, *path.parents):
        if candidate.is_dir():
            rest = path.relative_to(candidate).as_posix()
            return candidate, "" if rest == "." else rest
    return path, ""
