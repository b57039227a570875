"""Which generation is current, and switching to the next.

A generation is everything the site needs, built from one revision of the content.
It is complete before it is named in ``CURRENT`` and never written again, so that
any number of workers read it without locks; only the list of its passages is replaced,
by one rename, when vectors were computed.
"""

import logging
import threading
import time
import weakref
from dataclasses import dataclass

from kb.clock import Clock
from kb.content.models import Audience
from kb.content.site_settings import parse_site
from kb.errors import GenerationUnavailable
from kb.forks import call_in_child
from kb.publishing import garbage, heap
from kb.publishing.generation import Generation, GenerationOpener, find_document
from kb.publishing.layout import IndexLayout
from kb.publishing.requests import Requests
from kb.publishing.store import LibraryFiles
from kb.search.engine import SearchEngine
from kb.search.query_vectors import QueryVectors

CHECK_SECONDS = 1.0
"""How often a worker looks for a new generation; a switch is promised within 5 s."""
_FIRST_CHECK_SECONDS = _GO_ON_SECONDS = 0.05
_LONGEST_PAUSE = 1.0
"""Seconds that collecting garbage, during which all others wait, waits for a quiet moment."""
_LAST_ROUND_SECONDS = 10.0
"""Loading the model is the longest that the watching thread may be at when all is closed."""
_CLOSE_AFTER_SECONDS = 60.0
"""A request that began with the last generation ends long before."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is published, in a line."""

    site_name: str
    articles: int
    """How many articles customers can see."""


class Generations:
    """Gives the current generation to whoever serves a request."""

    def __init__(
        self,
        layout: IndexLayout,
        library_files: LibraryFiles,
        engine: SearchEngine,
        weak_confidence: float,
        clock: Clock,
        questions: QueryVectors | None = None,
    ) -> None:
        self.layout = layout
        self.requests = Requests()
        """Those that are answered from here."""
        self._questions = questions
        self._library_files = library_files
        self._opener = GenerationOpener(
            layout, library_files, engine, weak_confidence, clock, questions
        )
        self._current: Generation | None = None
        self._settled: Generation | None = None
        self._retired: list[tuple[float, Generation]] = []
        self._lock = threading.Lock()
        self._watching = False
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None
        self._refused = ""
        call_in_child(self._forget_watcher)

    def current(self) -> Generation:
        """The generation to answer from; the same object for one whole request.

        Raises:
            GenerationUnavailable: nothing usable has been published; says what to do.
        """
        if self._current is None:
            self.refresh()
        if not self._watching:
            self._watch()
        generation = self._current
        if generation is None:
            raise GenerationUnavailable(
                f"Nothing is published in {self.layout.root}: run `kb index`."
            )
        return generation

    def read_outline(self) -> Outline:
        """What is published, without opening it: for a process that starts servers only.

        Raises:
            GenerationUnavailable: nothing usable has been published.
        """
        reader = self._library_files.open(
            self.layout.generation(self.layout.read_current() or "none")
        )
        try:
            published = reader.load_published()
        finally:
            reader.close()
        site, _ = parse_site(find_document(published.documents, "_site"))
        summaries = published.summaries.values()
        shown = (summary.is_visible_to(Audience.PUBLIC) for summary in summaries)
        return Outline(site.name, sum(shown))

    def refresh(self) -> bool:
        """Switch to the generation named in ``CURRENT`` if it is another; True if switched.

        One that cannot be opened is logged and left alone: the last one is served on.
        """
        with self._lock:
            wanted = self.layout.read_current()
            if wanted is None or (self._current is not None and self._current.id == wanted):
                return False
            try:
                opened = self._opener.open(wanted)
            except GenerationUnavailable as error:
                if self._refused != wanted:
                    _log.error("generation %s is not served: %s", wanted, error)
                    self._refused = wanted
                return False
            if self._current is not None:
                self._retired.append((time.monotonic(), self._current))
            self._current = opened
            self._close_retired()
            return True

    def close(self) -> None:
        """Release everything; for tests and the end of a command."""
        self._end_watch()
        with self._lock:
            for _, generation in self._retired:
                generation.close()
            if self._current is not None:
                self._current.close()
            self._retired, self._current, self._settled = [], None, None
        if self._questions is not None:
            self._questions.close()

    def _watch(self) -> None:
        with self._lock:
            if self._watching:
                return
            self._watching = True
            heap.share_between_threads()
            self._closing = threading.Event()
            self._watcher = threading.Thread(
                target=_poll,
                args=(weakref.ref(self), self._closing),
                name="generations",
                daemon=True,
            )
            self._watcher.start()

    def _end_watch(self) -> None:
        self._closing.set()
        if self._watcher is not None:
            # What it uses must not be closed under its feet.
            self._watcher.join(_LAST_ROUND_SECONDS)
        self._watching, self._watcher = False, None

    def settle(self) -> bool:
        """What may take its time after a switch; False when there is more to do."""
        with self._lock:
            waiting = len(self._retired)
            self._close_retired()
            is_changed = waiting != len(self._retired) or self._current is not self._settled
            self._settled = self._current
        if is_changed:
            garbage.leave_alone()
        is_warm = self._current is None or self._current.warm(self.requests.give_way)
        if is_changed:
            self.requests.give_way(_LONGEST_PAUSE)
            garbage.set_aside()
            heap.give_back()
        return is_warm

    def _forget_watcher(self) -> None:
        # Threads do not survive a fork; a child watches for itself.
        self._watching, self._watcher = False, None
        self._lock = threading.Lock()
        self.requests = Requests()

    def _close_retired(self) -> None:
        now = time.monotonic()
        still = [(since, g) for since, g in self._retired if now - since < _CLOSE_AFTER_SECONDS]
        for since, generation in self._retired:
            if now - since >= _CLOSE_AFTER_SECONDS:
                generation.close()
        self._retired = still


def _poll(watched: "weakref.ref[Generations]", closing: threading.Event) -> None:
    # What the first search needs is loaded while the first customer reads the first page.
    pause = _FIRST_CHECK_SECONDS
    while not closing.wait(pause):
        pause = CHECK_SECONDS
        generations = watched()
        if generations is None:
            # Whoever opened them dropped them without closing.
            return
        try:
            generations.refresh()
            pause = CHECK_SECONDS if generations.settle() else _GO_ON_SECONDS
        except Exception:
            # The thread must outlive whatever a half-deleted folder raises.
            _log.exception("looking for a new generation failed")
        # The pause must not keep what nobody uses any more.
        del generations
