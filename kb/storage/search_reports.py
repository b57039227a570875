"""Reports on the search log in SQLite, over single searches and the counts that outlive them.

Rates come from one covering index, and of days in which nothing changed from what was
counted before.
"""

from collections.abc import Sequence
from datetime import date

from kb.search_log.models import (
    DayCount,
    ExportedSearch,
    Outcome,
    TopArticle,
    TopSearch,
    UnhelpfulArticle,
    VoteReason,
)
from kb.storage.search_log_file import DAY_MS, Row, SearchLogFile, from_day, from_ms, to_day

_DAY_COUNTS = (
    "SELECT day, ifnull(outcome, '') AS outcome, count(*) AS searches,"
    " sum(opens_visit) AS visits, sum(failed) AS failed,"
    " sum(ifnull(total, 1) = 0) AS zero_results FROM searches"
)


class SearchReports(SearchLogFile):
    """Days, top lists, and the searches themselves for an export."""

    def list_exported(
        self, since: date, until: date, after_id: int, limit: int
    ) -> list[tuple[int, ExportedSearch]]:
        """Searches of these days by id, from the one after ``after_id``."""
        rows = self._all(
            "SELECT searches.id, recorded_at, text, total, visit_id, searched, outcome, failed,"
            " confidence, source, language, (SELECT slug FROM openings WHERE search_id ="
            " searches.id AND is_hit = 1 ORDER BY opened_at DESC, id DESC LIMIT 1), opened"
            " FROM searches WHERE id > ? AND day BETWEEN ? AND ? ORDER BY id LIMIT ?",
            (after_id, to_day(since), to_day(until), limit),
        )
        return [(row[0], _exported_from(row)) for row in rows]

    def keep_day_counts(self, before: date, most: int) -> int:
        """Count days before this one that changed since they were counted last; how many."""
        limit = (to_day(before), most)
        changed = "SELECT day FROM changed_days WHERE day < ? ORDER BY day LIMIT ?"
        self._run(f"DELETE FROM day_counts WHERE day IN ({changed})", limit)  # noqa: S608
        self._run(
            f"INSERT INTO day_counts {_DAY_COUNTS} WHERE day IN ({changed}) GROUP BY 1, 2", limit
        )
        return self._run(f"DELETE FROM changed_days WHERE day IN ({changed})", limit)  # noqa: S608

    def count_days(self, since: date, until: date) -> list[DayCount]:
        """The counts of every day that has searches, both ends included."""
        span = "day BETWEEN ?1 AND ?2"
        rows = self._all(
            "SELECT day, outcome, sum(searches), sum(visits), sum(failed), sum(zero_results)"  # noqa: S608
            f" FROM ({_DAY_COUNTS} WHERE day IN (SELECT day FROM changed_days WHERE {span})"
            f" GROUP BY 1, 2 UNION ALL SELECT * FROM day_counts WHERE {span}"
            " AND day NOT IN (SELECT day FROM changed_days)"
            " UNION ALL SELECT day, outcome, searches, visits, failed, zero_results"
            f" FROM search_days WHERE {span}) GROUP BY 1, 2 ORDER BY 1",
            (to_day(since), to_day(until)),
        )
        days: dict[int, list[Row]] = {}
        for row in rows:
            days.setdefault(row[0], []).append(row)
        return [_day_from(day, group) for day, group in days.items()]

    def sum_left_out(self, since: date, until: date) -> int:
        """How many searches ``count_left_out`` counted, both days included."""
        row = self._one(
            "SELECT ifnull(sum(searches), 0) FROM flood_days WHERE day BETWEEN ? AND ?",
            (to_day(since), to_day(until)),
        )
        return int(row[0]) if row else 0

    def list_top_searches(
        self, since: date, until: date, limit: int, *, failed_only: bool = False
    ) -> list[TopSearch]:
        """The most frequent wordings, or those that failed most often."""
        span = (to_day(since), to_day(until))
        order, having = ("failed", " HAVING failed > 0") if failed_only else ("searches", "")
        # Left to itself SQLite reads the rows of the days one by one and sorts them, which
        # takes six times as long as reading this index from end to end.
        rows = self._all(
            "SELECT wordings.text, top.* FROM (SELECT wording_id, sum(searches) AS searches,"  # noqa: S608
            " sum(zero_results), sum(failed) AS failed, max(last) AS last FROM ("
            " SELECT wording_id, count(*) AS searches, sum(ifnull(total, 1) = 0) AS zero_results,"
            " sum(failed) AS failed, max(day) AS last"
            " FROM searches INDEXED BY searches_by_wording"
            " WHERE day BETWEEN ?1 AND ?2 GROUP BY wording_id"
            " UNION ALL SELECT wording_id, sum(searches), sum(zero_results), sum(failed), max(day)"
            " FROM wording_days WHERE day BETWEEN ?1 AND ?2 GROUP BY wording_id)"
            f" GROUP BY wording_id{having} ORDER BY {order} DESC, last DESC, wording_id LIMIT ?3"
            ") AS top JOIN wordings ON wordings.id = top.wording_id"
            f" ORDER BY top.{order} DESC, top.last DESC, top.wording_id",
            (*span, limit),
        )
        return [TopSearch(r[0], r[2], r[3], r[4], from_day(r[5])) for r in rows]

    def list_top_opened(self, since: date, until: date, limit: int) -> list[TopArticle]:
        """The articles opened most."""
        rows = self._all(
            "SELECT slug, sum(openings) AS openings FROM article_days WHERE day BETWEEN ? AND ?"
            " GROUP BY slug ORDER BY openings DESC, slug LIMIT ?",
            (to_day(since), to_day(until), limit),
        )
        return [TopArticle(row[0], row[1]) for row in rows]

    def list_unhelpful(self, since: date, until: date, limit: int) -> list[UnhelpfulArticle]:
        """The articles voted unhelpful most often, with the reasons that were given."""
        span = (to_day(since) * DAY_MS, (to_day(until) + 1) * DAY_MS)
        rows = self._all(
            "SELECT slug, helpful, reason, count(*) FROM votes"
            " WHERE voted_at >= ? AND voted_at < ? GROUP BY 1, 2, 3",
            span,
        )
        articles: dict[str, list[Row]] = {}
        for row in rows:
            articles.setdefault(row[0], []).append(row)
        found = [_unhelpful_from(slug, group) for slug, group in articles.items()]
        found.sort(key=lambda article: (-article.unhelpful, article.helpful, article.slug))
        return [article for article in found if article.unhelpful][:limit]

    def list_popular(self, since: date, limit: int) -> list[str]:
        """Slugs of the articles opened most since a day."""
        rows = self._all(
            "SELECT slug FROM article_days WHERE day >= ? GROUP BY slug"
            " ORDER BY sum(openings) DESC, slug LIMIT ?",
            (to_day(since), limit),
        )
        return [row[0] for row in rows]


def _day_from(day: int, rows: Sequence[Row]) -> DayCount:
    return DayCount(
        day=from_day(day),
        searches=sum(row[2] for row in rows),
        visits=sum(row[3] for row in rows),
        failed=sum(row[4] for row in rows),
        zero_results=sum(row[5] for row in rows),
        outcomes={Outcome(row[1]): row[2] for row in rows if row[1]},
    )


def _exported_from(row: Row) -> ExportedSearch:
    return ExportedSearch(
        time=from_ms(row[1]),
        query=row[2],
        results=row[3],
        # Only that something was opened is known of some imported searches.
        clicked=row[11] or ("yes" if row[12] else ""),
        visit=row[4],
        searched=row[5],
        outcome=row[6] or "",
        failed=bool(row[7]),
        confidence=row[8],
        source=row[9],
        language=row[10],
    )


def _unhelpful_from(slug: str, rows: Sequence[Row]) -> UnhelpfulArticle:
    against = [row for row in rows if not row[1]]
    return UnhelpfulArticle(
        slug=slug,
        helpful=sum(row[3] for row in rows if row[1]),
        unhelpful=sum(row[3] for row in against),
        reasons={VoteReason(row[2]): row[3] for row in against if row[2]},
    )
