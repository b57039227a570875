"""How the results page says in which way it answered, why, and what it quotes."""

from dataclasses import replace

import lxml.html
import pytest

from kb.search.models import BestPassage, Reasons, SearchOutcome, Stage
from kb.search.service import SearchService

from .conftest import text_of

REASONS = Reasons(
    words=("track", "<order>"),
    synonyms=(("parcel", "package"),),
    pinned=True,
    asked=True,
    meaning=0.71,
)
BEST = BestPassage(
    "track-order", "Track an order", "Read the status", "/articles/track-order#h-read-the-status",
    "The <mark>status</mark> says where it is &amp; when.",
)  # fmt: skip


@pytest.fixture
def show(client, monkeypatch):
    """The results page for a real answer with some of its values replaced.

    Stages, degradation and reasons depend on models and content; how they are shown
    must not, so the page is given them whatever was found.
    """

    def open_page(path="/search?q=track+order", *, reasons=None, **values):
        search = SearchService.search

        def answer(*arguments, **options):
            page = search(*arguments, **options)
            first = tuple(replace(hit, reasons=reasons or hit.reasons) for hit in page.hits[:1])
            return replace(page, hits=first + page.hits[1:], **values)

        monkeypatch.setattr(SearchService, "search", answer)
        response = client.get(path)
        monkeypatch.undo()
        assert response.status_code == 200
        return lxml.html.document_fromstring(response.get_data(as_text=True))

    return open_page


@pytest.mark.parametrize(
    ("stage", "words"),
    (
        (Stage.PREFIX, "words that begin with them"),
        (Stage.SEMANTIC, "mean something similar"),
        (Stage.ANY_WORDS, "some of your words"),
    ),
)
def test_an_unusual_way_is_told_in_one_line(show, stage, words):
    (line,) = show(stage=stage).xpath("//p[@class='how-found']")
    assert words in line.text_content()


def test_the_plain_way_needs_no_words(show):
    page = show(stage=Stage.ALL_WORDS, mode="hybrid", degraded=False)
    assert not page.xpath("//p[@class='how-found']")


def test_what_editors_put_first_is_not_said_to_be_similar(show):
    page = show(stage=Stage.SEMANTIC, reasons=Reasons(pinned=True))
    assert not page.xpath("//p[@class='how-found']")


def test_degraded_is_one_quiet_line(show):
    (line,) = show(degraded=True, stage=Stage.ALL_WORDS).xpath("//p[@class='how-found']")
    assert line.text_content() == (
        "Search by meaning is not available just now; results match words only."
    )
    page = show("/search?q=xylophone", degraded=True)
    assert "Search by meaning is not available" in text_of(page)


def test_what_was_searched_is_told_whatever_stage_answered(show):
    page = show(correction="track older", searched="track older", stage=Stage.PREFIX)
    assert "for “track older”" in text_of(page, "//*[@role='status']//p")
    assert "Search instead for “track order”" in text_of(page)


def test_a_correction_that_found_nothing_can_be_undone(show):
    page = show("/search?q=xylophon", correction="xylophone", searched="xylophone")
    assert "No article was found for “xylophone”" in text_of(page)
    assert "Showing results for" not in text_of(page)
    assert "/search?q=xylophon&exact=1" in page.xpath("//main//a/@href")


def test_why_a_hit_was_found_needs_no_script(show):
    page = show(reasons=REASONS)
    why = page.xpath("//li[@class='hit'][1]//details[@class='why']")[0]
    assert why.get("open") is None
    assert "Why this result?" in text_of(why, "./summary")
    assert "Track an order" in text_of(why, "./summary"), "which result, for a list of controls"
    said = [" ".join(li.text_content().split()) for li in why.xpath(".//li")]
    assert said == [
        "Our editors put this article first for such questions.",
        "It answers this question in these very words.",
        "Words in it: “track”, “<order>”",
        "“parcel” also finds “package”.",
        "A part of it is similar in meaning to your words.",
    ]


def test_without_similar_meaning_there_is_no_word_of_it(show):
    page = show(reasons=Reasons(words=("track",)))
    assert "similar in meaning" not in text_of(page)


def test_without_reasons_there_is_nothing_to_open(show):
    page = show(reasons=Reasons())
    assert not page.xpath("//li[@class='hit'][1]//details")


def test_the_best_passage_is_a_quotation_with_its_source(show):
    page = show(best=BEST)
    (best,) = page.xpath("//section[@class='best']")
    assert text_of(best, "./h2") == "From the article “Track an order”"
    quote = best.xpath(".//blockquote")[0]
    assert quote.get("cite") == BEST.url
    assert quote.xpath(".//mark/text()") == ["status"]
    assert best.xpath(".//a/@href") == [BEST.url]
    first = page.xpath("//ol[contains(@class, 'hits')]/li[1]//a/@href")[0]
    assert first.startswith("/articles/track-order"), "it stays in the list"
    assert "answer" not in best.text_content().lower()


def test_the_best_passage_stands_on_the_first_page_only(show):
    assert not show(best=BEST, offset=10).xpath("//section[@class='best']")
    assert not show(best=None).xpath("//section[@class='best']")


def test_weak_results_promise_nothing_and_offer_people(show):
    page = show(outcome=SearchOutcome.WEAK)
    assert "These may not answer your question." in text_of(page)
    assert "/contact?q=track%20order" in page.xpath("//main//a/@href")
    assert "Still need help?" in text_of(page)


@pytest.mark.parametrize("path", ("/search", "/search?q=xylophone"))
def test_tips_where_they_help(read, path):
    tips = text_of(read(path), "//details[summary[normalize-space()='Search tips']]")
    assert "quotes" in tips
    assert "minus" in tips


def test_no_tips_above_results(read):
    text = text_of(read("/search?q=order"))
    assert text.index("Search tips") > text.rindex("Why this result")
