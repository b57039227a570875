"""The values of content changes: what is to change, what became of it, and drafts on branches."""

import difflib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Author:
    """In whose name a change is committed."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file of the content as it is published; ``text`` keeps its line ends and byte order mark."""

    path: str
    """Below the content folder, with slashes."""
    text: str
    digest: str
    """git's id of the content; "" for a file that is not there yet."""


class AnswerKind(StrEnum):
    """How an article that answers a topic already is to be found for it."""

    QUESTIONS = "questions"
    """The wordings join the article's questions and regression queries."""
    SYNONYM = "synonym"
    PIN = "pin"
    """A best bet until a day."""


MOST_WORDINGS = 15
"""That are added to an article at once: more would make the front matter unreadable; the
frequent ones teach the search the rest."""


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """An article that answers a topic already, and what is to be added to the content."""

    slug: str
    path: str
    kind: AnswerKind = AnswerKind.QUESTIONS
    wordings: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """For a synonym: what customers write, and what the articles write."""
    until: str = ""
    """For a pin: the last day, such as 2026-01-31."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of one file, before it is made: to be shown, then committed as it is."""

    path: str
    old: str
    new: str
    base: str
    """Digest of the file that the change was made from; "" when it makes the file."""
    message: str
    """Of the commit: a subject of one line, and a body."""

    @property
    def is_empty(self) -> bool:
        """Whether everything that was asked for stands there already."""
        return self.old == self.new

    @property
    def diff(self) -> str:
        """The change as a unified diff; "" when nothing changes."""
        return build_diff(self.old, self.new, f"a/{self.path}", f"b/{self.path}")


class PushState(StrEnum):
    """What became of a commit beyond this repository."""

    OFF = "off"
    """No remote is set."""
    PUSHED = "pushed"
    WAITING = "waiting"
    """The remote refused or did not answer; it is tried again."""


@dataclass(frozen=True, slots=True)
class PushResult:
    """How a push went; ``reason`` is in git's words when it is waiting."""

    state: PushState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PendingPush:
    """A branch that the remote does not have yet."""

    branch: str
    requested_at: datetime
    attempts: int
    next_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Committed:
    """A change that is in the repository."""

    path: str
    branch: str
    commit: str
    push: PushResult = PushResult(PushState.OFF)


class ConflictKind(StrEnum):
    """Why a change could not be made on top of what is there now."""

    CHANGED = "changed"
    """Somebody changed the same file meanwhile."""
    REWRITTEN = "rewritten"
    """The branch was force-pushed: what the change was made from is gone from it."""
    DELETED = "deleted"
    """The branch, or the file on it, is gone."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was changed: what is there now, and what was to be there."""

    kind: ConflictKind
    path: str
    branch: str
    theirs: str
    """What is there now; "" when it is gone."""
    yours: str
    commit: str
    """Last commit of the branch now; "" when it is gone."""
    base: str = ""
    """Digest of what is there now; a change made from it takes it into account."""
    both: str = ""
    """One text with both changes; "" when they touch the same lines, or nobody knows from what
    they were made."""

    @property
    def diff(self) -> str:
        """From what is there now to what was to be there."""
        return build_diff(self.theirs, self.yours, "on the branch", "yours")


@dataclass(frozen=True, slots=True)
class FaqDraft:
    """A draft article made from a topic, before it is kept anywhere."""

    path: str
    """Below the content folder, with slashes."""
    text: str
    branch: str
    message: str


@dataclass(frozen=True, slots=True)
class CommittedDraft:
    """Where a draft was committed. Path and branch may differ from those asked for."""

    path: str
    branch: str
    commit: str
    push: PushResult = PushResult(PushState.OFF)


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What one commit did to one file."""

    path: str
    before: str
    """"" when the commit made the file."""
    after: str
    subject: str


@dataclass(frozen=True, slots=True)
class DraftBranch:
    """A branch with a draft that is not merged yet."""

    branch: str
    commit: str
    paths: tuple[str, ...]
    """Articles that the branch adds or changes, below the content folder."""
    committed_at: datetime
    author: str
    subject: str


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One article on a draft's branch."""

    branch: str
    path: str
    text: str
    commit: str
    """Last commit of the branch."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """What somebody typed and has not saved yet."""

    key: str
    """Random; one for every time that an editor page was opened."""
    account_id: int
    branch: str
    path: str
    base_commit: str
    """Last commit of the branch when the editor was opened."""
    text: str
    saved_at: datetime
    author: str = ""
    """Name of the account, when read."""


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """The draft cannot be merged by itself: other changes touch the same lines."""

    branch: str
    files: tuple[str, ...]
    """Paths that both sides changed."""
    details: str
    """git's own words."""


@dataclass(frozen=True, slots=True)
class ArticleProblem:
    """One finding of ``kb check`` about a draft."""

    line: int
    code: str
    severity: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class DraftPreview:
    """A draft as it would be published: sanitised HTML, and what is wrong with it."""

    title: str
    html: str
    problems: tuple[ArticleProblem, ...]
    failure: str = ""
    """Why there is no preview; "" when there is one."""

    @property
    def errors(self) -> tuple[ArticleProblem, ...]:
        """Problems that keep the article from being published."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


@dataclass(frozen=True, slots=True)
class PublishRun:
    """One publishing of a draft: from the merge to being live."""

    id: int
    branch: str
    path: str
    commit: str
    started_at: datetime
    ended_at: datetime | None
    error: str
    """Why it did not get live; "" otherwise."""


def build_diff(old: str, new: str, old_name: str, new_name: str) -> str:
    """A unified diff of two texts, whatever their line ends."""
    lines = difflib.unified_diff(_lines(old), _lines(new), old_name, new_name, lineterm="", n=3)
    return "\n".join(lines)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
