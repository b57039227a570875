"""The semantic stage: articles that mean something similar, whatever words they use.

Optional in every respect.  Without a model, without vectors, or when either is slow or
broken, it answers None and search goes on with words alone.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path

from kb.search.embedder import Embedding
from kb.search.late_interaction import AskedPieces
from kb.search.passage_table import FILE_NAME, TableError
from kb.search.query_vectors import QueryVectors
from kb.search.vector_store import SegmentError
from kb.search.vectors import SemanticHit, VectorIndex, open_vectors

__all__ = ["SemanticHit", "SemanticSearch"]

_log = logging.getLogger(__name__)


class Asked:
    """A question that is being embedded."""

    def __init__(self, text: str, collect: Callable[[], Embedding | None]) -> None:
        """``collect`` waits for what it means."""
        self.text = text
        self._collect = collect

    @cached_property
    def embedding(self) -> Embedding | None:
        """What it means, once that is there; None when it cannot be had in time."""
        return self._collect()


class SemanticSearch:
    """Searches the vectors of one generation; safe to share between threads."""

    def __init__(self, directory: Path, store: Path, questions: QueryVectors) -> None:
        self._directory = directory
        self._store = store
        self._questions = questions
        self._seen: tuple[int, int] | None = None
        self._index: VectorIndex | None = None
        self._is_warm = False
        self.refresh()

    @property
    def complete(self) -> bool:
        """Whether every passage of the generation has a vector that can be compared."""
        index = self._index
        return index is not None and index.complete and index.model == self._questions.model

    def understands(self, language: str) -> bool:
        """Whether the model learned the language of this tag, as far as anybody knows."""
        return self._questions.understands(language)

    def ask(self, text: str) -> Asked | None:
        """Have a question embedded while the caller does something else."""
        if not text.strip() or self._usable_index() is None:
            return None
        return Asked(text, self._questions.start(text))

    def search(
        self,
        text: str,
        limit: int,
        allow: Callable[[str], bool],
        also: Collection[str] = (),
        asked: Asked | None = None,
    ) -> tuple[SemanticHit, ...] | None:
        """The nearest articles to a question, best first; None when that cannot be told now.

        Args:
            text: the question as it is searched, slips corrected.
            limit: how many articles.
            allow: whether an article, by slug, may be found.
            also: slugs to compare wherever they rank, in addition.
            asked: what ``ask`` gave back; of no use when the text is another.
        """
        if asked is None or asked.text != text:
            asked = self.ask(text)
        index = self._index
        question = asked.embedding if asked is not None else None
        if index is None or question is None:
            return None
        if len(question.vector) != index.dimension:
            self._questions.tell_once("the vectors have another length: run `kb index`")
            return None
        return index.search(question.vector, limit, allow, also, words=len(text.split()))

    def compare_pieces(self, asked: AskedPieces, slugs: Iterable[str]) -> Mapping[str, float]:
        """How near the words of some articles come to those of a question, -1 to 1, by slug.

        0 for an article of whose words nothing is known; empty when that cannot be told at all.
        """
        index = self._index
        try:
            return index.compare_pieces(asked, slugs) if index is not None else {}
        except (OSError, ValueError) as error:
            self._questions.tell_once(f"the word pieces cannot be read ({error}): run `kb index`")
            return {}

    def refresh(self) -> bool:
        """Open the vectors again if they have changed on disk; True if they did."""
        try:
            stat = (self._directory / FILE_NAME).stat()
            seen = (stat.st_ino, stat.st_mtime_ns)
        except OSError:
            seen = (0, 0)
        if seen == self._seen:
            return False
        self._seen = seen
        self._index, self._is_warm = self._open() if seen != (0, 0) else None, False
        return True

    def warm(self, timeout: float | None = None) -> None:
        """Load model and vectors into memory, so that the first question is as fast as others.

        Does nothing when they are; for a thread that nobody waits for.
        """
        index = self._usable_index()
        if index is None:
            return
        works = self._questions.warm() if timeout is None else self._questions.warm(timeout)
        if works and not self._is_warm:
            index.prepare()
            self.search("warm", 1, lambda slug: True)
            self._is_warm = True

    def _usable_index(self) -> VectorIndex | None:
        if not self._questions.model:
            self._questions.warm()  # which fails, and tells why there is none
            return None
        index = self._index
        if index is None or not index.usable:
            self._questions.tell_once("there are no vectors yet: `kb index` computes them")
            return None
        if index.model != self._questions.model:
            self._questions.tell_once(
                f"the vectors are of the model {index.model}, "
                f"{self._questions.model} is there: run `kb index`"
            )
            return None
        return index

    def _open(self) -> VectorIndex | None:
        try:
            return open_vectors(self._directory, self._store)
        except (TableError, SegmentError) as error:
            self._questions.tell_once(f"{error}: run `kb index`")
            return None
