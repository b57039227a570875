"""Vectors for a large corpus without a quarter of an hour of embedding: random ones.

How long a question takes depends on how much of them lies along few directions and on how many
are about the same, so that these are as of real ones.  Nothing that measures how well search
finds uses them.
"""

import numpy as np

from kb.bootstrap.publishing import build_publisher
from kb.config import Settings
from kb.publishing.passages import build_table
from kb.publishing.publisher import no_progress
from kb.search.passage_table import UNKNOWN
from kb.search.piece_file import Signs, take_signs
from kb.search.rounded import Vectors

DIMENSION = 384
"""Of the default model."""
_SUBJECTS = 64
_PIECES = 77
"""Word pieces of a passage in the public help center of the judged questions, punctuation aside."""
_HALVED_AFTER = 48
"""Directions until vectors are half as long along them: gives the three quarters."""


def fill_vectors(settings: Settings) -> int:
    """Give every passage of what is published a vector; how many were missing."""
    publisher = build_publisher(settings)
    vectors = publisher.vectors
    if vectors is None or not vectors.embedder.model:
        return 0
    layout = publisher.layout
    reader = publisher.library_files.open(layout.generation(layout.read_current() or ""))
    try:
        table = build_table(reader.load_catalogue(), reader, None)
    finally:
        reader.close()
    store = vectors._open_store()
    located = store.locate(table)
    assert located.rows is not None
    # In the order in which they would be embedded: passages of an article follow each other.
    missing = list(dict.fromkeys(located.digests[located.rows == UNKNOWN].tolist()))
    if missing:
        store.add(missing, random_vectors(len(missing)), _random_pieces(len(missing)))
    vectors.complete(no_progress)  # finds all of them, and writes the list
    return len(missing)


def random_vectors(count: int, seed: int = 1, together: int = 1) -> Vectors:
    """Rows of unit length, ``together`` neighbours about the same subject as passages of an article.

    96 directions hold three quarters of them, as of real passages.
    """
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((DIMENSION, DIMENSION)))
    lengths = 1 / (1 + np.arange(DIMENSION) / _HALVED_AFTER)
    axes = (lengths[:, None] * turn).astype(np.float32)
    subjects = np.random.default_rng(0).standard_normal((_SUBJECTS, DIMENSION), np.float32)
    random = np.random.default_rng(seed)
    about = np.repeat(random.integers(0, _SUBJECTS, -(-count // together)), together)[:count]
    found = random.standard_normal((count, DIMENSION), np.float32)
    found *= 0.8
    found += subjects[about] * np.float32(0.6)
    found = found @ axes
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def _random_pieces(count: int) -> list[Signs]:
    """The word pieces of so many passages, as many as real ones have."""
    random = np.random.default_rng(2)
    some = take_signs(random.standard_normal((10_000, DIMENSION), np.float32))
    starts = random.integers(0, len(some) - _PIECES, count).tolist()
    return [some[start : start + _PIECES] for start in starts]


def anywhere(count: int, seed: int) -> Vectors:
    """Rows of unit length that are about nothing."""
    found = np.random.default_rng(seed).standard_normal((count, DIMENSION), np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found
