"""Several contents published one after the other, and every way of searching each of them.

All of them go through one content folder and one index folder, so that texts which stay
are not rendered and embedded again.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.config import Settings, load_settings
from kb.relevance.metrics import DEPTH
from kb.search.service import SearchService

Rank = Callable[[str], Sequence[str]]
"""The slugs for a text, best first."""


@dataclass(frozen=True)
class Searches:
    """The product on one content, with and without the model."""

    lexical: SearchService
    hybrid: SearchService | None
    """None when there is no model to rank by meaning."""

    @property
    def default(self) -> SearchService:
        """As customers get it."""
        return self.hybrid or self.lexical


@dataclass(frozen=True)
class Workbench:
    """The folders that everything goes through."""

    folder: Path

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
        started = time.monotonic()
        report = build_publisher(self._settings()).publish()
        seconds = time.monotonic() - started
        taken = f", {len(without)} taken out" if without else ""
        print(f"\n({report.articles} articles published in {seconds:.0f} s{taken})")
        with ExitStack() as stack:
            hybrid = self._open(stack, self._settings())
            lexical = self._open(stack, self._settings(KB_SEMANTIC="off"))
            yield Searches(lexical, hybrid if _ranks_by_meaning(hybrid) else None)

    def _open(self, stack: ExitStack, settings: Settings) -> SearchService:
        generations = build_generations(settings)
        stack.callback(generations.close)
        return generations.current().search

    def _settings(self, **more: str) -> Settings:
        # Of the settings outside only those of the model count: it may lie anywhere.
        model = {name: os.environ[name] for name in ("KB_MODEL_DIR",) if name in os.environ}
        own = {
            "KB_CONTENT_DIR": str(self.folder / "content"),
            "KB_INDEX_DIR": str(self.folder / "index"),
        }
        return load_settings({**model, **own, **more})


def rank_by(search: SearchService) -> Rank:
    """A search as a ranking."""
    return lambda text: [hit.slug for hit in search.search(text, limit=DEPTH).hits]


def _ranks_by_meaning(search: SearchService) -> bool:
    if search.search("how do i get help with this").mode == "hybrid":
        return True
    print("No sentence model answers here: what needs one is left out.")
    return False
