"""Best bets as editors write them, what they can get wrong, and when they hold."""

from datetime import date

import pytest

from kb.content.models import ArticleSummary, Kind, Severity, State
from kb.content.yaml_document import parse_yaml
from kb.search.analysis import Analyzer
from kb.search.best_bets import BestBets, parse_best_bets

ENGLISH = Analyzer.for_language("en")
TODAY = date(2026, 11, 23)


def article(slug: str, state: State = State.PUBLISHED, **fields: object) -> ArticleSummary:
    return ArticleSummary(slug, slug.title(), Kind.FAQ, state, "", f"help/{slug}.md", **fields)  # type: ignore[arg-type]


ARTICLES = [
    article("refunds", aliases=("money-back",)),
    article("recall"),
    article("late", State.DRAFT),
    article("till", State.INTERNAL),
]


def read(text: str) -> tuple[BestBets, list[tuple[str, str, int, str]]]:
    document = parse_yaml(text, "_best_bets.yml")
    bets, problems = parse_best_bets(document, ENGLISH, ARTICLES, TODAY)
    return bets, [(p.code, p.severity.value, p.line, p.field) for p in problems]


def find(bets: BestBets, question: str, today: date = TODAY) -> tuple[str, ...]:
    return bets.find(ENGLISH.question_key(question), today)


def entry(**fields: str) -> str:
    lines = {"queries": "[refund]", "article": "refunds"} | fields
    first, *rest = (f"{key}: {value}" for key, value in lines.items() if value)
    return f"  - {first}\n" + "".join(f"    {line}\n" for line in rest)


def file(*entries: str) -> str:
    return "best_bets:\n" + "".join(entries)


def test_a_question_leads_to_its_article_however_it_is_written() -> None:
    bets, problems = read(file(entry(queries="[where is my refund, Money back!]")))
    assert problems == []
    for question in ("Where's my refund?", "where is the REFUND", "money back"):
        assert find(bets, question) == ("refunds",)
    for question in ("refund", "my refund is late", "back money", "", "???"):
        assert find(bets, question) == ()


@pytest.mark.parametrize("name", ["refunds", "help/refunds.md", "money-back"])
def test_an_article_is_named_by_slug_path_or_old_slug(name: str) -> None:
    bets, problems = read(file(entry(article=name)))
    assert problems == []
    assert find(bets, "refunds") == ("refunds",)


def test_an_internal_article_can_be_put_first_for_staff() -> None:
    bets, problems = read(file(entry(article="till")))
    assert (find(bets, "refund"), problems) == (("till",), [])


def test_both_days_are_included() -> None:
    dates = {"from": "2026-11-20", "until": "2026-11-27"}
    bets, problems = read(file(entry(**dates)))
    assert problems == []
    days = [date(2026, 11, day) for day in (19, 20, 27, 28)]
    assert [find(bets, "refund", day) for day in days] == [(), ("refunds",), ("refunds",), ()]


def test_several_articles_come_in_the_order_of_the_file() -> None:
    bets, problems = read(
        file(entry(article="recall", until="2026-11-30"), entry(), entry(article="recall"))
    )
    assert find(bets, "refund") == ("recall", "refunds")
    assert [(code, line) for code, _, line, _ in problems] == [
        ("best-bet-twice", 5),
        ("best-bet-twice", 7),
    ]


def test_the_same_question_on_other_days_is_no_mistake() -> None:
    _, problems = read(
        file(
            entry(until="2026-12-31"),
            entry(**{"article": "recall", "from": "2027-01-01"}),
        )
    )
    assert problems == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (file(entry(article="refnuds")), ("best-bet-article", "error", 3, "best_bets.0.article")),
        (file(entry(article="late")), ("best-bet-article", "error", 3, "best_bets.0.article")),
        (file(entry(article="")), ("missing-field", "error", 2, "best_bets.0.article")),
        (file(entry(queries="")), ("missing-field", "error", 2, "best_bets.0.queries")),
        (file(entry(queries="{a: b}")), ("invalid-value", "error", 2, "best_bets.0.queries")),
        (file(entry(**{"from": "1.1.26"})), ("invalid-value", "error", 4, "best_bets.0.from")),
        (
            file(entry(**{"from": "2026-12-02", "until": "2026-12-01"})),
            ("invalid-value", "error", 5, "best_bets.0.until"),
        ),
        (file(entry(untill="2026-12-01")), ("unknown-key", "warning", 4, "best_bets.0.untill")),
        (file(entry(until="2026-11-22")), ("best-bet-expired", "warning", 4, "best_bets.0.until")),
        ("bestbets: []\n", ("unknown-key", "warning", 1, "bestbets")),
        ("best_bets: all\n", ("invalid-value", "error", 1, "best_bets")),
    ],
)
def test_mistakes_are_reported_where_they_stand(
    text: str, problem: tuple[str, str, int, str]
) -> None:
    bets, problems = read(text)
    assert problems == [problem]
    assert bool(find(bets, "refund")) == (problem[0] == "unknown-key" and "refund" in text)


def test_an_entry_with_an_error_leaves_the_others_alone() -> None:
    bets, problems = read(file(entry(article="nowhere"), entry()))
    assert find(bets, "refund") == ("refunds",)
    assert [severity for _, severity, _, _ in problems] == [Severity.ERROR]
