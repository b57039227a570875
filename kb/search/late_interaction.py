"""Late interaction: each word of a question with each word of a passage, as it is meant there.

The vector of a passage tells what all of it is about, and a question is rarely about all of it.
Here every word piece of the question looks for the nearest one in the passage, and the mean of
how near these are, weighed by how much each word tells, is how near the passage is.  That is
MaxSim of ColBERT (Khattab and Zaharia, 2020), with the vectors that the sentence model makes
anyway before it takes their mean.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from kb.search.embedder import Embedding
from kb.search.piece_file import PieceFile, Signs, count_sign_bytes, count_signs
from kb.search.rounded import find_cdist

MOST_PIECES = 16
"""Of a question, those that tell most: more take longer and find nothing else."""
_NEAR_PASSAGES = 3
"""As with whole passages, the mean of the three nearest counts as much as the nearest: with that
success@5 of judged questions was .779, with the nearest alone .758 to .768."""


@dataclass(frozen=True, slots=True, eq=False)
class AskedPieces:
    """The word pieces of a question that tell something."""

    signs: Signs
    weights: NDArray[np.float32]
    """How much each of them tells; 1 together."""


def weigh_pieces(
    question: Embedding,
    words: Iterable[tuple[str, int, int]],
    tell: Callable[[str], float],
) -> AskedPieces | None:
    """The pieces of a question with their weights; None when the model gives none.

    Args:
        question: what the model made of the text.
        words: terms of the same text, each with its start and end there.
        tell: how much a term tells (idf). Pieces of one word share that.
    """
    if not len(question.pieces):
        return None
    places: list[tuple[int, int]] = question.places.tolist()
    weights = [0.0] * len(places)
    for term, start, end in words:
        inside = [n for n, (first, last) in enumerate(places) if first < end and last > start]
        for number in inside:
            weights[number] = max(weights[number], tell(term) / len(inside))
    telling = [number for number, weight in enumerate(weights) if weight > 0]
    telling = sorted(nlargest(MOST_PIECES, telling, key=weights.__getitem__))
    if not telling:
        telling = list(range(len(places)))[:MOST_PIECES]
        weights = [1.0] * len(places)
    chosen = np.array([weights[number] for number in telling], np.float32)
    return AskedPieces(question.pieces[telling], chosen / chosen.sum())


class PassagePieces:
    """The word pieces of all passages, by article; safe to share between threads."""

    def __init__(
        self,
        rows: NDArray[np.int32],
        counts: NDArray[np.int32],
        files: Sequence[PieceFile],
        dimension: int,
    ) -> None:
        """``rows`` of all passages through all ``files``, of each article ``counts``."""
        self._rows = rows
        self._ends = np.concatenate(([0], np.cumsum(counts))).tolist()
        self._files = files
        self._dimension = dimension
        self._first_rows = np.array([0, *accumulate(map(len, files))])
        self._counts = np.concatenate([file.counts for file in files])

    def compare(self, asked: AskedPieces, numbers: Sequence[int]) -> list[float]:
        """How near some articles are, -1 to 1; 0 where nothing is known of their pieces.

        Raises:
            OSError, ValueError: a file cannot be read any more.
        """
        rows = [self._rows[self._ends[n] : self._ends[n + 1]] for n in numbers]
        # Passages without a vector, and texts of which the model kept no word, are left out.
        rows = [some[some >= 0] for some in rows]
        rows = [some[self._counts[some] > 0] for some in rows]
        ends = [0, *accumulate(map(len, rows))]
        if not ends[-1]:
            return [0.0] * len(rows)
        every = np.concatenate(rows)
        counts = self._counts[every].astype(np.int64)
        differing = count_differing(asked.signs, self._read(every))
        fewest = np.minimum.reduceat(differing, np.cumsum(counts) - counts, axis=1)
        near: list[float] = (
            asked.weights @ (1 - 2 * fewest / count_signs(self._dimension))
        ).tolist()
        return [_sum_up(near[start:end]) for start, end in pairwise(ends)]

    def _read(self, rows: NDArray[np.int32]) -> Signs:
        """The pieces of some rows, in order."""
        numbers = np.searchsorted(self._first_rows, rows, side="right") - 1
        first = int(numbers[0])
        if (numbers == first).all():
            return self._files[first].read(rows - self._first_rows[first])
        place = np.repeat(numbers, self._counts[rows])
        found = np.empty((len(place), count_sign_bytes(self._dimension)), np.uint8)
        for number in np.unique(numbers):
            here = rows[numbers == number] - self._first_rows[number]
            found[place == number] = self._files[number].read(here)
        return found


def count_differing(asked: Signs, signs: Signs) -> NDArray[np.float64]:
    """In how many signs each piece of a question (a row) differs from each other piece."""
    cdist = find_cdist()
    if cdist is not None and len(signs):
        return np.asarray(cdist(asked, signs, "hamming", dtype="bin8"), np.float64)
    return np.stack([np.bitwise_count(signs ^ one).sum(axis=1, dtype=np.float64) for one in asked])


def _sum_up(passages: Sequence[float]) -> float:
    """How near an article is by how near its passages are."""
    nearest = sorted(passages, reverse=True)[:_NEAR_PASSAGES]
    return (nearest[0] + sum(nearest) / len(nearest)) / 2 if nearest else 0.0
