"""The order of hits: rules that no weighing overturns, stages, and why a hit was found."""

from collections.abc import Callable

import pytest

from kb.publishing.generation import Generation
from kb.search.filters import SearchFilters
from kb.search.models import SearchOutcome, SearchPage, Stage
from tests.conftest import Write

Publish = Callable[[], Generation]
Search = Callable[..., SearchPage]


@pytest.fixture
def search(write: Write, publish: Publish) -> Search:
    write("warranty.md", "# Warranty\n\n## Length\n\nThe warranty of a kettle is two years.\n")
    write(
        "kettle.md", "# Clean the kettle\n\nBoil vinegar in the kettle. Rinse the kettle twice.\n"
    )
    write("e-42.md", "# E-42: brew unit blocked\n\nTake the brew unit out and rinse it.\n")
    write(
        "codes.md",
        "# All error codes\n\nBrew unit: E-42. Brew unit clean: E-43. Brew unit again: E-44.\n",
    )
    write("quote.md", "# Messages\n\nThe display says paper jam in tray. Open the tray.\n")
    write("paper.md", "# Paper\n\nWhich paper to buy: a jam is likelier with thin paper.\n")
    write(
        "strike.md",
        "---\ntitle: Carrier strike\nkind: bulletin\neffective_from: 2025-01-01\n"
        "effective_until: 2025-01-10\n---\nParcels are late.\n",
    )
    write("late.md", "---\ntitle: Late parcels\n---\nParcels may be late by days.\n")
    return publish().search.search


def slugs(page: SearchPage) -> list[str]:
    return [hit.slug for hit in page.hits]


@pytest.mark.parametrize("question", ["E-42", "e42", "e 42", "kettle brew unit rinse clean E-42"])
def test_an_article_with_the_code_comes_first(search: Search, question: str) -> None:
    assert slugs(search(question))[0] == "e-42"


def test_a_code_in_passing_raises_nothing_unless_it_is_asked_for(search: Search) -> None:
    page = search("clean kettle with vinegar rinse twice, no E-43")
    assert slugs(page)[0] == "kettle"
    assert slugs(search("E-43"))[0] == "codes"


@pytest.mark.parametrize("where", ["76.0.1", "Win7"])
def test_what_something_happens_on_raises_nothing_unless_it_is_asked_for(
    write: Write, publish: Publish, where: str
) -> None:
    write("jam.md", "# Paper jams in the printer\n\nOpen the tray and take the paper out.\n")
    asked = f"questions: [No sound with {where}]"
    write("sound.md", f"---\ntitle: Sound\n{asked}\n---\nThe printer beeps.\n")
    search = publish().search.search
    assert slugs(search(f"paper jams in the tray of my printer {where}"))[0] == "jam"
    assert slugs(search(where))[0] == "sound"


def test_words_in_quotation_marks_stand_together(search: Search) -> None:
    page = search('"paper jam"')
    assert slugs(page) == ["quote"]
    assert not page.relaxed
    assert set(slugs(search("paper jam"))) == {"quote", "paper"}


def test_a_phrase_that_no_article_has_is_searched_as_words_and_says_so(search: Search) -> None:
    page = search('"jam of thin paper" message')
    assert page.relaxed
    assert "paper" in slugs(page)


def test_excluded_words_do_not_occur(search: Search) -> None:
    assert "quote" not in slugs(search("paper -tray"))
    assert slugs(search("paper -tray")) == ["paper"]
    assert "quote" in slugs(search('paper -"jam paper"'))
    assert "quote" not in slugs(search('paper -"paper jam"'))
    assert set(slugs(search('-"paper jam"'))) >= {"quote"}, "nothing else is asked for"


def test_a_notice_that_is_over_comes_after_articles(search: Search) -> None:
    assert slugs(search("parcels late"))[:2] == ["late", "strike"]


def test_below_a_heading_without_text_the_next_text_is_shown(
    write: Write, publish: Publish
) -> None:
    write("panel.md", "# Reset the panel\n\n## Steps\n\n### One\n\nHold the key.\n\n## End\n")
    hits = publish().search.search("panel steps").hits
    assert (hits[0].section, hits[0].snippet) == ("Steps", "Hold the key.")
    (last,) = publish().search.search("panel end").hits
    assert (last.section, last.snippet) == ("End", "")


def test_boost_changes_the_order(write: Write, publish: Publish) -> None:
    for name in ("one", "two"):
        write(f"{name}.md", f"# {name}\n\nThe same text on filters.\n")
    assert slugs(publish().search.search("filters text")) == ["one", "two"]
    write("two.md", "---\ntitle: two\nboost: 2\n---\n\nThe same text on filters.\n")
    assert slugs(publish().search.search("filters text")) == ["two", "one"]


def test_best_bets_come_before_everything_and_only_in_their_time(
    write: Write, publish: Publish
) -> None:
    write("asked.md", "---\ntitle: Asked\nquestions: [Opening hours]\n---\nText.\n")
    write("holidays.md", "# Holidays\n\nText.\n")
    write("past.md", "# Past\n\nText.\n")
    write(
        "_best_bets.yml",
        "best_bets:\n"
        "  - queries: [opening hours]\n    article: holidays\n    from: 2026-11-01\n"
        "  - queries: [opening hours]\n    article: past\n    until: 2026-10-31\n",
    )
    page = publish().search.search("opening hours")
    assert slugs(page) == ["holidays", "asked"]
    assert page.hits[0].reasons.pinned
    assert page.hits[1].reasons.asked
    assert page.outcome is SearchOutcome.CONFIDENT
    assert (
        slugs(publish().search.search("opening hours", filters=SearchFilters(kind="policy"))) == []
    )


def test_written_questions_follow_every_change(write: Write, publish: Publish) -> None:
    write("other.md", "# Opening hours of the workshop\n\nOpening hours. Opening hours.\n")
    write("one.md", "---\ntitle: One\nquestions: [Opening hours]\n---\nText.\n")
    first, *_ = publish().search.search("opening hours").hits
    assert (first.slug, first.reasons.asked) == ("one", True)
    write("one.md", "---\ntitle: One\nquestions: [Closing time]\n---\nText.\n")
    search = publish().search
    assert not any(hit.reasons.asked for hit in search.search("opening hours").hits)
    assert search.search("closing time").hits[0].reasons.asked
    # Another language reads the same words in another way, in articles that did not change.
    write("_site.yml", "language: de\n")
    assert publish().search.search("Closing Time?").hits[0].reasons.asked


@pytest.mark.parametrize(
    ("question", "stage"),
    [
        ("kettle warranty", Stage.ALL_WORDS),
        ("warranty brew unit", Stage.ANY_WORDS),
        ("warrenty", Stage.CORRECTED),
        ("warr", Stage.PREFIX),
        ("zzyzx", Stage.NONE),
    ],
)
def test_the_page_says_which_stage_answered(search: Search, question: str, stage: Stage) -> None:
    assert search(question).stage is stage


def test_words_beside_each_other_in_a_title_are_near_however_much_is_written_besides(
    write: Write, publish: Publish
) -> None:
    questions = [f"question {name} with words nobody uses" for name in ("one", "two", "three")]
    tags = [f"tag{number}" for number in range(30)]
    write(
        "basket.md",
        f"---\ntitle: Replace the filter basket\nquestions: {questions}\ntags: {tags}\n---\nText.\n",
    )
    assert publish().search.search("replace filter basket").stage is Stage.ALL_WORDS


def test_reasons_name_the_words_as_they_were_typed(write: Write, publish: Publish) -> None:
    write("_synonyms.yml", "synonyms:\n  - [bill, invoice]\n")
    write("invoice.md", "# Get an invoice\n\nInvoices are sent by mail to customers.\n")
    reasons = publish().search.search("bills for customers").hits[0].reasons
    assert reasons.words == ("customers",)
    assert reasons.synonyms == (("bills", "invoice"),)
    assert not reasons.pinned
    assert reasons.meaning == 0.0


def test_the_best_passage_is_quoted_when_it_is_likely_right_and_only_then(search: Search) -> None:
    best = search("kettle warranty").best
    assert best is not None
    assert best.slug == "warranty"
    assert best.url.endswith("#h-length") or best.url == "/articles/warranty"
    assert search("kettle colour green zebra unicorn").best is None


def test_one_thousand_equal_sections_and_a_long_article_are_found_in_one_hit(
    write: Write, publish: Publish
) -> None:
    write("equal.md", "# Equal\n\n" + "## Filter\n\nChange the filter.\n\n" * 500)
    write("long.md", "# Long\n\n" + "many words about nothing at all " * 16_000)
    write("short.md", "# Short\n\nChange the filter.\n")
    page = publish().search.search("change the filter")
    assert set(slugs(page)) == {"equal", "short"}


def test_a_part_of_a_synonym_is_neither_marked_nor_a_reason(write: Write, publish: Publish) -> None:
    write("_synonyms.yml", "synonyms:\n  - [kettle, water boiler]\n")
    write("descale.md", "# Descale\n\nFill the kettle with water and wait.\n")
    write("boiler.md", "# Parts\n\nThe water boiler has a lid.\n")
    snippets = {hit.slug: hit.snippet for hit in publish().search.search("kettle").hits}
    assert snippets["descale"] == "Fill the <mark>kettle</mark> with water and wait."
    assert "<mark>water</mark> <mark>boiler</mark>" in snippets["boiler"]
