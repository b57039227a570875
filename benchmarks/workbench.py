"""Several contents published one after the other, and every way of searching each of them.

All of them go through one content folder and one index folder.  Each is published anew,
with the code as it is now; only vectors of texts that were embedded before are kept,
also from one run to the next.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.config import Settings, load_settings
from kb.errors import EmbedderUnavailable
from kb.relevance.metrics import DEPTH
from kb.search.semantic import SemanticSearch
from kb.search.service import SearchService
from kb.text import clean_query_text

FOLDER = Path(__file__).resolve().parent.parent / "build" / "bench" / "quality"
"""Ignored by git; removing it costs a minute or two."""
_FROM_OUTSIDE = ("KB_MODEL_DIR", "KB_SEMANTIC")
_WARM_SECONDS = 30.0
"""A large model of one's own may take that long to load."""

Rank = Callable[[str], Sequence[str]]
"""The slugs for a text, best first."""


@dataclass(frozen=True)
class Searches:
    """The product on one content, with and without the model."""

    lexical: SearchService
    hybrid: SearchService | None
    """None when there is no model to rank by meaning."""
    semantic: SemanticSearch | None
    """The semantic stage alone; None as above."""

    @property
    def default(self) -> SearchService:
        """As customers get it."""
        return self.hybrid or self.lexical


@dataclass(frozen=True)
class Workbench:
    """The folders that everything goes through."""

    folder: Path = FOLDER

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs away from the folders; waits for one that is under way."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Waiting for another run to end.", flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def published(
        self,
        content: Path,
        *,
        without: frozenset[str] = frozenset(),
        change: Callable[[Path], None] = lambda _: None,
    ) -> Iterator[Searches]:
        """Publish a copy of ``content``, without some articles or changed in some way."""
        copy = self.folder / "content"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(
            content, copy, ignore=lambda _, names: [n for n in names if n[:-3] in without]
        )
        change(copy)
        taken = f", {len(without)} taken out" if without else ""
        print(f"\n({self._publish()}{taken})", flush=True)
        with ExitStack() as stack:
            hybrid = self._open(stack, self._settings())
            lexical = self._open(stack, self._settings(KB_SEMANTIC="off"))
            yield _searches(lexical, hybrid)

    def _publish(self) -> str:
        publisher = build_publisher(self._settings())
        started = time.monotonic()
        report = publisher.publish(full=True)
        published = time.monotonic()
        line = f"{report.articles} articles published in {published - started:.0f} s"
        try:
            embedding = publisher.embed()
        except EmbedderUnavailable as error:
            return f"{line}, no vectors: {error}"
        finally:
            if publisher.vectors is not None:
                publisher.vectors.embedder.close()
        if embedding is None:
            return line
        return f"{line}, {embedding.embedded} texts embedded in {embedding.seconds:.0f} s"

    def _open(self, stack: ExitStack, settings: Settings) -> SearchService:
        # Quality is measured here, not speed: a busy machine must not leave meaning out.
        generations = build_generations(settings, patient=True)
        stack.callback(generations.close)
        return generations.current().search

    def _settings(self, **more: str) -> Settings:
        # Of the settings outside only those of the model count: it may lie anywhere.
        outside = {name: os.environ[name] for name in _FROM_OUTSIDE if name in os.environ}
        own = {
            "KB_CONTENT_DIR": str(self.folder / "content"),
            "KB_INDEX_DIR": str(self.folder / "index"),
            "KB_DATABASE": str(self.folder / "instance" / "helpshelf.db"),
        }
        return load_settings({**outside, **own, **more})


def rank_by(search: SearchService) -> Rank:
    """A search as a ranking."""
    return lambda text: [hit.slug for hit in search.search(text, limit=DEPTH).hits]


def rank_by_meaning(semantic: SemanticSearch) -> Rank:
    """The semantic stage alone as a ranking, asked with what search reads of a text."""

    def rank(text: str) -> Sequence[str]:
        found = semantic.search(clean_query_text(text), DEPTH, lambda slug: True)
        return [hit.slug for hit in found or ()]

    return rank


def _searches(lexical: SearchService, hybrid: SearchService) -> Searches:
    semantic = hybrid.semantic
    if semantic is not None:
        semantic.warm(_WARM_SECONDS)
    if hybrid.search("how do i get help with this").mode == "hybrid":
        return Searches(lexical, hybrid, semantic)
    print("No sentence model answers here: what needs one is left out.")
    return Searches(lexical, None, None)
