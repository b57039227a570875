"""Word pieces of questions and passages: weighed, kept in files, compared one by one."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kb.search import late_interaction
from kb.search.analysis import Analyzer
from kb.search.embedder import Embedding
from kb.search.late_interaction import (
    MOST_PIECES,
    AskedPieces,
    PassagePieces,
    count_differing,
    weigh_pieces,
)
from kb.search.passage_table import UNKNOWN
from kb.search.piece_file import READS, PieceFile, Signs, no_signs, take_signs, write_pieces
from kb.search.rounded import find_cdist

WIDTH = 24
ROW = WIDTH // 8


def pieces(count: int, seed: int = 0) -> Signs:
    return take_signs(np.random.default_rng(seed).standard_normal((count, WIDTH)))


def question(text: str, *words: str) -> Embedding:
    """A question of which a model made these pieces."""
    places = []
    for word in words:
        start = text.index(word, places[-1][1] if places else 0)
        places.append((start, start + len(word)))
    return Embedding(
        np.ones(WIDTH, np.float32), pieces(len(words)), np.array(places, np.int32).reshape(-1, 2)
    )


def weigh(asked: Embedding, text: str, tell: Callable[[str], float]) -> AskedPieces | None:
    return weigh_pieces(asked, Analyzer.for_language("en").placed_terms(text), tell)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., PieceFile]:
    def make(*rows: Signs) -> PieceFile:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.pieces"
        with path.open("wb") as out:
            write_pieces(out, [len(row) for row in rows], rows)
        return PieceFile(path, WIDTH)

    return make


# -- weights ---------------------------------------------------------------------


def test_pieces_of_one_word_share_what_it_tells_and_function_words_tell_nothing() -> None:
    text = "the kettle descaling"
    asked = question(text, "the", "kettle", "des", "caling")
    found = weigh(asked, text, lambda term: {"kettl": 1.0}.get(term, 3.0))
    assert found is not None
    assert np.array_equal(found.signs, asked.pieces[1:])
    assert found.weights.tolist() == pytest.approx([0.25, 0.375, 0.375])


def test_of_function_words_alone_each_counts_the_same() -> None:
    text = "who are you"
    found = weigh(question(text, "who", "are", "you"), text, lambda term: 0.0)
    assert found is not None
    assert found.weights.tolist() == pytest.approx([1 / 3] * 3)


def test_of_an_endless_question_the_pieces_that_tell_most_are_compared() -> None:
    words = [f"word{number}" for number in range(MOST_PIECES + 20)]
    text = " ".join(words)
    asked = question(text, *words)
    telling = {f"word{number}": 5.0 + number for number in range(20, 20 + MOST_PIECES)}
    found = weigh(asked, text, lambda term: telling.get(term, 1.0))
    assert found is not None
    assert {one.tobytes() for one in found.signs} == {
        one.tobytes() for one in asked.pieces[20:]
    }  # fmt: skip
    assert found.weights.sum() == pytest.approx(1)


def test_a_question_without_pieces_is_not_compared() -> None:
    assert weigh(question("?!"), "?!", lambda term: 1.0) is None


# -- files -----------------------------------------------------------------------


def test_pieces_are_read_as_they_were_written(file: Callable[..., PieceFile]) -> None:
    rows = [pieces(3), no_signs(WIDTH), pieces(2, 1), pieces(4, 2)]
    written = file(*rows)
    assert len(written) == 4
    assert written.counts.tolist() == [3, 0, 2, 4]
    for chosen in ([0], [1, 2, 3], [3, 0, 1, 3], [2]):
        expected = np.concatenate([rows[row] for row in chosen])
        assert np.array_equal(written.read(np.array(chosen)), expected)
        written.close()
    assert written.read(np.array([1])).shape == (0, ROW)


def test_what_was_read_does_not_stay_as_memory_of_the_process(
    file: Callable[..., PieceFile], tmp_path: Path
) -> None:
    maps = Path("/proc/self/smaps")
    if not maps.exists():
        pytest.skip("this system does not tell what of a file is in memory")
    written = file(*(pieces(1_000) for _ in range(700)))
    (path,) = tmp_path.iterdir()

    def resident() -> int:
        """Kilobytes of the file."""
        lines = iter(maps.read_text(encoding="utf-8").splitlines())
        next(line for line in lines if line.endswith(str(path)))
        return int(next(line for line in lines if line.startswith("Rss:")).split()[1])

    written.read(np.arange(700))
    assert resident() > 1_000
    for _ in range(READS - 1):
        written.read(np.array([0]))
    assert resident() < 200


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: os.urandom(500),
        lambda data: saved(np.ones(4)) + bytes(4 * ROW),
        lambda data: saved(np.ones((2, 2), np.uint16)) + bytes(4 * ROW),
        lambda data: saved(np.array([{}], dtype=object)),
    ],
)
def test_damaged_files_are_refused(
    file: Callable[..., PieceFile], tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    file(pieces(3), pieces(1))
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises((OSError, ValueError, EOFError)):
        PieceFile(path, WIDTH)


def saved(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


# -- comparing -------------------------------------------------------------------


def nearness(asked: AskedPieces, passage: Signs) -> float:
    """MaxSim as it is written down, of vectors of -1 and 1."""
    one, other = (np.unpackbits(signs, axis=1) * 2.0 - 1 for signs in (asked.signs, passage))
    return float(asked.weights @ (one @ other.T / WIDTH).max(axis=1))


def test_articles_are_as_near_as_their_nearest_passages(file: Callable[..., PieceFile]) -> None:
    random = np.random.default_rng(4)
    texts = [pieces(int(n), 100 + i) for i, n in enumerate(random.integers(1, 9, 12))]
    texts[5] = no_signs(WIDTH)
    files = [file(*texts[:4]), file(*texts[4:9]), file(*texts[9:])]
    # Neighbours in one file, across two, backwards, one row twice, and one that is not known.
    articles = [[0, 1, 2, 3, 4], [8, 7], [10, 2, 10], [5, UNKNOWN], [6, 5, 11], [UNKNOWN, 9]]
    index = PassagePieces(
        np.array([row for rows in articles for row in rows], np.int32),
        np.array([len(rows) for rows in articles]),
        files,
        WIDTH,
    )
    asked = AskedPieces(pieces(4, 9), np.array([0.4, 0.3, 0.2, 0.1], np.float32))
    expected = []
    for rows in articles:
        known = [nearness(asked, texts[row]) for row in rows if row >= 0 and len(texts[row])]
        best = sorted(known, reverse=True)[:3]
        expected.append((best[0] + sum(best) / len(best)) / 2 if best else 0.0)
    assert index.compare(asked, range(6)) == pytest.approx(expected, abs=1e-6)
    assert index.compare(asked, [4, 0]) == pytest.approx([expected[4], expected[0]], abs=1e-6)
    assert index.compare(asked, [3]) == [0.0]
    assert index.compare(asked, []) == []


def test_numpy_alone_counts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_cdist() is None:
        pytest.skip("the extra semantic is not installed")
    asked, others = pieces(5), pieces(900, 1)
    with_library = count_differing(asked, others)
    monkeypatch.setattr(late_interaction, "find_cdist", lambda: None)
    assert np.array_equal(count_differing(asked, others), with_library)
    assert with_library.shape == (5, 900)
