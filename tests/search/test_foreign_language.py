"""In a language that the sentence model has not learned, words count for more."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.config import load_settings
from kb.search.confidence import Evidence, estimate_confidence
from kb.search.embedders.model_files import find_model_files
from kb.search.embedders.null import NullEmbedder
from kb.search.embedders.remote import RemoteEmbedder
from kb.search.fusion import FOREIGN_LEXICAL_SHARE, LEXICAL_SHARE
from kb.search.models import SearchPage
from kb.search.query_vectors import QueryVectors

from .embedding import needs_model

ARTICLES = {
    "entkalken": "# Entkalken\n\nEssig und Wasser in den Tank, dann das Programm starten.\n",
    "konto": "# Konto\n\nDas Profil im Browser aufrufen, dann das Kennwort eingeben.\n",
    "akku": "# Akku\n\nAm Abend laden, immer trocken halten.\n",
    "henpin": "# 返品と返金\n\n商品は七日以内に返品できます。\n",
}
Search = Callable[[str], SearchPage]


@pytest.fixture
def search_in(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Search]:
    def open_site(language: str) -> Search:
        content = tmp_path / language
        content.mkdir()
        (content / "_site.yml").write_text(f"name: Hilfe\nlanguage: {language}\n")
        for name, text in ARTICLES.items():
            (content / f"{name}.md").write_text(text)
        settings = replace(
            load_settings({"KB_LEARN": "off"}),
            content_dir=content,
            index_dir=tmp_path / f"{language}-index",
        )
        publisher = build_publisher(settings)
        publisher.publish()
        publisher.embed()
        generations = build_generations(settings, patient=True)
        request.addfinalizer(generations.close)
        return generations.current().search.search

    return open_site


@needs_model
def test_what_words_say_counts_for_more(search_in: Callable[[str], Search]) -> None:
    known, foreign = (search_in(language)("Essig") for language in ("en-GB", "de-AT"))
    assert known.mode == foreign.mode == "hybrid"
    assert known.hits[0].slug == foreign.hits[0].slug == "entkalken"
    more = FOREIGN_LEXICAL_SHARE - LEXICAL_SHARE
    assert foreign.hits[0].score - known.hits[0].score == pytest.approx(more, abs=0.05)


@needs_model
def test_a_script_that_it_cannot_read_is_searched_by_words(
    search_in: Callable[[str], Search],
) -> None:
    for language in ("ja", "en"):
        search = search_in(language)
        page = search("返品できますか")
        assert (page.mode, page.degraded) == ("lexical", False)
        assert [hit.slug for hit in page.hits] == ["henpin"]
        assert search("Essig").mode == "hybrid"


@needs_model
def test_the_default_model_has_learned_english_another_may_know_any(tmp_path: Path) -> None:
    languages = find_model_files(None).languages
    default = QueryVectors(RemoteEmbedder(tmp_path / "none", "any", languages), 1.0)
    known = {tag: default.understands(tag) for tag in ("en", "en-US", "EN", "de", "fr-CA", "")}
    assert known == {"en": True, "en-US": True, "EN": True, "de": False, "fr-CA": False, "": False}
    assert QueryVectors(NullEmbedder("off"), 1.0).understands("de"), "nobody knows"


def test_how_similar_all_texts_look_to_it_makes_no_hit_sure() -> None:
    far_from_all = Evidence(0.8, 0.0, 0.8, 0.3, 0.4, 0.1, 0.1, 1.0)
    near_to_all = replace(far_from_all, margin=0.0, similarity=0.7, lead=0.0, word_lead=0.0)
    ahead, alike = (
        estimate_confidence(evidence, hybrid=True, foreign=True)
        for evidence in (far_from_all, near_to_all)
    )
    assert ahead > 0.5 > alike
