"""Passages, the files their vectors lie in, and the search over them."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.content.models import ArticleSummary, Kind, Section, State
from kb.search import rounded as rounded_module
from kb.search.analysis import Analyzer
from kb.search.comparing import compare
from kb.search.documents import build_search_sections
from kb.search.passage_table import (
    DIGEST,
    FILE_NAME,
    UNKNOWN,
    PassageTable,
    TableError,
    encode_table,
    load_table,
)
from kb.search.passages import Passage, PassageKind, build_passages
from kb.search.piece_file import take_signs
from kb.search.rounded import RoundedVectors, are_rows, round_vectors
from kb.search.vector_store import MAX_SEGMENTS, SegmentError, VectorStore, open_segment
from kb.search.vectors import VectorIndex, open_vectors

WIDTH = 16
ROUNDED = 0.01
"""How far rounding may move a cosine of so few numbers."""
MODEL = "a-model-0123456789ab"


def passages(
    title: str = "Kettle",
    sections: Sequence[tuple[str, str]] = (),
    questions: tuple[str, ...] = (),
    summary: str = "",
) -> tuple[Passage, ...]:
    article = ArticleSummary(
        "kettle", title, Kind.FAQ, State.PUBLISHED, "", "kettle.md", summary, questions=questions
    )
    found = [Section(f"h-{n}", heading, 2, text) for n, (heading, text) in enumerate(sections)]
    return build_passages(article, build_search_sections(found, Analyzer.for_language("en")))


def test_an_article_is_embedded_by_title_questions_and_sections() -> None:
    found = passages(
        sections=(("", "Boils water."), ("Descale", "With vinegar."), ("Empty", "")),
        questions=("Why is it slow?",),
        summary="All about it",
    )
    assert [(p.kind, p.anchor, p.text) for p in found] == [
        (PassageKind.TITLE, "", "Kettle"),
        (PassageKind.TITLE, "", "Kettle. All about it"),
        (PassageKind.QUESTION, "", "Why is it slow?"),
        (PassageKind.SECTION, "h-0", "Kettle. Boils water."),
        (PassageKind.SECTION, "h-1", "Kettle. Descale. With vinegar."),
        (PassageKind.SECTION, "h-2", "Kettle. Empty"),
    ]


def test_a_long_section_is_split_evenly_and_nothing_is_lost() -> None:
    words = [f"w{number}" for number in range(250)]
    texts = [
        p.text.removeprefix("Kettle. Care. ")
        for p in passages(sections=[("Care", " ".join(words))])
    ]
    assert " ".join(texts[1:]).split() == words
    assert [len(text.split()) for text in texts[1:]] == [83, 83, 84]


def test_a_long_section_without_spaces_is_split_as_well() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(500)) + "。iPhone 15の画面"
    texts = [p.text.removeprefix("Kettle. ") for p in passages(sections=[("", text)])]
    assert "".join(texts[1:]) == text
    assert len(texts[1:]) == 3
    assert max(map(len, texts)) < 200


def test_endless_articles_have_few_passages_and_are_listed_in_time() -> None:
    started = time.perf_counter()
    long = passages(sections=[("Log", "word " * 100_000)])
    many = passages(sections=[("Same", "the same text")] * 500)
    asked = passages(questions=tuple(f"question {n}" for n in range(1_000)))
    data = passages(title="x" * 1_000_000, sections=[("y" * 100_000, "z" * 1_000_000)])
    assert (len(long), len(many), len(asked), len(data)) == (13, 200, 200, 2)
    assert len({p.digest for p in many}) == 2
    assert max(len(p.text) for p in data) < 300
    assert time.perf_counter() - started < 10


# -- files -----------------------------------------------------------------------


def unit(rows: int, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).standard_normal((rows, WIDTH)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def rounded(vectors: np.ndarray) -> RoundedVectors:
    return RoundedVectors.of(round_vectors(vectors))


def digests(*numbers: int) -> list[bytes]:
    return [number.to_bytes(16, "big") for number in numbers]


def table(counts: Sequence[int], numbers: Sequence[int]) -> PassageTable:
    """Articles a0, a1 … with so many passages, the first of each its title."""
    kinds = [2 * (n > 0) for count in counts for n in range(count)]
    return PassageTable(
        slugs=[f"a{number:03}" for number in range(len(counts))],
        counts=np.array(counts, np.int32),
        kinds=np.array(kinds, np.uint8),
        anchors=[f"h-{number}" for number in range(len(numbers))],
        digests=np.array(digests(*numbers), DIGEST),
        rows=np.full(len(numbers), UNKNOWN, np.int32),
    )


def test_rows_are_found_through_several_segments_and_what_is_missing_is_known(
    tmp_path: Path,
) -> None:
    store = VectorStore(tmp_path, MODEL)
    vectors = unit(6)
    store.add(digests(1, 2, 3), vectors[:3])
    store.add(digests(4, 5, 6), vectors[3:])
    located = VectorStore(tmp_path, MODEL).locate(table([3, 2], [6, 1, 1, 99, 4]))
    assert not located.complete
    index = VectorIndex(located, [open_segment(store.folder, n).vectors for n in located.segments])
    cosines = compare(index._parts, vectors[5])[located.rows]
    assert np.allclose(cosines[[0, 1, 2, 4]], vectors[[5, 0, 0, 3]] @ vectors[5], atol=ROUNDED)
    assert cosines[3] == -1


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, MODEL)
    store.add(digests(1, 2, 3), unit(3))
    written = store.locate(table([1, 2], [1, 2, 3]))
    (tmp_path / FILE_NAME).write_bytes(encode_table(written))
    read = load_table(tmp_path)
    assert read.complete
    assert read.is_located_like(written)
    assert list(read.slugs) == ["a000", "a001"]
    assert list(read.anchors) == ["h-0", "h-1", "h-2"]
    empty = store.locate(table([], []))
    (tmp_path / FILE_NAME).write_bytes(encode_table(empty))
    assert len(load_table(tmp_path).slugs) == 0


def test_no_damage_to_the_table_goes_unnoticed(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, MODEL)
    store.add(digests(1, 2, 3), unit(3))
    whole = encode_table(store.locate(table([1, 2], [1, 2, 3])))
    for size in range(0, len(whole), 7):
        (tmp_path / FILE_NAME).write_bytes(whole[:size])
        with pytest.raises(TableError):
            load_table(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(os.urandom(500))
    with pytest.raises(TableError):
        load_table(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    with pytest.raises(TableError, match="cannot be read"):
        load_table(tmp_path)


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:60]),
        lambda path: path.write_bytes(path.read_bytes()[:-60] + bytes(60)),
        lambda path: path.write_bytes(os.urandom(1_000)),
        lambda path: np.save(path, round_vectors(unit(3)[:, :8])),
        lambda path: np.save(path, round_vectors(10 * unit(3))),
        lambda path: np.save(path, unit(3)),
        lambda path: np.save(path, unit(3).astype(np.float64)),
        lambda path: np.save(path, unit(3)[0]),
        lambda path: np.save(path, np.array([{}, {}, {}], dtype=object), allow_pickle=True),
        lambda path: np.save(path, round_vectors(np.full((3, WIDTH), np.nan, np.float32))),
        lambda path: np.save(path, round_vectors(unit(2))),
    ],
)
def test_damaged_vectors_are_refused_and_computed_again(tmp_path: Path, damage: Damage) -> None:
    store = VectorStore(tmp_path, MODEL)
    store.add(digests(1, 2, 3), unit(3))
    located = store.locate(table([1, 2], [1, 2, 3]))
    (tmp_path / FILE_NAME).write_bytes(encode_table(located))
    damage(store.folder / f"{located.segments[0]}.npy")
    with pytest.raises(SegmentError):
        open_vectors(tmp_path, tmp_path)
    found = VectorStore(tmp_path, MODEL)
    again = found.locate(table([1, 2], [1, 2, 3]))
    assert again.rows is not None
    is_gone = not (store.folder / f"{located.segments[0]}.npy").exists()
    of_other_width = again.dimension == 8  # whole in itself, but of another length
    assert is_gone or of_other_width or len(found.damaged) == 1


def test_vectors_of_another_length_are_refused(tmp_path: Path) -> None:
    located = replace(VectorStore(tmp_path, MODEL).locate(table([1], [1])), dimension=8)
    with pytest.raises(SegmentError, match="another length"):
        VectorIndex(located, [rounded(unit(1))])


def test_many_small_files_are_merged_and_old_ones_removed(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, MODEL)
    vectors = unit(40)
    pieces = [take_signs(unit(number % 5, number)) for number in range(40)]
    store.add(digests(*range(20)), vectors[:20], pieces[:20])
    for number in range(20, 40):
        store.add(digests(number), vectors[number : number + 1], pieces[number : number + 1])
    wanted = table([40], range(40))
    merged = store.merge(store.locate(wanted))
    assert merged.complete
    segments = [open_segment(store.folder, name) for name in merged.segments]
    signs = [
        segment.pieces.read(np.array([row]))
        for segment in segments
        for row in range(len(segment.rows))
    ]
    assert all(np.array_equal(signs[row], pieces[n]) for n, row in enumerate(merged.rows))
    assert len(merged.segments) == 2 <= MAX_SEGMENTS
    assert merged.rows is not None
    rows = np.concatenate([open_segment(store.folder, n).rows for n in merged.segments])
    assert np.array_equal(rows[merged.rows], round_vectors(vectors))
    few = table([9], range(9))
    compact = store.merge(store.locate(few))
    assert len(compact.segments) == 1
    assert len(open_segment(store.folder, compact.segments[0]).vectors) == 9
    # Those that were merged still lie there, and are not taken up again.
    later = VectorStore(tmp_path, MODEL)
    assert later.merge(later.locate(few)).segments == compact.segments
    for path in store.folder.iterdir():
        os.utime(path, (0, 0))
    store.prune({*compact.segments})
    assert {path.stem for path in store.folder.iterdir()} == {*compact.segments}
    store.prune(set())
    assert not store.folder.exists()


def test_what_was_written_a_moment_ago_is_not_pruned(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, MODEL)
    store.add(digests(1), unit(1))
    store.prune(set())
    assert VectorStore(tmp_path, MODEL).locate(table([1], [1])).complete


# -- search ----------------------------------------------------------------------


@pytest.fixture
def index(tmp_path: Path) -> tuple[VectorIndex, np.ndarray, PassageTable]:
    """300 articles of 1 to 9 passages, a few of many more, in three files, some without vectors."""
    random = np.random.default_rng(5)
    counts = random.integers(1, 10, 300).tolist()
    counts[::40] = [count + 30 for count in counts[::40]]
    total = sum(counts)
    vectors = unit(total, 7)
    store = VectorStore(tmp_path, MODEL)
    for part in np.array_split(np.arange(total - 20), 3):
        store.add(digests(*part.tolist()), vectors[part])
    located = store.locate(table(counts, range(total)))
    vectors[total - 20 :] = 0
    (tmp_path / FILE_NAME).write_bytes(encode_table(located))
    return open_vectors(tmp_path, tmp_path), rounded(vectors).restore(), located


def test_the_nearest_passage_of_each_article_is_found_exactly(
    index: tuple[VectorIndex, np.ndarray, PassageTable],
) -> None:
    found, vectors, located = index
    ends = np.cumsum(located.counts)
    for seed in range(5):
        question = rounded(unit(1, 100 + seed)).restore()[0]
        cosines = vectors @ question
        cosines[-20:] = -1
        hits = found.search(question, 300, lambda slug: True)
        assert [h.similarity for h in hits] == sorted((h.similarity for h in hits), reverse=True)
        for hit in hits:
            number = int(hit.slug[1:])
            start, end = ends[number] - located.counts[number], ends[number]
            assert hit.cosine == pytest.approx(cosines[start:end].max(), abs=1e-5)
            assert hit.title_cosine == pytest.approx(cosines[start], abs=1e-5)
            if end - start > 1:
                best = start + 1 + int(np.argmax(cosines[start + 1 : end]))
                assert hit.section_cosine == pytest.approx(cosines[best], abs=1e-5)
                assert hit.anchor == f"h-{best}"
            else:
                assert (hit.anchor, hit.section_cosine) == ("", -1)


def test_only_what_is_allowed_is_found_and_the_rest_fills_up(
    index: tuple[VectorIndex, np.ndarray, PassageTable],
) -> None:
    found, vectors, _ = index
    question = vectors[3]
    everything = [hit.slug for hit in found.search(question, 300, lambda slug: True)]
    assert [h.slug for h in found.search(question, 10, lambda slug: True)] == everything[:10]
    rare = {slug for slug in everything if slug.endswith("7")}
    hits = found.search(question, 10, rare.__contains__)
    assert [hit.slug for hit in hits] == [slug for slug in everything if slug in rare][:10]
    assert found.search(question, 10, lambda slug: False) == ()


def test_articles_that_words_found_are_compared_wherever_they_rank(
    index: tuple[VectorIndex, np.ndarray, PassageTable],
) -> None:
    found, vectors, _ = index
    everything = {hit.slug: hit for hit in found.search(vectors[3], 300, lambda slug: True)}
    last = list(everything)[-1]
    hits = found.search(vectors[3], 2, lambda slug: True, also=(last, "unknown"))
    assert [hit.slug for hit in hits] == [*list(everything)[:2], last]
    assert hits[-1] == everything[last]


def test_a_short_list_finds_the_same_as_comparing_all(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    counts = random.integers(1, 12, 4_000).tolist()
    vectors = unit(sum(counts), 13)
    located = table(counts, range(sum(counts))).located(
        MODEL, WIDTH, ("x",), np.arange(sum(counts), dtype=np.int32)
    )
    index = VectorIndex(located, [rounded(vectors[:9_000]), rounded(vectors[9_000:])])
    everything = [hit.slug for hit in index.search(vectors[77], 4_000, lambda slug: True)]
    assert len(everything) == 4_000
    for limit in (1, 10, 100, 1_000):
        assert [h.slug for h in index.search(vectors[77], limit, lambda slug: True)] == (
            everything[:limit]
        )
    rare = {slug for slug in everything if hash(slug) % 50 == 0}
    hits = index.search(vectors[77], 30, rare.__contains__)
    assert [hit.slug for hit in hits] == [slug for slug in everything if slug in rare][:30]


def test_many_that_only_look_near_do_not_hide_those_that_are() -> None:
    # One passage of each of the first 500 is nearer than any of the last 20 has.
    cosines = [0.1, 0.9, 0.0, 0.0] * 500 + [0.1, 0.8, 0.8, 0.79] * 20
    index = at_cosines([4] * 520, [0, 2, 2, 2] * 520, cosines)
    hits = index.search(np.array([1, 0], np.float32), 10, lambda slug: True)
    assert {int(hit.slug[1:]) for hit in hits} <= set(range(500, 520))
    assert len(hits) == 10


def test_similarity_is_made_of_title_nearest_and_three_nearest_sections() -> None:
    # Cosines to (1, 0): articles with three sections and more, with one, with none.
    def at(cosine: float) -> list[float]:
        return [cosine, (1 - cosine**2) ** 0.5]

    cosines = [0.4, 0.9, 0.5, 0.5, 0.1, 0.8, 0.6, 0.7]
    located = replace(
        table([5, 2, 1], range(8)).located("m", 2, ("x",), np.arange(8, dtype=np.int32)),
        kinds=np.array([0, 2, 2, 2, 2, 0, 2, 0], np.uint8),
    )
    index = VectorIndex(located, [rounded(np.array([at(c) for c in cosines], np.float32))])
    question = np.array([1, 0], np.float32)
    hits = {h.slug: h for h in index.search(question, 3, lambda slug: True, words=3)}
    # Equal sections count once.
    mean = (0.9 + 0.5 + 0.1) / 3
    assert hits["a000"].similarity == pytest.approx(
        0.25 * 0.4 + 0.75 * (0.9 + mean) / 2, abs=ROUNDED
    )
    assert hits["a001"].similarity == pytest.approx(0.25 * 0.8 + 0.75 * 0.6, abs=ROUNDED)
    assert hits["a002"].similarity == pytest.approx(0.7, abs=ROUNDED)
    assert (hits["a002"].section_cosine, hits["a000"].anchor) == (-1, "h-1")


def at_cosines(
    counts: Sequence[int], kinds: Sequence[int], cosines: Sequence[float]
) -> VectorIndex:
    """Articles whose passages have these cosines to (1, 0)."""
    located = table(counts, range(len(kinds))).located(
        "m", 2, ("x",), np.arange(len(kinds), dtype=np.int32)
    )
    across = np.array(cosines, np.float32)
    rows = np.stack([across, (1 - across**2) ** 0.5], axis=1)
    return VectorIndex(replace(located, kinds=np.array(kinds, np.uint8)), [rounded(rows)])


@pytest.mark.parametrize(("words", "first"), [(1, "a000"), (2, "a000"), (20, "a001")])
def test_a_short_question_is_compared_with_titles_rather_than_texts(words: int, first: str) -> None:
    index = at_cosines([2, 2], [0, 2, 0, 2], [0.9, 0.5, 0.4, 0.6])
    question = np.array([1, 0], np.float32)
    (hit,) = index.search(question, 1, lambda slug: True, words=words)
    assert hit.slug == first


def test_questions_that_are_written_down_count_like_the_title_and_like_a_text() -> None:
    index = at_cosines([4, 2], [0, 1, 1, 2, 0, 1], [0.1, 0.8, 0.6, 0.4, 0.3, 0.5])
    assert len(index) == 6
    question = np.array([1, 0], np.float32)
    asked, alone = index.search(question, 2, lambda slug: True, words=3)
    assert asked.similarity == pytest.approx(0.25 * 0.8 + 0.75 * (0.8 + 0.4) / 2, abs=ROUNDED)
    assert (asked.cosine, asked.title_cosine) == (
        pytest.approx(0.8, abs=ROUNDED),
        pytest.approx(0.8, abs=ROUNDED),
    )
    # A question leads to no section, however near it is.
    assert (asked.section_cosine, asked.anchor) == (pytest.approx(0.4, abs=ROUNDED), "h-3")
    assert (alone.similarity, alone.section_cosine, alone.anchor) == (
        pytest.approx(0.5, abs=ROUNDED),
        -1,
        "",
    )


def test_rows_that_are_no_vectors_are_never_near() -> None:
    rows = round_vectors(unit(4))
    rows["step"][1], rows["step"][2] = np.nan, 1e20
    found = compare([RoundedVectors.of(rows)], unit(4)[0])
    assert found.tolist()[1:3] == [-1, -1]
    assert found[0] == pytest.approx(1, abs=ROUNDED)
    assert found[4] == -1


def test_rounding_hardly_changes_a_cosine() -> None:
    vectors = np.random.default_rng(3).standard_normal((2_000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = compare([rounded(vectors)], vectors[0])[:-1]
    off = np.abs(found - vectors @ vectors[0])
    assert off.mean() < 0.0006
    assert off.max() < 0.003


def test_numpy_alone_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("simsimd", reason="the extra semantic is not installed")
    vectors = [rounded(unit(9_000, 1)), rounded(unit(1, 2)), rounded(unit(0))]
    with_library = compare(vectors, unit(1, 3)[0])
    monkeypatch.setattr(rounded_module, "find_cdist", lambda: None)
    assert np.array_equal(compare(vectors, unit(1, 3)[0]), with_library)


def test_comparing_takes_no_reference_to_none_away() -> None:
    """A library that does ends the process once there are none left."""
    vectors, question = [rounded(unit(50))], unit(1)[0]
    before = sys.getrefcount(None)
    for _ in range(1_000):
        compare(vectors, question)
    assert sys.getrefcount(None) > before - 100


def test_vectors_of_nothing_stay_nothing() -> None:
    rows = round_vectors(np.zeros((2, WIDTH), np.float32))
    assert are_rows(rows)
    assert not are_rows(rows["values"])
    assert compare([RoundedVectors.of(rows)], unit(1)[0]).tolist() == [0, 0, -1]
