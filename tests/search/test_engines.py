"""One contract for every engine: what the memory engine answers, the others answer too."""

import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kb.content.models import Audience
from kb.errors import GenerationUnavailable
from kb.search.engine import EngineReader, FieldRanking, IndexDocument, SearchEngine
from kb.search.engines.memory import MemoryEngine
from kb.search.engines.whoosh import WhooshEngine
from kb.search.filters import SearchFilters
from kb.search.query import QueryTerm

WORDS = [
    "kettle",
    "filter",
    "return",
    "refund",
    "battery",
    "e42",
    "water",
    "clean",
    "pump",
    "door",
    "hose",
    "order",
    "parcel",
    "code",
]


def make_document(
    key: str,
    title: str = "",
    body: str = "",
    collections: tuple[str, ...] = (),
    internal: bool = False,
    **more: Any,
) -> IndexDocument:
    fields = {"title": title.split(), "body": body.split()}
    return IndexDocument(key, fields, collections, internal, **more)


def make_corpus(count: int, seed: int = 7) -> list[IndexDocument]:
    rng = random.Random(seed)
    return [
        make_document(
            f"a{n}",
            " ".join(rng.choices(WORDS, k=4)),
            " ".join(rng.choices(WORDS, k=rng.randint(1, 60))),
        )
        for n in range(count)
    ]


@pytest.fixture(params=[MemoryEngine, WhooshEngine], ids=["memory", "whoosh"])
def engine(request: pytest.FixtureRequest) -> SearchEngine:
    made: SearchEngine = request.param()
    return made


def build(engine: SearchEngine, folder: Path, documents: Sequence[IndexDocument]) -> EngineReader:
    engine.build(folder, documents)
    return engine.open(folder)


def found(reader: EngineReader, *words: str, **options: object) -> list[str]:
    result = reader.search([QueryTerm(word) for word in words], 10, **options)  # type: ignore[arg-type]
    return [hit.key for hit in result.hits]


def test_any_word_matches_and_more_words_rank_higher(engine: SearchEngine, tmp_path: Path) -> None:
    reader = build(
        engine,
        tmp_path / "i",
        [
            make_document("both", "", "kettle filter"),
            make_document("one", "", "kettle hose"),
            make_document("none", "", "door"),
        ],
    )
    assert found(reader, "kettle", "filter") == ["both", "one"]
    assert found(reader, "absent") == []
    assert (
        reader.count(),
        reader.document_frequency("kettle"),
        reader.document_frequency("absent"),
    ) == (3, 2, 0)
    reader.close()


def test_title_counts_more_than_body(engine: SearchEngine, tmp_path: Path) -> None:
    documents = [
        make_document("body", "door hose", "kettle pump"),
        make_document("title", "kettle pump", "door hose"),
    ]
    reader = build(engine, tmp_path / "i", documents)
    assert found(reader, "kettle") == ["title", "body"]
    reader.close()


def test_weights_scale_scores(engine: SearchEngine, tmp_path: Path) -> None:
    reader = build(engine, tmp_path / "i", make_corpus(30))
    full = reader.search([QueryTerm("kettle")], 1).hits[0]
    half = reader.search([QueryTerm("kettle", 0.5)], 1).hits[0]
    assert half.key == full.key
    assert half.score == pytest.approx(full.score / 2)
    reader.close()


def test_internal_articles_are_for_staff(engine: SearchEngine, tmp_path: Path) -> None:
    documents = [make_document("open", "kettle"), make_document("secret", "kettle", internal=True)]
    reader = build(engine, tmp_path / "i", documents)
    assert found(reader, "kettle") == ["open"]
    assert sorted(found(reader, "kettle", filters=SearchFilters(Audience.STAFF))) == [
        "open",
        "secret",
    ]
    assert reader.search([QueryTerm("kettle")], 10).total == 1
    reader.close()


def test_collection_narrows_to_itself_and_what_is_inside(
    engine: SearchEngine, tmp_path: Path
) -> None:
    documents = [
        make_document("deep", "kettle", collections=("faults", "faults/kettles")),
        make_document("flat", "kettle", collections=("faults",)),
        make_document("else", "kettle", collections=("care",)),
    ]
    reader = build(engine, tmp_path / "i", documents)
    assert sorted(found(reader, "kettle", filters=SearchFilters(collection="faults"))) == [
        "deep",
        "flat",
    ]
    assert found(reader, "kettle", filters=SearchFilters(collection="faults/kettles")) == ["deep"]
    reader.close()


def test_kind_and_product_narrow(engine: SearchEngine, tmp_path: Path) -> None:
    documents = [
        make_document("a", "kettle", kind="faq", products=("k-100", "k-200")),
        make_document("b", "kettle", kind="how-to", products=("k-100",)),
        make_document("c", "kettle", kind="faq"),
        make_document("d", "kettle", kind="faq", products=("k-100",), internal=True),
    ]
    reader = build(engine, tmp_path / "i", documents)
    for wanted, keys in (
        (SearchFilters(kind="faq"), ["a", "c"]),
        (SearchFilters(product="k-100"), ["a", "b"]),
        (SearchFilters(product="k-200"), ["a"]),
        (SearchFilters(kind="faq", product="k-100"), ["a"]),
        (SearchFilters(Audience.STAFF, kind="faq", product="k-100"), ["a", "d"]),
        (SearchFilters(product="k"), []),
        (SearchFilters(collection="nowhere"), []),
    ):
        result = reader.search([QueryTerm("kettle")], 10, filters=wanted)
        assert (sorted(hit.key for hit in result.hits), result.total) == (keys, len(keys))
    reader.close()


def test_required_and_excluded_terms_choose_but_do_not_score(
    engine: SearchEngine, tmp_path: Path
) -> None:
    documents = [
        make_document("title", "kettle", "pump"),
        make_document("body", "", "kettle pump hose"),
        make_document("plain", "", "kettle"),
        make_document("other", "", "hose pump"),
    ]
    reader = build(engine, tmp_path / "i", documents)
    scores = {hit.key: hit.score for hit in reader.search([QueryTerm("kettle")], 10).hits}
    assert scores.keys() == {"title", "body", "plain"}

    def narrowed(**options: tuple[str, ...]) -> dict[str, float]:
        result = reader.search([QueryTerm("kettle")], 10, **options)
        assert result.total == len(result.hits)
        return {hit.key: hit.score for hit in result.hits}

    assert narrowed(required=("pump",)) == {k: scores[k] for k in ("title", "body")}
    assert narrowed(required=("pump", "hose")) == {"body": scores["body"]}
    assert narrowed(excluded=("pump",)) == {"plain": scores["plain"]}
    assert narrowed(required=("pump",), excluded=("hose",)) == {"title": scores["title"]}
    assert narrowed(required=("absent",)) == {}
    assert narrowed(excluded=("absent",)) == scores
    reader.close()


def test_the_table_of_fields_decides_weight_and_normalisation(
    engine: SearchEngine, tmp_path: Path
) -> None:
    documents = [
        make_document("long", "kettle", "kettle " + "hose " * 30),
        make_document("short", "pump door", "kettle"),
        make_document("none", "door", "pump"),
    ]
    engine.build(tmp_path / "i", documents)
    plain = {"title": FieldRanking(0.0, 0.0), "body": FieldRanking(1.0, 0.0)}
    for table, best in (
        ({**plain, "title": FieldRanking(5.0)}, "long"),
        ({**plain, "body": FieldRanking(1.0, 1.0)}, "short"),
    ):
        reader = type(engine)(table).open(tmp_path / "i")  # type: ignore[call-arg]
        assert found(reader, "kettle")[0] == best
        reader.close()
    reader = type(engine)(plain).open(tmp_path / "i")  # type: ignore[call-arg]
    first, second = reader.search([QueryTerm("kettle")], 5).hits
    assert (first.key, first.score) == ("long", pytest.approx(second.score))  # a tie, by key
    reader.close()


def test_many_articles_that_match_alike_come_by_key(engine: SearchEngine, tmp_path: Path) -> None:
    rng = random.Random(4)
    keys = [f"a{n:05}" for n in range(3_000)]
    rng.shuffle(keys)
    reader = build(engine, tmp_path / "i", [make_document(key, "kettle", "hose") for key in keys])
    result = reader.search([QueryTerm("kettle"), QueryTerm("hose")], 40)
    assert [hit.key for hit in result.hits] == sorted(keys)[:40]
    assert result.total == 3_000
    assert reader.search([QueryTerm("kettle")], 0).hits == ()
    reader.close()


def test_an_empty_index_answers_nothing(engine: SearchEngine, tmp_path: Path) -> None:
    reader = build(engine, tmp_path / "i", [])
    reader.warm()
    assert (reader.count(), reader.document_frequency("kettle")) == (0, 0)
    assert reader.search([QueryTerm("kettle")], 10).total == 0
    assert reader.search([], 10, required=["kettle"], excluded=["hose"]).total == 0
    reader.close()


def test_terms_are_text_of_any_kind(engine: SearchEngine, tmp_path: Path) -> None:
    odd = ["größe", "修理", "a:b", "x*", "[", "to", "\U0001f527", "c++", "'"]
    reader = build(engine, tmp_path / "i", [make_document(f"k{n}", w) for n, w in enumerate(odd)])
    for number, word in enumerate(odd):
        assert found(reader, word) == [f"k{number}"]
    assert found(reader, "\ud800", "", "\0") == []
    reader.close()


def test_a_later_generation_adds_replaces_and_removes_without_touching_the_first(
    engine: SearchEngine, tmp_path: Path
) -> None:
    first = build(
        engine,
        tmp_path / "1",
        [make_document("a", "kettle"), make_document("b", "kettle"), make_document("c", "door")],
    )
    changed = [make_document("b", "door"), make_document("d", "kettle")]
    engine.build(tmp_path / "2", changed, base=tmp_path / "1", removed=["a"])
    second = engine.open(tmp_path / "2")
    assert found(second, "kettle") == ["d"]
    assert sorted(found(second, "door")) == ["b", "c"]
    assert second.count() == 3
    assert sorted(found(first, "kettle")) == ["a", "b"]
    reopened = engine.open(tmp_path / "1")
    assert sorted(found(reopened, "kettle")) == ["a", "b"]
    for reader in (first, second, reopened):
        reader.close()


def test_limit_and_total(engine: SearchEngine, tmp_path: Path) -> None:
    reader = build(engine, tmp_path / "i", [make_document(f"a{n:02}", "kettle") for n in range(25)])
    result = reader.search([QueryTerm("kettle")], 10)
    assert (result.total, len(result.hits)) == (25, 10)
    reader.close()


def test_many_threads_get_the_same_answers(engine: SearchEngine, tmp_path: Path) -> None:
    reader = build(engine, tmp_path / "i", make_corpus(200))
    questions = [(a, b) for a in WORDS for b in WORDS[:6]]
    alone = [found(reader, *q) for q in questions]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda q: found(reader, *q), questions * 3))
    finally:
        sys.setswitchinterval(interval)
    assert together == alone * 3
    reader.close()


@pytest.mark.parametrize("damage", ["missing", "empty", "truncated", "garbage"])
def test_a_damaged_index_is_refused_with_what_to_do(
    engine: SearchEngine, tmp_path: Path, damage: str
) -> None:
    folder = tmp_path / "i"
    build(engine, folder, make_corpus(20)).close()
    for file in folder.iterdir():
        if damage in ("missing", "empty"):
            file.unlink()
        elif damage == "truncated":
            file.write_bytes(file.read_bytes()[:40])
        else:
            file.write_bytes(b"\0garbage" * 20)
    if damage == "missing":
        folder.rmdir()
    with pytest.raises(GenerationUnavailable, match="kb index"):
        engine.open(folder)


def test_whoosh_scores_as_the_reference_does(tmp_path: Path) -> None:
    # Whoosh keeps field lengths in one byte, so lengths up to 60 terms are slightly rounded.
    corpus = make_corpus(120)
    reference, whoosh = (
        build(e, tmp_path / e.name, corpus) for e in (MemoryEngine(), WhooshEngine())
    )
    rng = random.Random(1)
    for _ in range(60):
        terms = [QueryTerm(word) for word in rng.sample(WORDS, rng.randint(1, 5))]
        expected = {h.key: h.score for h in reference.search(terms, 200).hits}
        got = {h.key: h.score for h in whoosh.search(terms, 200).hits}
        assert got.keys() == expected.keys()
        assert got == pytest.approx(expected, rel=0.08, abs=0.08)
    reference.close()
    whoosh.close()
