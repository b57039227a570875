"""Many passages are compared along their principal components first, and found the same."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from kb.search import comparing, principal_components
from kb.search import vectors as vectors_module
from kb.search.comparing import Cosines
from kb.search.passage_table import DIGEST, PassageTable
from kb.search.principal_components import project
from kb.search.rounded import RoundedVectors, Rows, Vectors, round_vectors
from kb.search.vectors import VectorIndex

WIDTH = 256
ARTICLES = 3_000
EACH = 8


SUBJECTS = 20


def texts(rows: int, seed: int, together: int = 1) -> np.ndarray:
    """Vectors as a sentence model gives: much along few directions, a little along all others.

    ``together`` neighbours are about the same subject, as the passages of an article.
    """
    random = np.random.default_rng(seed)
    always = np.random.default_rng(0)
    along = 1 / (1 + np.arange(WIDTH) / 12)
    turn, _ = np.linalg.qr(always.standard_normal((WIDTH, WIDTH)))
    subjects = always.standard_normal((SUBJECTS, WIDTH))
    about = np.repeat(random.integers(0, SUBJECTS, -(-rows // together)), together)[:rows]
    found = ((random.standard_normal((rows, WIDTH)) + subjects[about]) * along) @ turn
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module", autouse=True)
def few_are_many() -> Iterator[None]:
    """So few vectors are compared in full, as a rule."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(principal_components, "_FEWEST", 20_000)
        yield


def build_index(rows: Rows) -> VectorIndex:
    count = ARTICLES * EACH
    table = PassageTable(
        slugs=[f"a{number:04}" for number in range(ARTICLES)],
        counts=np.full(ARTICLES, EACH, np.int32),
        kinds=np.array([0, 1, *[2] * (EACH - 2)] * ARTICLES, np.uint8),
        anchors=[f"h-{number}" for number in range(count)],
        digests=np.zeros(count, DIGEST),
        model="m",
        dimension=WIDTH,
        segments=("x", "y"),
        # One passage has no vector yet.
        rows=np.where(np.arange(count) == 77, -1, np.arange(count)[::-1]).astype(np.int32),
    )
    half = len(rows) // 3
    return VectorIndex(table, [RoundedVectors.of(rows[:half]), RoundedVectors.of(rows[half:])])


@pytest.fixture(scope="module")
def rows() -> Rows:
    found = round_vectors(texts(ARTICLES * EACH, 1, EACH))
    # A damaged file: no numbers, and no cosines.
    found["step"][:50:2], found["step"][9_000:9_050:2] = np.nan, 1e30
    return found


@pytest.fixture(scope="module")
def exact(rows: Rows) -> VectorIndex:
    return build_index(rows)


@pytest.fixture(scope="module")
def prepared(rows: Rows) -> VectorIndex:
    index = build_index(rows)
    index.prepare()
    assert index._projected is not None
    return index


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[Vectors]:
    """The questions that were compared in full with every vector."""
    compared: list[Vectors] = []

    def compare(parts: Sequence[RoundedVectors], question: Vectors) -> Cosines:
        if len(question) == WIDTH:
            compared.append(question)
        return comparing.compare(parts, question)

    monkeypatch.setattr(vectors_module, "compare", compare)
    return compared


@pytest.mark.parametrize("words", [1, 3, 20])
def test_the_same_is_found_without_comparing_all_in_full(
    exact: VectorIndex, prepared: VectorIndex, full: list[Vectors], words: int
) -> None:
    also = ("a0007", "a2999")
    for question in texts(30, words):
        wanted = exact.search(question, 60, lambda slug: True, also, words=words)
        full.clear()
        assert prepared.search(question, 60, lambda slug: True, also, words=words) == wanted
        assert not full


def test_the_same_is_found_among_few_that_are_allowed(
    exact: VectorIndex, prepared: VectorIndex
) -> None:
    for question in texts(10, 5):
        wanted = exact.search(question, 25, lambda slug: slug.endswith("7"))
        assert len(wanted) == 25
        assert prepared.search(question, 25, lambda slug: slug.endswith("7")) == wanted


def test_where_many_are_about_as_near_all_are_compared_in_full(
    exact: VectorIndex, prepared: VectorIndex, full: list[Vectors]
) -> None:
    nonsense = np.random.default_rng(6).standard_normal(WIDTH).astype(np.float32)
    nonsense /= np.linalg.norm(nonsense)
    wanted = exact.search(nonsense, 60, lambda slug: True)
    full.clear()
    assert prepared.search(nonsense, 60, lambda slug: True) == wanted
    assert len(full) == 1


def test_the_margin_holds_for_nearly_every_cosine() -> None:
    vectors = RoundedVectors.of(round_vectors(texts(20_000, 3)))
    projected = project([vectors])
    assert projected is not None
    (part,) = projected.parts
    assert part.dimension < WIDTH / 2
    right, rough = np.empty((2, len(vectors)), np.float32)
    for question in texts(5, 4):
        vectors.compare(question, right)
        part.compare(projected.project(question), rough)
        margin = projected.margin(question)
        assert 0 < margin < 0.3
        assert (right > rough + margin).mean() < 1e-3


def test_what_has_no_main_directions_or_is_little_is_always_compared_in_full() -> None:
    anywhere = np.random.default_rng(1).standard_normal((20_000, WIDTH)).astype(np.float32)
    anywhere /= np.linalg.norm(anywhere, axis=1, keepdims=True)
    assert project([RoundedVectors.of(round_vectors(anywhere))]) is None
    assert project([RoundedVectors.of(round_vectors(texts(500, 1)))]) is None
    narrow = RoundedVectors.of(round_vectors(texts(20_000, 1)[:, :64]))
    assert project([narrow]) is None
    assert project([]) is None
    nothing = RoundedVectors.of(round_vectors(np.zeros((20_000, WIDTH), np.float32)))
    assert project([nothing]) is None
