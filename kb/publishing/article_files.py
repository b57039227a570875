"""Which version of every article's file is published: the one that lies there, the last good one, none.

A file is read, and reused if it did not change.  Whatever goes wrong with it, then or in
a later step, it falls back to the version that the last generation holds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.content.front_matter import FrontMatter, ParsedArticle
from kb.content.models import Problem, State
from kb.content.source import SourceFile
from kb.publishing.models import BrokenFile, Catalogue, StoredArticle


@dataclass(frozen=True, slots=True)
class FreshFile:
    """A file that is new or changed, and what it says."""

    file: SourceFile
    parsed: ParsedArticle


class ArticleFiles:
    """The files of one revision; every one is in ``fresh``, in ``reused`` or not published."""

    def __init__(
        self, previous: Catalogue | None, add_problems: Callable[[Iterable[Problem]], None]
    ) -> None:
        self._previous = previous
        self._add_problems = add_problems
        self.fresh: dict[str, FreshFile] = {}
        self.reused: dict[str, StoredArticle] = {}
        self.broken: dict[str, BrokenFile] = {}
        self.kept: list[str] = []
        """Paths of broken files whose last good version is published."""

    @property
    def front_matters(self) -> Mapping[str, FrontMatter]:
        """The heads of all articles to be published, by path."""
        heads = {path: fresh.parsed.front_matter for path, fresh in self.fresh.items()}
        return {path: known.front_matter for path, known in self.reused.items()} | heads

    def reuse(self, file: SourceFile) -> bool:
        """Take a file as the last generation knows it, good or broken; False if it changed."""
        if self._previous is None:
            return False
        known = self._previous.articles.get(file.path)
        if known is not None and known.digest == file.digest:
            self.reused[file.path] = known
            return True
        broken = self._previous.broken.get(file.path)
        if broken is not None and broken.digest == file.digest:
            self.fall_back(file, broken.problems)
            return True
        return False

    def add(self, file: SourceFile, parsed: ParsedArticle) -> None:
        """Take a file that was read."""
        if parsed.is_broken:
            self.fall_back(file, parsed.problems, parsed.front_matter.state)
        else:
            self.fresh[file.path] = FreshFile(file, parsed)

    def fall_back(
        self, file: SourceFile, problems: Sequence[Problem], state: State = State.PUBLISHED
    ) -> None:
        """Report a file that cannot be published and take its last good version, if any.

        Unless its ``state`` can be read and hides it: then the last version is hidden too.
        """
        self._add_problems(problems)
        self.broken[file.path] = BrokenFile(file.path, file.digest, tuple(problems))
        self.fresh.pop(file.path, None)
        known = self._previous.articles.get(file.path) if self._previous else None
        if known is None:
            return
        if state is not State.PUBLISHED:
            known = replace(known, front_matter=replace(known.front_matter, state=state))
        self.reused[file.path] = known
        if file.path not in self.kept:
            self.kept.append(file.path)

    def drop(self, path: str) -> None:
        """Publish no version of a file: not even the last one has a place any more."""
        self.reused.pop(path, None)
        if path in self.kept:
            self.kept.remove(path)
