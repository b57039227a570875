"""Search as customers meet it, on the demo content."""

import re
from datetime import timedelta

import pytest

from kb.content.models import Audience
from kb.search import corrections
from kb.search.filters import SearchFilters
from kb.search.models import SearchOutcome, Stage
from tests.conftest import RunningSite


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("how do I return something", "return-an-item"),
        ("E-42", "e-42-brew-unit-blocked"),
        ("e42", "e-42-brew-unit-blocked"),
        ("kettle wont switch on", "kettle-does-not-switch-on"),
        ("money back how long", "refund-time"),
        ("how long is the warranty", "warranty-policy"),
        ("where is my order", "track-a-parcel"),
    ],
)
def test_questions_find_their_article(site: RunningSite, question: str, slug: str) -> None:
    page = site.services.generations.current().search.search(question)
    assert slug in [hit.slug for hit in page.hits[:3]], [hit.slug for hit in page.hits]
    assert page.stage in (Stage.ALL_WORDS, Stage.ANY_WORDS)


def test_a_misspelt_question_is_corrected_and_says_so(site: RunningSite) -> None:
    search = site.services.generations.current().search
    page = search.search("warrenty perod")
    assert (page.stage, page.correction, page.searched) == (
        Stage.CORRECTED,
        "warranty period",
        "warranty period",
    )
    assert page.query == "warrenty perod"
    exact = search.search("warrenty perod", exact=True)
    assert (exact.stage, exact.searched, exact.total) == (Stage.NONE, "warrenty perod", 0)
    assert exact.correction == "warranty period"


@pytest.mark.parametrize("code", ["E-43", "FV-301", "zz99"])
def test_codes_are_never_corrected(site: RunningSite, code: str) -> None:
    assert site.services.generations.current().search.search(code).correction is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "the",
        "*",
        "[a TO z]",
        "title:x",
        '"',
        "\x00",
        "😀",
        "שלום",
        "a" * 100_000,
        "(" * 5_000,
        "x* " * 500,
    ],
)
def test_no_query_fails(site: RunningSite, text: str) -> None:
    page = site.services.generations.current().search.search(text)
    assert page.took_ms < 2_000
    assert page.outcome in SearchOutcome
    assert not page.degraded


def test_snippets_are_escaped_and_marked(site: RunningSite) -> None:
    search = site.services.generations.current().search
    for hit in search.search("battery charging dock <script>").hits:
        bare = re.sub(r"</?mark>", "", hit.snippet)
        assert "<" not in bare
        assert len(bare) < 400
    assert "<mark>" in search.search("battery").hits[0].snippet


def test_a_hit_leads_to_the_section_that_answers(site: RunningSite) -> None:
    hit = site.services.generations.current().search.search("warranty period refurbished").hits[0]
    library = site.services.generations.current().library
    article = library.find_article(hit.slug)
    assert article is not None
    assert hit.anchor in {section.anchor for section in article.sections}
    assert hit.url == article.summary.url + (f"#{hit.anchor}" if hit.anchor else "")


def test_nothing_hidden_is_found_or_suggested(site: RunningSite) -> None:
    generation = site.services.generations.current()
    hidden = {a.slug: a for a in generation.library.summaries.values() if a.state != "published"}
    assert {a.state for a in hidden.values()} == {"draft", "internal", "archived"}
    for article in hidden.values():
        assert article.slug not in {
            h.slug for h in generation.search.search(article.title, limit=50).hits
        }
        assert article.slug not in {
            s.slug for s in generation.search.suggest(article.title[:12], limit=50)
        }
    for_staff = {a.slug for a in hidden.values() if a.state == "internal"}
    slug = min(for_staff)
    found = generation.search.search(
        hidden[slug].title, limit=50, filters=SearchFilters(Audience.STAFF)
    )
    assert slug in {hit.slug for hit in found.hits}


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("ret", "return-an-item"),
        ("how to return an it", "return-an-item"),
        ("e-4", "e-42-brew-unit-blocked"),
        ("e42", "e-42-brew-unit-blocked"),
        ("", None),
    ],
)
def test_suggestions_while_typing(site: RunningSite, typed: str, slug: str | None) -> None:
    suggestions = site.services.generations.current().search.suggest(typed)
    assert len(suggestions) <= 8
    assert len({s.slug for s in suggestions}) == len(suggestions)
    if slug:
        assert slug in [s.slug for s in suggestions]


def test_paging_goes_through_the_same_ranking(site: RunningSite) -> None:
    search = site.services.generations.current().search
    whole = [hit.slug for hit in search.search("order delivery", limit=20).hits]
    pages = [
        hit.slug
        for offset in (0, 10)
        for hit in search.search("order delivery", offset=offset).hits
    ]
    assert pages == whole


def test_a_failing_engine_still_gives_a_page(site: RunningSite) -> None:
    generation = site.services.generations.current()
    generation.search.close()  # what a deleted index folder does to a running worker
    page = generation.search.search("return an item")
    assert page.hits


@pytest.mark.parametrize(
    "wording", ["where is my order", "Where's my order?", "WHERE IS MY ORDER", "wheres my order"]
)
def test_a_question_that_an_editor_wrote_down_comes_first(site: RunningSite, wording: str) -> None:
    page = site.services.generations.current().search.search(wording)
    assert page.hits[0].slug == "track-a-parcel"
    assert page.outcome is SearchOutcome.CONFIDENT
    scores = [hit.score for hit in page.hits]
    assert scores == sorted(scores, reverse=True)


def test_every_written_question_finds_its_article(site: RunningSite) -> None:
    generation = site.services.generations.current()
    missed = [
        (question, article.slug)
        for article in generation.library.list_articles()
        for question in article.questions
        if article.slug not in [h.slug for h in generation.search.search(question).hits[:3]]
    ]
    assert missed == []


def test_what_was_found_already_is_not_searched_again_on_the_same_day(site: RunningSite) -> None:
    search = site.services.generations.current().search
    first = search.search("how long is the warranty")
    search.close()
    again = search.search("how long is the warranty")
    assert (again.hits, again.degraded) == (first.hits, False)
    # What has to be searched shows that the engine is gone.
    assert search.search("how long is the warranty", offset=10).degraded
    assert search.search("how long is the warranty", filters=SearchFilters(kind="policy")).degraded
    site.clock.advance(timedelta(days=1))
    assert search.search("how long is the warranty").degraded


def test_what_is_found_before_the_context_is_there_is_not_kept(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As with more articles, whose titles no question waits for.
    monkeypatch.setattr(corrections, "_FEW_ARTICLES", 0)
    current = site.services.generations.current().id

    def is_kept(*, warm: bool) -> bool:
        # Opened again, without the thread that prepares.
        search = site.services.generations._opener.open(current).search
        if warm:
            search.warm()
        assert not search.search("how long is the warranty").degraded
        search.close()
        return not search.search("how long is the warranty").degraded

    assert is_kept(warm=True)
    assert not is_kept(warm=False)


def test_an_answer_in_need_is_not_kept(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    search = site.services.generations.current().search
    with monkeypatch.context() as broken:
        broken.setattr(search, "_answer", lambda *_, **__: 1 / 0)
        assert search.search("how long is the warranty").degraded
    assert not search.search("how long is the warranty").degraded
