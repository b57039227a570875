"""Do the regression queries of a Library find their articles, and what changed? Pure.

A question is asked as those ask who may read its article: of published articles as
customers, of internal ones as staff.  Drafts and archived articles are found by nobody,
so their questions are not asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from kb.content.library import Library
from kb.content.models import ArticleSummary, Audience, State
from kb.relevance.models import (
    FoundArticle,
    QueryRank,
    RankChange,
    RegressionEffect,
    RegressionQuery,
    RegressionReport,
)
from kb.search.filters import SearchFilters

if TYPE_CHECKING:  # a publish that has no questions to ask need not load all of search
    from kb.search.service import SearchService

SHOWN_FIRST = 3
"""First hits that are kept of each question: what took the place."""


class Searched(Protocol):
    """A generation, as far as it matters here."""

    @property
    def library(self) -> Library:
        """Its articles."""
        ...

    @property
    def search(self) -> "SearchService":
        """The search over them."""
        ...


def list_queries(articles: Iterable[ArticleSummary]) -> tuple[RegressionQuery, ...]:
    """All questions that are to be asked, in the order of files and lines."""
    return tuple(
        RegressionQuery(text, a.slug, a.title, a.path, line, a.state is State.INTERNAL)
        for a in sorted(articles, key=lambda article: article.path)
        if a.is_visible_to(Audience.STAFF)
        for text, line in zip(a.regression_queries, a.regression_lines, strict=True)
    )


def run_queries(
    searched: Searched,
    queries: Sequence[RegressionQuery],
    within: int,
    until: float | None = None,
) -> RegressionReport:
    """Ask them all, or as many as there is time for until a moment of ``time.monotonic``."""
    ranks: list[QueryRank] = []
    modes: set[str] = set()
    for query in queries:
        if until is not None and ranks and monotonic() > until:
            break
        found, mode = find_rank(searched, query)
        ranks.append(found)
        modes.add(mode)
    mode = "hybrid" if "hybrid" in modes else "lexical"
    return RegressionReport(tuple(ranks), mode, within, skipped=len(queries) - len(ranks))


def find_rank(searched: Searched, query: RegressionQuery) -> tuple[QueryRank, str]:
    """The place of the article for its question, and how the search was ranked."""
    audience = Audience.STAFF if query.is_internal else Audience.PUBLIC
    ranked = searched.search.rank(query.text, filters=SearchFilters(audience))
    slugs = ranked.slugs
    summaries = searched.library.summaries
    first = tuple(FoundArticle(slug, summaries[slug].title) for slug in slugs[:SHOWN_FIRST])
    rank = slugs.index(query.slug) + 1 if query.slug in slugs else None
    return QueryRank(query, rank, first), ranked.mode


def compare(before: RegressionReport, after: RegressionReport) -> tuple[RankChange, ...]:
    """Every question of ``after`` with its place before; in the order of ``after``."""
    known = {(found.query.text, found.query.slug): found.rank for found in before.ranks}
    return tuple(
        RankChange(
            text=found.query.text,
            slug=found.query.slug,
            title=found.query.title,
            before=known.get((found.query.text, found.query.slug)),
            after=found.rank,
            within=after.within,
            first=found.first,
            is_new=(found.query.text, found.query.slug) not in known,
        )
        for found in after.ranks
    )


def build_effect(
    before: Searched,
    after: Searched,
    wordings: Sequence[tuple[str, str]],
    within: int,
    until: float | None = None,
) -> RegressionEffect:
    """What differs between two generations, for wordings and for all regression queries.

    Questions of articles that have wordings to be asked come first, in case there is no
    time for all.
    """
    asked = [_as_query(text, slug, after.library) for text, slug in wordings]
    changed = {slug for _, slug in wordings}
    written = sorted(
        list_queries(after.library.summaries.values()), key=lambda query: query.slug not in changed
    )
    old = {(query.text, query.slug) for query in list_queries(before.library.summaries.values())}
    of_wordings = compare(
        run_queries(before, asked, within), told := run_queries(after, asked, within)
    )
    new = run_queries(after, written, within, until)
    last = run_queries(before, [found.query for found in new.ranks], within)
    changes = [
        replace(change, is_new=(change.text, change.slug) not in old)
        for change in compare(last, new)
    ]
    changes.sort(key=lambda change: (not change.is_lost, not change.is_gained))
    mode = "hybrid" if "hybrid" in (new.mode, told.mode) else "lexical"
    return RegressionEffect(of_wordings, tuple(changes), mode, skipped=new.skipped)


def _as_query(text: str, slug: str, library: Library) -> RegressionQuery:
    summary = library.summaries.get(slug)
    if summary is None:
        return RegressionQuery(text, slug, "", "", 0)
    is_internal = summary.state is State.INTERNAL
    return RegressionQuery(text, slug, summary.title, summary.path, 0, is_internal)
