"""Adding up postings ranks as Whoosh's own search does, also over many segments."""

import random
from pathlib import Path

import pytest
from whoosh import index as whoosh_index
from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from kb.search.engine import BM25_B, BM25_K1, FIELD_WEIGHTS
from kb.search.engines.whoosh import WhooshEngine
from kb.search.query import QueryTerm
from tests.search.test_engines import WORDS, make_corpus, make_document


@pytest.fixture
def updated_index(tmp_path: Path) -> Path:
    """An index of 150 documents after four later publishes that replace and remove some."""
    engine = WhooshEngine()
    folder = tmp_path / "0"
    engine.build(folder, make_corpus(150))
    for step in range(1, 5):
        base, folder = folder, tmp_path / str(step)
        changed = [make_document(f"a{step * 9 + n}", "kettle", "hose pump") for n in range(3)]
        engine.build(folder, changed, base=base, removed=[f"a{step}"])
    return folder


def test_scores_order_and_total_are_those_of_whoosh_itself(updated_index: Path) -> None:
    reader = WhooshEngine().open(updated_index)
    rng = random.Random(3)
    index = whoosh_index.open_dir(str(updated_index))
    with index.searcher(weighting=BM25F(B=BM25_B, K1=BM25_K1)) as searcher:
        assert len(searcher.leaf_searchers()) > 1
        for _ in range(40):
            terms = [QueryTerm(w, rng.choice((0.5, 1.0))) for w in rng.sample(WORDS, 3)]
            boosts = [(t, name, w) for t in terms for name, w in FIELD_WEIGHTS.items()]
            wanted = Or([Term(name, t.term, boost=w * t.weight) for t, name, w in boosts])
            expected = {hit["key"]: hit.score for hit in searcher.search(wanted, limit=None)}
            result = reader.search(terms, 500)
            assert result.total == len(expected)
            assert {hit.key: hit.score for hit in result.hits} == pytest.approx(expected)
            scores = [hit.score for hit in result.hits]
            assert scores == sorted(scores, reverse=True)
    index.close()
    reader.close()


def test_replaced_and_removed_documents_are_not_counted(updated_index: Path) -> None:
    reader = WhooshEngine().open(updated_index)
    result = reader.search([QueryTerm(word) for word in WORDS], 500)
    keys = [hit.key for hit in result.hits]
    assert result.total == len(keys) == len(set(keys)) == reader.count() == 146
    assert not {"a1", "a2", "a3", "a4"} & set(keys)
    reader.close()
