"""Words and meaning together, with the real model on a few articles."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.clock import FixedClock
from kb.config import load_settings
from kb.search.filters import SearchFilters
from kb.search.models import SearchOutcome, SearchPage, Stage
from tests.conftest import NOW

from .embedding import needs_model

pytestmark = needs_model
Search = Callable[..., SearchPage]

ARTICLES = {
    "counterfeit": "# Is my product counterfeit?\n\nGenuine products have a hologram.\n",
    "refund": "# When you are paid back\n\n## By card\n\nThe amount is on your card in 5 days.\n",
    "descale": "# Descale the kettle\n\nBoil water with vinegar and rinse.\n",
    "shipping": "# Delivery\n\nHow much shipping costs: 5 dollars in every state.\n\n"
    "## When an order ships\n\nOrders placed by noon ship the same day.\n",
    "e-42": "# E-42: brew unit blocked\n\nTake the unit out.\n",
    "e-43": "# E-43: brew unit missing\n\nPut the unit in.\n",
    "fc-45/index": "# Coffee machine\n\nAll about it.\n",
    "zeppelin": "---\ntitle: One big zeppelin\nboost: 0.25\n---\n\nIt flies.\n",
    "airship": "# Airships and balloons\n\nHow an airship flies.\n",
    "charging": "# Charging and care\n\nThe battery of every model, its battery care and "
    "how long a battery lasts.\n\n## Battery care\n\nCharge the battery in the evening. Keep the "
    "battery dry.\n\n## Battery sizes\n\nBattery sizes differ.\n\n## Contact\n\nAsk us about the warranty of the toaster.\n",
    "replaced": "# What we replace and what we repair\n\n## Parts that wear out\n\n"
    "The warranty of the battery is one year.\n\n## Returns\n\nSend it back in a box.\n",
    "fc-45/clean": "# Cleaning the brewer\n\nWipe the brewer with a cloth. Needs part QX7 as well.\n",
}


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """Searches the articles, which no test changes."""
    folder = tmp_path_factory.mktemp("hybrid")
    for name, text in ARTICLES.items():
        file = folder / "content" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    settings = replace(
        load_settings({"KB_LEARN": "off"}),
        content_dir=folder / "content",
        index_dir=folder / "index",
    )
    publisher = build_publisher(settings, FixedClock(NOW))
    publisher.publish()
    publisher.embed()
    generations = build_generations(settings, FixedClock(NOW), patient=True)
    yield generations.current().search.search
    generations.close()


def test_an_article_with_none_of_the_words_is_found_by_meaning(search: Search) -> None:
    page = search("fake or original?")
    assert (page.mode, page.degraded, page.stage) == ("hybrid", False, Stage.SEMANTIC)
    assert page.hits[0].slug == "counterfeit"
    assert page.total == len(page.hits)


def test_similar_meaning_is_a_reason(search: Search) -> None:
    first = search("how to tell whether my product is a fake").hits[0]
    assert first.slug == "counterfeit"
    assert 0.4 <= first.reasons.meaning <= 1


def test_a_far_meaning_is_no_reason(search: Search) -> None:
    hits = search("how to tell whether my product is a fake unit").hits
    meanings = [hit.reasons.meaning for hit in hits]
    assert 0.0 in meanings
    assert all(meaning == 0 or meaning >= 0.4 for meaning in meanings)


def test_the_very_code_comes_before_what_is_similar(search: Search) -> None:
    page = search("e43 brew unit blocked take out")
    assert page.hits[0].slug == "e-43"


def test_quoted_words_in_a_sentence_are_asked_by_meaning_as_well(search: Search) -> None:
    page = search('how do I tell whether a "product" I have is a fake')
    assert (page.mode, page.hits[0].slug) == ("hybrid", "counterfeit")
    assert search('fake "product"').mode == "lexical"


def test_what_means_nothing_here_finds_nothing(search: Search) -> None:
    page = search("qwpoeiru zmxn")
    assert (page.hits, page.outcome) == ((), SearchOutcome.NONE)


def test_filters_hold_for_meaning_too(search: Search) -> None:
    found = search("fake or original?", filters=SearchFilters(collection="fc-45"))
    assert "counterfeit" not in [hit.slug for hit in found.hits]


def test_quoted_and_excluded_words_are_taken_literally(search: Search) -> None:
    assert search('"paid back"').mode == "lexical"
    assert "descale" not in [hit.slug for hit in search("limescale in kettle -vinegar").hits]


def test_the_beginning_is_quoted_when_it_is_nearest_whatever_words_a_heading_has(
    search: Search,
) -> None:
    page = search("how much does it cost to ship an order")
    assert (page.hits[0].slug, page.hits[0].section) == ("shipping", "")


def test_of_short_questions_the_passage_that_has_all_words_comes_first(search: Search) -> None:
    # The other article as a whole is nearer, but no section of it has both.
    first, second = search("battery warranty").hits[:2]
    assert (first.slug, second.slug) == ("replaced", "charging")
    assert first.score > second.score


def test_an_article_that_editors_demoted_stays_behind_whatever_its_passages_have(
    search: Search,
) -> None:
    assert [hit.slug for hit in search("zeppelin").hits[:2]] == ["airship", "zeppelin"]


def test_a_code_that_the_first_article_has_is_never_a_weak_search(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search.__self__, "_weak_confidence", 0.999)
    page = search("QX7")
    assert (page.hits[0].slug, page.stage) == ("clean", Stage.ALL_WORDS)
    assert page.outcome is SearchOutcome.CONFIDENT
    assert search("part for the brewer").outcome is SearchOutcome.WEAK
    assert search("QX8").outcome is not SearchOutcome.CONFIDENT
