"""Adding up arrays ranks as Whoosh's own BM25F does, over many segments, however it is read."""

import logging
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from kb.content.models import Audience
from kb.search.engine import BM25_K1, EngineReader, FieldRanking, IndexDocument, idf
from kb.search.engines import whoosh_segment
from kb.search.engines.byte_cache import ByteCache
from kb.search.engines.file_segment import FileSegment
from kb.search.engines.matcher_segment import MatcherSegment
from kb.search.engines.whoosh import WhooshEngine
from kb.search.engines.whoosh_ranking import Caches
from kb.search.engines.whoosh_reader import WhooshReader
from kb.search.filters import SearchFilters
from kb.search.query import QueryTerm
from tests.search.test_engines import WORDS

FIELDS = {
    "title": FieldRanking(3.0, 0.3),
    "questions": FieldRanking(2.5, 0.5),
    "headings": FieldRanking(1.5, 0.9),
    "body": FieldRanking(0.7, 0.75),
}
"""Every field differently, so that none can be taken for another."""
VOCABULARY = [*WORDS, *(f"word{n}" for n in range(300)), "größe", "修理"]
STAFF = SearchFilters(Audience.STAFF)


class OneIdf(BM25F):  # type: ignore[misc]
    """Whoosh's BM25F with the same idf for a term in every field."""

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        reader = searcher.get_parent().reader()
        found = {
            number
            for name in FIELDS
            if (name, text) in reader
            for number in reader.postings(name, text).all_ids()
            if not reader.is_deleted(number)
        }
        return idf(len(found), reader.doc_count())


def make_documents(rng: random.Random, keys: list[str]) -> list[IndexDocument]:
    """Words as uneven as in life: some in nearly every article, most in few."""
    weights = [1 / (rank + 1) for rank in range(len(VOCABULARY))]

    def words(most: int) -> list[str]:
        return rng.choices(VOCABULARY, weights, k=rng.randint(0, most))

    return [
        IndexDocument(
            key,
            {"title": words(8), "questions": words(20), "headings": words(12), "body": words(900)},
        )
        for key in keys
    ]


def build_updated(engine: WhooshEngine, folder: Path) -> Path:
    """An index of 300 documents after three later publishes that replace, add and remove."""
    rng = random.Random(5)
    at = folder / "0"
    engine.build(at, make_documents(rng, [f"a{n:03}" for n in range(300)]))
    for step in range(1, 4):
        base, at = at, folder / str(step)
        changed = [f"a{step * 20 + n:03}" for n in range(7)] + [f"new{step}"]
        removed = [f"a{step:03}", f"a{step + 100:03}"]
        engine.build(at, make_documents(rng, changed), base=base, removed=removed)
    return at


@pytest.fixture(params=["files", "matchers"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of reading; the slow one as if the Whoosh in use had no such internals."""
    if request.param == "matchers":
        monkeypatch.delattr(FileSegment, "_read_terms")
    return str(request.param)


@pytest.fixture
def updated(way: str, tmp_path: Path) -> Iterator[tuple[Path, EngineReader]]:
    engine = WhooshEngine(FIELDS)
    folder = build_updated(engine, tmp_path)
    reader = engine.open(folder)
    yield folder, reader
    assert isinstance(reader, WhooshReader)
    used = {type(segment) for segment in reader._segments}
    assert used == {FileSegment if way == "files" else MatcherSegment}
    reader.close()


def test_scores_order_and_total_are_those_of_whoosh_itself(
    updated: tuple[Path, EngineReader],
) -> None:
    folder, reader = updated
    rng = random.Random(3)
    index = whoosh_index.open_dir(str(folder))
    own_b = {f"{name}_B": ranking.b for name, ranking in FIELDS.items()}
    with index.searcher(weighting=OneIdf(K1=BM25_K1, **own_b)) as searcher:
        assert len(searcher.leaf_searchers()) > 1
        assert searcher.reader().has_deletions()
        for _ in range(150):
            words = rng.sample(VOCABULARY, rng.randint(1, 6))
            terms = [QueryTerm(word, rng.choice((0.3, 0.7, 1.0))) for word in words]
            wanted = Or(
                [
                    Term(name, term.term, boost=ranking.weight * term.weight)
                    for term in terms
                    for name, ranking in FIELDS.items()
                ]
            )
            expected = {hit["key"]: hit.score for hit in searcher.search(wanted, limit=None)}
            result = reader.search(terms, 500)
            assert result.total == len(expected)
            assert {hit.key: hit.score for hit in result.hits} == pytest.approx(expected, rel=1e-4)
            ranked = [(-hit.score, hit.key) for hit in result.hits]
            assert ranked == sorted(ranked)
            best = reader.search(terms, 10)
            assert (best.total, best.hits) == (result.total, result.hits[:10])
        for word in VOCABULARY:
            counts = [searcher.reader().doc_frequency(name, word) for name in FIELDS]
            assert reader.document_frequency(word) == max(counts)
    index.close()


def test_replaced_and_removed_documents_are_not_counted(
    updated: tuple[Path, EngineReader],
) -> None:
    _, reader = updated
    result = reader.search([QueryTerm(word) for word in VOCABULARY], 500)
    keys = [hit.key for hit in result.hits]
    assert result.total == len(keys) == len(set(keys)) == reader.count() == 297
    assert not {f"a{n:03}" for n in (1, 2, 3, 101, 102, 103)} & set(keys)


def test_what_one_generation_read_serves_the_next(tmp_path: Path) -> None:
    engine = WhooshEngine(FIELDS)
    engine.build(tmp_path / "1", make_documents(random.Random(1), [f"a{n}" for n in range(50)]))
    changed = make_documents(random.Random(2), ["a7"])
    engine.build(tmp_path / "2", changed, base=tmp_path / "1")
    first, second = engine.open(tmp_path / "1"), engine.open(tmp_path / "2")
    assert isinstance(first, WhooshReader)
    assert isinstance(second, WhooshReader)
    first.search([QueryTerm("kettle")], 10)
    known = engine._caches.postings.nbytes
    assert known > 0
    second.search([QueryTerm("kettle")], 10)
    assert first._segments[0].identity == second._segments[0].identity
    assert len(second._segments) == 2
    added = len(second._segments[1].find("kettle"))
    assert engine._caches.postings.nbytes - known <= added * 500  # of the new segment alone
    first.close()
    again = second.search([QueryTerm("filter")], 10)
    assert again.total > 0
    second.close()


def test_indexes_built_with_the_same_random_numbers_are_told_apart(tmp_path: Path) -> None:
    # Whoosh names segments at random; two processes may draw the same name.
    engine = WhooshEngine(FIELDS)
    readers: list[Any] = []
    for name, text in (("a", "kettle kettle"), ("b", "kettle door door door")):
        random.seed(1)
        engine.build(tmp_path / name, [IndexDocument(name, {"body": text.split()})])
        readers.append(engine.open(tmp_path / name))
    answers = [reader.search([QueryTerm("kettle")], 1).hits[0] for reader in readers]
    assert [hit.key for hit in answers] == ["a", "b"]
    assert answers[0].score != pytest.approx(answers[1].score)
    segments = [reader._segments[0] for reader in readers]
    assert segments[0]._name == segments[1]._name
    assert segments[0].identity != segments[1].identity
    for reader in readers:
        reader.close()


def test_threads_that_interrupt_each_other_all_the_time_get_the_same_answers(
    updated: tuple[Path, EngineReader],
) -> None:
    folder, reader = updated
    rng = random.Random(8)
    questions = [[QueryTerm(w) for w in rng.sample(VOCABULARY, 4)] for _ in range(60)]
    alone = [reader.search(question, 10) for question in questions]
    fresh = WhooshEngine(FIELDS).open(folder)  # nothing is cached yet
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            warming = pool.submit(fresh.warm)
            together = list(pool.map(lambda q: fresh.search(q, 10), questions * 4))
            warming.result()
    finally:
        sys.setswitchinterval(interval)
    assert together == alone * 4
    fresh.close()


def test_a_warm_reader_answers_alike_and_reads_nothing_more_of_common_words(
    updated: tuple[Path, EngineReader],
) -> None:
    folder, reader = updated
    engine = WhooshEngine(FIELDS)
    warm = engine.open(folder)
    while not warm.warm():
        pass
    known = engine._caches.postings.nbytes
    common = [QueryTerm(word) for word in VOCABULARY if reader.document_frequency(word) >= 40]
    assert len(common) > 5
    for term in common:
        assert warm.search([term], 10) == reader.search([term], 10)
    assert engine._caches.postings.nbytes == known
    warm.close()


def test_warming_ends_where_the_room_does_and_begins_with_the_commonest(tmp_path: Path) -> None:
    engine = WhooshEngine(FIELDS)
    engine._caches = Caches(1_000_000, 40_000)
    reader = engine.open(build_updated(engine, tmp_path))
    while not reader.warm():
        pass
    kept = engine._caches.terms
    assert 30_000 < kept.nbytes <= 36_000 + 2_000
    assert reader.warm()
    common = max(VOCABULARY, key=reader.document_frequency)
    assert next(term for _, term in kept._kept) == common
    reader.close()
    assert kept.nbytes == 0


def test_an_unknown_way_of_keeping_files_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(FileSegment, "_read_terms")
    monkeypatch.setattr(whoosh_segment, "_said", set())
    engine = WhooshEngine(FIELDS)
    folder = build_updated(engine, tmp_path)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            reader = engine.open(folder)
            reader.search([QueryTerm("kettle")], 1)
            reader.close()
    assert [r.message for r in caplog.records if "search is slower" in r.message] != []
    assert len(caplog.records) == 1


def test_an_index_without_a_newer_field_is_read_and_built_upon(tmp_path: Path) -> None:
    older = WhooshEngine({"title": FieldRanking(1.0), "body": FieldRanking(1.0)})
    older.build(tmp_path / "1", [IndexDocument("old", {"title": ["kettle"]})])
    engine = WhooshEngine(FIELDS)
    reader = engine.open(tmp_path / "1")
    assert [hit.key for hit in reader.search([QueryTerm("kettle")], 5).hits] == ["old"]
    added = [IndexDocument("new", {"questions": ["kettle"]}, kind="faq", products=("x1",))]
    engine.build(tmp_path / "2", added, base=tmp_path / "1")
    later = engine.open(tmp_path / "2")
    hits = later.search([QueryTerm("kettle")], 5, filters=STAFF).hits
    assert {hit.key for hit in hits} == {"old", "new"}
    narrowed = later.search([QueryTerm("kettle")], 5, filters=SearchFilters(kind="faq"))
    assert [hit.key for hit in narrowed.hits] == ["new"]
    reader.close()
    later.close()


def test_the_cache_keeps_to_its_limit_and_what_is_used() -> None:
    class Block:
        nbytes = 10

    cache: ByteCache[int, Block] = ByteCache(100)
    used = Block()
    cache.put(-1, used)
    for n in range(200):
        cache.put(n, Block())
        assert cache.get(-1) is used
        assert cache.nbytes <= 100
    assert cache.get(0) is None


def count_segments(folder: Path) -> int:
    return len(list(folder.glob("*.seg")))


def assert_alike(
    engine: WhooshEngine, with_past: Path, anew: Path, *, count: int, tolerance: float
) -> None:
    """An index says the same as one that was built from nothing."""
    readers = engine.open(with_past), engine.open(anew)
    assert [reader.count() for reader in readers] == [count, count]
    for word in VOCABULARY[:40]:
        assert len({reader.document_frequency(word) for reader in readers}) == 1
        results = [reader.search([QueryTerm(word)], count, filters=STAFF) for reader in readers]
        assert results[0].total == results[1].total
        assert tolerance or results[0] == results[1]
        scores = [{hit.key: hit.score for hit in result.hits} for result in results]
        assert scores[0] == pytest.approx(scores[1], rel=tolerance)
    for reader in readers:
        reader.close()


def test_what_was_replaced_altogether_is_read_no_more(tmp_path: Path) -> None:
    engine, rng = WhooshEngine(FIELDS), random.Random(8)
    keys = [f"a{n:03}" for n in range(60)]
    engine.build(tmp_path / "1", make_documents(rng, keys))
    engine.build(tmp_path / "2", make_documents(rng, keys[:40]), base=tmp_path / "1")
    assert count_segments(tmp_path / "2") == 2  # fewer articles are gone than are left
    last = make_documents(rng, keys)
    engine.build(tmp_path / "3", last, base=tmp_path / "2")
    assert count_segments(tmp_path / "3") == 1
    assert count_segments(tmp_path / "2") == 2  # the generation before is still served
    engine.build(tmp_path / "anew", last)
    assert_alike(engine, tmp_path / "3", tmp_path / "anew", count=60, tolerance=0)


def test_more_that_is_gone_than_left_is_written_anew(tmp_path: Path) -> None:
    engine, rng = WhooshEngine(FIELDS), random.Random(9)
    keys = [f"a{n:03}" for n in range(60)]
    first, changed = make_documents(rng, keys), make_documents(rng, keys[:25])
    engine.build(tmp_path / "1", first)
    engine.build(tmp_path / "2", changed, base=tmp_path / "1")
    engine.build(tmp_path / "3", (), base=tmp_path / "2", removed=keys[25:50])
    assert count_segments(tmp_path / "3") == 1
    engine.build(tmp_path / "anew", [*first[50:], *changed])
    # Of what it merges, Whoosh adds up lengths as it keeps them, rounded to a byte.
    assert_alike(engine, tmp_path / "3", tmp_path / "anew", count=35, tolerance=0.02)


def test_an_index_of_which_everything_was_removed_is_empty(tmp_path: Path) -> None:
    engine = WhooshEngine(FIELDS)
    keys = [f"a{n}" for n in range(3)]
    engine.build(tmp_path / "1", make_documents(random.Random(1), keys))
    engine.build(tmp_path / "2", (), base=tmp_path / "1", removed=keys)
    reader = engine.open(tmp_path / "2")
    assert reader.count() == 0
    assert reader.document_frequency(VOCABULARY[0]) == 0
    reader.close()
