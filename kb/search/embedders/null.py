"""The embedder of an installation without a usable model: says why, each time."""

from collections.abc import Callable, Sequence

from kb.errors import EmbedderUnavailable
from kb.search.embedder import Embedding, Vectors


class NullEmbedder:
    """Never embeds anything."""

    model = ""
    languages: frozenset[str] = frozenset()
    dimension = 0

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def embed(self, texts: Sequence[str], *, timeout: float | None = None) -> Vectors:
        """Raises EmbedderUnavailable with the reason."""
        raise EmbedderUnavailable(self.reason)

    def embed_pieces(
        self, texts: Sequence[str], *, timeout: float | None = None
    ) -> Sequence[Embedding]:
        """Raises EmbedderUnavailable with the reason."""
        raise EmbedderUnavailable(self.reason)

    def start(self, text: str, *, timeout: float) -> Callable[[], Embedding]:
        """Raises EmbedderUnavailable with the reason."""
        raise EmbedderUnavailable(self.reason)

    def close(self) -> None:
        """Nothing to release."""
