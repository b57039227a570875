"""The embedder of an installation without a usable model: says why, each time."""

from collections.abc import Callable, Sequence

from kb.errors import EmbedderUnavailable
from kb.search.embedder import Vectors


class NullEmbedder:
    """Never embeds anything."""

    model = ""
    dimension = 0

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def embed(self, texts: Sequence[str], *, timeout: float | None = None) -> Vectors:
        """Raises EmbedderUnavailable with the reason."""
        raise EmbedderUnavailable(self.reason)

    def start(self, texts: Sequence[str], *, timeout: float) -> Callable[[], Vectors]:
        """Raises EmbedderUnavailable with the reason."""
        raise EmbedderUnavailable(self.reason)

    def close(self) -> None:
        """Nothing to release."""
