"""The interface of a sentence model: texts in, vectors of unit length out.

Two texts that mean the same lie close together, whatever words they use.  The semantic
stage is optional: every implementation may fail at any time, and search then answers
from words alone.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import EmbedderUnavailable

Vectors = NDArray[np.float32]
"""Rows of unit length: the dot product of two of them is the cosine of their angle."""


class EmbedderLoading(EmbedderUnavailable):
    """The model is being loaded, which is nothing to worry about."""


class Embedder(Protocol):
    """Safe to share between threads."""

    model: str
    """Name and checksum; vectors of different models cannot be compared."""

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

    def start(self, texts: Sequence[str], *, timeout: float) -> Callable[[], Vectors]:
        """Begin what ``embed`` does; what is given back waits for the rows.

        For whoever has other work meanwhile. It may be left uncalled. ``timeout`` counts
        from now on, but rows that are there are given whenever they are asked for.

        Raises:
            EmbedderUnavailable: at once, or when the rows are asked for.
        """
        ...

    def close(self) -> None:
        """Release the model."""
        ...
