"""The interface of a sentence model: texts in, vectors of unit length out.

Two texts that mean the same lie close together, whatever words they use.  The semantic
stage is optional: every implementation may fail at any time, and search then answers
from words alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import EmbedderUnavailable
from kb.search.piece_file import Signs

Vectors = NDArray[np.float32]
"""Rows of unit length: the dot product of two of them is the cosine of their angle."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """What a model makes of one text."""

    vector: NDArray[np.float32]
    """Of unit length."""
    pieces: Signs
    """Of its word pieces in order, without punctuation; none where a model has but one vector
    for a text."""
    places: NDArray[np.int32]
    """Start and end of each piece in the text, a row each."""


class EmbedderLoading(EmbedderUnavailable):
    """The model is being loaded, which is nothing to worry about."""


class Embedder(Protocol):
    """Safe to share between threads."""

    model: str
    """Name and checksum; vectors of different models cannot be compared."""
    languages: frozenset[str]
    """Those that it learned, such as ``en``; empty when it learned many, or nobody knows which."""

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        ...

    def embed(self, texts: Sequence[str], *, timeout: float | None = None) -> Vectors:
        """One row for each text, in order.

        ``timeout`` is in seconds; None waits as long as it takes.

        Raises:
            EmbedderUnavailable: missing, broken or too slow.
        """
        ...

    def embed_pieces(
        self, texts: Sequence[str], *, timeout: float | None = None
    ) -> Sequence[Embedding]:
        """The same with the word pieces of each text.

        Raises:
            EmbedderUnavailable: as above.
        """
        ...

    def start(self, text: str, *, timeout: float) -> Callable[[], Embedding]:
        """Begin to embed one text; what is given back waits for it.

        For whoever has other work meanwhile. It may be left uncalled. ``timeout`` (s) counts
        from now on, but what is there is given whenever it is asked for.

        Raises:
            EmbedderUnavailable: at once, or when the text is asked for.
        """
        ...

    def close(self) -> None:
        """Release the model."""
        ...
