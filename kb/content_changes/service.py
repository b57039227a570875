"""What agents change in the content: wordings of an article, synonyms, pins, a draft begun.

Each change is proposed first, which shows what would be committed, and committed as it
was shown.  A form that was shown a proposal sends its ``base`` back; the proposal made
anew has the same base unless the file has changed meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from kb.clock import Clock
from kb.content_changes.editing import (
    Pin,
    add_best_bet,
    add_synonym,
    add_wordings,
    one_line,
)
from kb.content_changes.models import (
    AnswerChoice,
    AnswerKind,
    Author,
    Committed,
    CommittedDraft,
    Conflict,
    FaqDraft,
    Proposal,
)
from kb.content_changes.pushes import PushService
from kb.content_changes.repository import ContentRepository
from kb.errors import ChangeRefused, InvalidInput

SYNONYMS = "_synonyms.yml"
BEST_BETS = "_best_bets.yml"


class ContentChangeService:
    """Proposes and commits changes of the published content."""

    def __init__(self, repository: ContentRepository, pushes: PushService, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock
        self.pushes = pushes

    @property
    def can_commit(self) -> bool:
        """Whether there is git; otherwise the changed file is offered for download."""
        return self._repository.can_commit

    def propose_answer(self, choice: AnswerChoice, topic: int) -> Proposal:
        """What makes an article that answers a topic already be found for it.

        Raises:
            InvalidInput: something is missing from the choice; names the field.
            ChangeRefused: the file cannot be added to.
        """
        if choice.kind is AnswerKind.SYNONYM:
            if len(choice.words) < 2:
                raise InvalidInput("Write both words.", "words")
            return self.propose_synonym(choice.words, topic=topic)
        if not choice.wordings:
            raise InvalidInput("Tick at least one wording.", "wordings")
        if choice.kind is AnswerKind.PIN:
            try:
                until = date.fromisoformat(choice.until)
            except ValueError:
                raise InvalidInput("Write dates like 2026-01-31.", "until") from None
            return self.propose_best_bet(Pin(choice.wordings, choice.slug, until), topic)
        return self.propose_wordings(choice.path, choice.wordings, choice.wordings, topic)

    def propose_wordings(
        self,
        path: str,
        questions: Sequence[str],
        regression_queries: Sequence[str] = (),
        topic: int | None = None,
    ) -> Proposal:
        """Wordings that the article in the file ``path`` answers already.

        Args:
            path: of the article, below the content folder.
            questions: to be found with.
            regression_queries: that have to keep finding it.
            topic: number of the topic that they come from, for the message.

        Raises:
            ChangeRefused: there is no such file, or it cannot be added to.
        """
        wordings = list(dict.fromkeys(one_line(text) for text in (*questions, *regression_queries)))
        subject = f"Answer {_quoted(wordings)} with {path}"

        def change(text: str) -> str:
            if not text:
                raise ChangeRefused("there is no such file on the published branch.")
            return add_wordings(text, questions, regression_queries)

        return self._propose(path, change, subject, wordings, topic)

    def propose_synonym(
        self, words: Sequence[str], *, one_way: bool = False, topic: int | None = None
    ) -> Proposal:
        """Words that mean the same; with ``one_way`` the first also finds the others.

        Raises:
            ChangeRefused: fewer than two words, or the file cannot be added to.
        """
        arrow = " -> " if one_way else " = "
        subject = f"Synonym: {arrow.join(one_line(word) for word in words)}"
        return self._propose(
            SYNONYMS, lambda text: add_synonym(text, words, one_way=one_way), subject, (), topic
        )

    def propose_best_bet(self, pin: Pin, topic: int | None = None) -> Proposal:
        """An article to put first for certain questions, until a day.

        Raises:
            InvalidInput: the day is over, or before the first day.
            ChangeRefused: there is no question, or the file cannot be added to.
        """
        if pin.until < self._clock.now().date():
            raise InvalidInput("The last day is over already.", "until")
        if pin.start is not None and pin.until < pin.start:
            raise InvalidInput("The last day is before the first.", "until")
        queries = [one_line(query) for query in pin.queries]
        subject = f"Pin {pin.article} for {_quoted(queries)} until {pin.until}"
        return self._propose(
            BEST_BETS, lambda text: add_best_bet(text, pin), subject, queries, topic
        )

    def propose_undo(self, commit: str) -> Proposal | None:
        """What takes a change back; None when its file has changed since, or it is no such change.

        Args:
            commit: full id of a commit that this service made.
        """
        edit = self._repository.read_change(commit)
        if edit is None:
            return None
        now = self._repository.read(edit.path)
        # Making an article is not taken back by emptying it; a settings file may be empty.
        is_new_article = not edit.before and not edit.path.startswith("_")
        if now.text != edit.after or is_new_article:
            return None
        message = _shorten(f"Undo: {edit.subject}") + f"\n\nTakes back {commit}.\n"
        return Proposal(edit.path, now.text, edit.before, now.digest, message)

    def commit(self, proposal: Proposal, author: Author) -> Committed | Conflict:
        """Commit a proposal as it is, and push it where a remote is set.

        Raises:
            InvalidInput: it changes nothing.
            ChangeRefused: the repository cannot take it.
        """
        if proposal.is_empty:
            raise InvalidInput("All of it stands there already.")
        self.pushes.request(self._repository.published_branch)
        done = self._repository.commit(proposal, author, self._clock.now())
        if isinstance(done, Conflict):
            return done
        return replace(done, push=self.pushes.push(done.branch))

    def start_draft(self, draft: FaqDraft, author: Author) -> CommittedDraft:
        """Commit a draft to a branch of its own, and push it where a remote is set.

        Raises:
            ChangeRefused: the repository cannot take it.
        """
        done = self._repository.start_draft(draft, author, self._clock.now())
        return replace(done, push=self.pushes.push(done.branch))

    def _propose(
        self,
        path: str,
        change: Callable[[str], str],
        subject: str,
        lines: Sequence[str],
        topic: int | None,
    ) -> Proposal:
        file = self._repository.read(path)
        try:
            new = change(file.text)
        except ChangeRefused as error:
            raise ChangeRefused("%(path)s: %(error)s", path=path, error=error) from error
        body = [f"- {line}" for line in lines]
        if topic is not None:
            body += ["", f"Topic: {topic}"] if body else [f"Topic: {topic}"]
        message = _shorten(subject) + "\n" + ("\n" + "\n".join(body) + "\n" if body else "")
        return Proposal(path, file.text, new, file.digest, message)


def _quoted(texts: Sequence[str]) -> str:
    first = texts[0] if texts else ""
    first = first if len(first) <= 30 else first[:29] + "…"
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    return f'"{first}"{more}'


def _shorten(subject: str) -> str:
    subject = one_line(subject)
    return subject if len(subject) <= 100 else subject[:99] + "…"
