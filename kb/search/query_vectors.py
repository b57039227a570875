"""Vectors of questions: from a cache, else from the sentence model within a time limit."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable

from kb.errors import EmbedderUnavailable
from kb.search.breaker import Breaker
from kb.search.embedder import Embedder, EmbedderLoading, Embedding

CACHED = 4_096
"""Questions, 10 MB with the default model. Popular ones are asked again and again."""
WARM_SECONDS = 1.0
"""How long one try waits: workers look for a new generation in between."""

_log = logging.getLogger(__name__)


class QueryVectors:
    """Embeds questions; one for a whole process, whatever generation is served."""

    def __init__(self, embedder: Embedder, timeout: float) -> None:
        self._embedder = embedder
        self._timeout = timeout
        self._breaker = Breaker()
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, Embedding] = OrderedDict()
        self._told: set[str] = set()
        self._working = False

    @property
    def model(self) -> str:
        """The model's name and checksum; empty when there is none."""
        return self._embedder.model

    def understands(self, language: str) -> bool:
        """Whether the model learned the language of this tag, as far as anybody knows."""
        languages = self._embedder.languages
        return not languages or language.partition("-")[0].lower() in languages

    def embed(self, text: str) -> Embedding | None:
        """What a question means; None when it cannot be had in time, which is logged."""
        return self.start(text)()

    def start(self, text: str) -> Callable[[], Embedding | None]:
        """Begin what ``embed`` does, for whoever has other work meanwhile.

        What is given back waits for it; it may be left uncalled.
        """
        with self._lock:
            known = self._cache.get(text)
            if known is not None:
                self._cache.move_to_end(text)
        if known is not None or not self._breaker.allows():
            return lambda: known
        return self._try(text, self._timeout)

    def warm(self, timeout: float = WARM_SECONDS) -> bool:
        """Try the model if it did not work last time; True if it works.

        For a thread that nobody waits for: the first question finds the model loaded, and
        one that failed is noticed when it is back.
        """
        return self._working or self._try("", timeout)() is not None

    def tell_once(self, cause: str) -> None:
        """Log why there is no meaning, once for each cause until it works again."""
        if cause not in self._told:
            self._told.add(cause)
            _log.warning("searching by words alone: %s", cause)

    def close(self) -> None:
        """Release the model."""
        self._embedder.close()

    def _try(self, text: str, timeout: float) -> Callable[[], Embedding | None]:
        try:
            collect = self._embedder.start(text, timeout=timeout)
        except EmbedderUnavailable as error:
            self._failed(error)
            return lambda: None
        return lambda: self._collect(text, collect)

    def _collect(self, text: str, collect: Callable[[], Embedding]) -> Embedding | None:
        try:
            found = collect()
        except EmbedderUnavailable as error:
            self._failed(error)
            return None
        self._working = True
        self._breaker.succeeded()
        if self._told:
            _log.warning("searching by meaning again")
            self._told.clear()
        self._remember(text, found)
        return found

    def _failed(self, error: EmbedderUnavailable) -> None:
        self._working = False
        self._breaker.failed()
        if not isinstance(error, EmbedderLoading):
            self.tell_once(str(error))

    def _remember(self, text: str, found: Embedding) -> None:
        with self._lock:
            self._cache[text] = found
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
