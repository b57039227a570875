"""Best bets: articles that editors put first for certain questions, in ``_best_bets.yml``.

Ranking weighs words and knows nothing of campaigns, recalls and the one article that the
company wants read.  A best bet is for exactly the questions that it lists, and says so
under "why this result"; what only tends to be found too low needs ``questions:`` or
``boost:`` in the article instead.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kb.content.models import ArticleSummary, Problem, Severity, State
from kb.content.yaml_document import FieldReader, YamlDocument
from kb.search.analysis import Analyzer


@dataclass(frozen=True, slots=True)
class BestBet:
    """One article for one question, for a time. Both days are included; None is no limit."""

    slug: str
    start: date | None = None
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the article is put first on this day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: "BestBet") -> bool:
        """Whether there is a day on which both hold."""
        return _begins_before_end(self, other) and _begins_before_end(other, self)


@dataclass(frozen=True)
class BestBets:
    """Best bets by the key of the question (``Analyzer.question_key``)."""

    by_key: Mapping[str, tuple[BestBet, ...]] = field(default_factory=dict)

    def find(self, key: str, today: date) -> tuple[str, ...]:
        """Slugs of the articles to put first for this very question, in the file's order."""
        bets = (bet for bet in self.by_key.get(key, ()) if bet.holds_on(today))
        return tuple(dict.fromkeys(bet.slug for bet in bets))


def parse_best_bets(
    document: YamlDocument, analyzer: Analyzer, articles: Iterable[ArticleSummary], today: date
) -> tuple[BestBets, list[Problem]]:
    """Read ``_best_bets.yml``: under ``best_bets`` entries of queries, article and dates.

    ``articles`` are all there are; an entry whose article customers or staff cannot find
    is reported and left out.
    """
    reader = FieldReader(document)
    entries = reader.children("best_bets")
    reader.report_unknown()
    known = _by_name(articles)
    by_key: dict[str, list[BestBet]] = {}
    for entry in entries:
        bet = _read_bet(entry, known, today)
        for key in _read_keys(entry, analyzer):
            if bet is None:
                continue
            if any(bet.overlaps(other) for other in by_key.get(key, ())):
                entry.report(
                    "best-bet-twice",
                    "queries",
                    f"another best bet is for the same question ({key!r}) on the same days",
                    "keep one of them, or give them dates; until then both are put first, "
                    "in this order",
                    Severity.WARNING,
                )
            by_key.setdefault(key, []).append(bet)
    problems = [problem for part in (reader, *entries) for problem in part.problems]
    return BestBets({key: tuple(bets) for key, bets in by_key.items()}), problems


def _read_bet(
    entry: FieldReader, known: Mapping[str, ArticleSummary], today: date
) -> BestBet | None:
    entry.text("note")  # for colleagues; nothing depends on it
    slug = _read_article(entry, known)
    start, end = entry.date("from"), entry.date("until")
    if start and end and end < start:
        entry.report(
            "invalid-value", "until", f"until {end} is before from {start}", "swap the dates"
        )
    elif end and end < today:
        entry.report(
            "best-bet-expired",
            "until",
            f"the best bet ended on {end}",
            "remove it, or set another `until:`",
            Severity.WARNING,
        )
    has_errors = any(problem.severity is Severity.ERROR for problem in entry.problems)
    return None if has_errors else BestBet(slug, start, end)


def _read_article(entry: FieldReader, known: Mapping[str, ArticleSummary]) -> str:
    name = entry.text("article", required=True)
    article = known.get(name)
    if article is not None and article.state in (State.PUBLISHED, State.INTERNAL):
        return article.slug
    if article is not None:
        entry.report(
            "best-bet-article",
            "article",
            f"the article {name!r} is not published ({article.state})",
            "publish it, or name another one",
        )
    elif name:
        entry.report(
            "best-bet-article",
            "article",
            f"there is no article {name!r}",
            "use the slug of an article, or the path of its file",
        )
    return ""


def _read_keys(entry: FieldReader, analyzer: Analyzer) -> list[str]:
    queries = entry.texts("queries")
    if not queries and not any(p.field.endswith(".queries") for p in entry.problems):
        entry.report(
            "missing-field",
            "queries",
            "`queries` is missing",
            "add what customers type: `queries: [refund, money back]`",
        )
    entry.report_unknown()
    return list(dict.fromkeys(filter(None, map(analyzer.question_key, queries))))


def _by_name(articles: Iterable[ArticleSummary]) -> dict[str, ArticleSummary]:
    """Articles by slug, path and alias; a slug wins over an alias of the same name."""
    articles = tuple(articles)
    names = {alias: article for article in articles for alias in article.aliases}
    names |= {article.path: article for article in articles}
    return names | {article.slug: article for article in articles}


def _begins_before_end(one: BestBet, other: BestBet) -> bool:
    return one.start is None or other.end is None or one.start <= other.end
