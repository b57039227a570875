"""What keys mean: vectors of the sentence model, each computed once and kept with its key.

Computing takes a millisecond or two a key, so a run has a limit of time; what is left over
is placed by its words and comes first in the next run.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import process_time

import numpy as np
from numpy.typing import NDArray

from kb.content_gaps.grouping import without_markers
from kb.content_gaps.grouping_store import GroupingStore, KnownKey
from kb.content_gaps.text_vectors import Array
from kb.errors import EmbedderUnavailable
from kb.search.embedder import Embedder

MOST_KEYS = 40_000
"""Keys that are compared with each other: 0.7 GB, and half a minute when all are new."""
_WHOLE_SECONDS = 70.0
_SHARE_SECONDS = 5.0
"""What computing may take of the processor when most is new, and when it is a day's share of
what there is."""
_SHARE = 0.25
_AT_ONCE = 256
_STORED = np.dtype("<f2")

Vector = NDArray[np.float16]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Meanings:
    """The keys that can be compared, in order, with their vectors."""

    model: str
    """Empty when keys are compared by words alone."""
    keys: list[str] = field(default_factory=list)
    vectors: dict[str, Vector] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    """Keys whose vectors are not stored yet."""

    def rows(self) -> Array | None:
        """A row for each key; None when keys are compared by words alone."""
        if not self.model or not self.keys:
            return None
        return np.stack([self.vectors[key] for key in self.keys]).astype(np.float32)

    def stored(self, key: str) -> bytes | None:
        """The vector of a key as the store keeps it."""
        return self.vectors[key].tobytes() if self.model else None


class KeyMeanings:
    """Gives keys their vectors."""

    def __init__(self, store: GroupingStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    @property
    def model(self) -> str:
        """Name of the model; empty without one."""
        return self._embedder.model

    def are_missing(self, known: Iterable[KnownKey]) -> bool:
        """Whether there is a model that some of the keys have not seen."""
        return bool(self.model) and any(key.model != self.model for key in known)

    def load(self, known: Sequence[KnownKey], new: Mapping[str, str]) -> Meanings:
        """The vectors of known keys and, as time allows, of those that have none.

        Args:
            known: keys that belong to topics.
            new: texts of keys without a topic, the most important first.
        """
        kept = _largest_first(known)[: max(MOST_KEYS - len(new), MOST_KEYS // 2)]
        missing = self._list_missing(kept, new) if self.model else {}
        found = Meanings(self.model)
        found.vectors = {
            key.key: np.frombuffer(key.vector, _STORED) for key in kept if key.vector is not None
        }
        if self.model:
            self._compute(missing, len(kept), found)
        if not found.vectors:
            found.model = ""
        possible = [key.key for key in kept] + list(new)
        if found.model:
            possible = [key for key in possible if key in found.vectors]
        found.keys = possible[:MOST_KEYS]
        return found

    def _list_missing(self, kept: Sequence[KnownKey], new: Mapping[str, str]) -> dict[str, str]:
        """Texts to embed: waiting since the last run, new, of another model."""
        waiting = [key.key for key in kept if key.model is None]
        older = [key.key for key in kept if key.model not in (None, self.model)]
        texts = self._store.find_texts([*waiting, *older])
        room = MOST_KEYS - sum(key.vector is not None for key in kept)
        ordered = {key: texts.get(key, key) for key in waiting}
        ordered |= new
        ordered |= {key: texts.get(key, key) for key in older}
        return dict(list(ordered.items())[:room])

    def _compute(self, texts: Mapping[str, str], known: int, found: Meanings) -> None:
        is_share = len(texts) < _SHARE * known
        deadline = process_time() + (_SHARE_SECONDS if is_share else _WHOLE_SECONDS)
        for keys in _slices(list(texts)):
            try:
                rows = self._embedder.embed([without_markers(texts[key]) for key in keys])
            except EmbedderUnavailable as error:
                _log.warning("Topics are grouped by words alone: %s", error)
                return
            for key, row in zip(keys, rows, strict=True):
                found.vectors[key] = row.astype(_STORED)
                found.computed.add(key)
            if process_time() > deadline:
                return


def _largest_first(known: Sequence[KnownKey]) -> list[KnownKey]:
    sizes = Counter(key.topic for key in known)
    return sorted(known, key=lambda key: (-sizes[key.topic], key.topic, key.key))


def _slices(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
