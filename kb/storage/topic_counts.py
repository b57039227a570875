"""Failed searches of topics in SQLite: the live ones, and the daily counts of older ones.

A search is either live or counted: it is deleted in the transaction that counts it.  So both
can be added up, also of a day of which a part is counted already.  Counts are read through
the view ``counted_topic_days``, several rows a day to be added up, or for one topic through
``COUNTED_OF_TOPIC``.  Both follow merges, splits and their undoing.
"""

from typing import Any

from kb.content_gaps.demand import SEVERITY
from kb.storage.search_log_file import DAY_MS

OUTCOME_COLUMNS = {outcome: outcome.replace("-", "_") for outcome in SEVERITY}
"""Columns of the counts, by the outcome of the failed searches in them."""
SEVERITY_OF_COUNTS = " + ".join(
    f"{weight} * {OUTCOME_COLUMNS[outcome]}" for outcome, weight in SEVERITY.items()
)
"""The weights of a row of counts, added up."""


_COUNTED = ("searches", "visits", "failed", "failed_visits", *OUTCOME_COLUMNS.values())

COUNTED_OF_TOPIC = (
    "(WITH RECURSIVE family (id) AS (SELECT ?1 UNION"  # noqa: S608
    " SELECT topics.id FROM topics JOIN family ON topics.merged_into = family.id)"
    f" SELECT day, {', '.join(f'max(0, sum({name})) AS {name}' for name in _COUNTED)} FROM ("
    f"SELECT day, {', '.join(_COUNTED)} FROM topic_days WHERE topic_id IN family"
    f" UNION ALL SELECT day, {', '.join(f'-wording_days.{name}' for name in _COUNTED)}"
    " FROM wording_days JOIN wordings ON wordings.id = wording_id"
    " WHERE wording_days.topic_id IN family AND wordings.topic_id NOT IN family"
    f" UNION ALL SELECT day, {', '.join(f'wording_days.{name}' for name in _COUNTED)}"
    " FROM wordings JOIN wording_days ON wordings.id = wording_id"
    " WHERE wordings.topic_id = ?1 AND wording_days.topic_id NOT IN family) GROUP BY day)"
)
"""The counts of the topic ?1, one row a day."""
_LIVE = (
    "SELECT wordings.topic_id, count(*) AS searches, count(DISTINCT searches.visit_id) AS visits,"
    " min(searches.recorded_at) AS first, max(searches.recorded_at) AS last"
)


def failed_by_topic(severity: str) -> str:
    """A query: topic_id, searches, visits, first, last (ms), the sum of ``severity``.

    Takes ?1 and ?2, the first and the last day; two rows for a topic that has both live and
    counted searches, whose visits are different ones.

    Args:
        severity: SQL for the weight of a row of ``searches``.
    """
    return (
        f"{_LIVE}, sum({severity}) AS severity"  # noqa: S608
        " FROM searches JOIN wordings ON wordings.id = searches.wording_id"
        " WHERE searches.failed = 1 AND searches.day BETWEEN ?1 AND ?2 GROUP BY wordings.topic_id"
        # Rows below 0 are of wordings that were moved out; in the sum they leave what is left.
        " UNION ALL SELECT topic_id, sum(failed), max(1, sum(failed_visits)),"
        f" min(CASE WHEN failed > 0 THEN day END) * {DAY_MS},"
        f" max(CASE WHEN failed > 0 THEN day END) * {DAY_MS}, sum({SEVERITY_OF_COUNTS})"
        " FROM counted_topic_days WHERE day BETWEEN ?1 AND ?2"
        " GROUP BY topic_id HAVING sum(failed) > 0"
    )


FAILED_OF_TOPIC = (
    f"{_LIVE} FROM wordings JOIN searches"  # noqa: S608
    " ON searches.wording_id = wordings.id AND searches.failed = 1"
    " WHERE wordings.topic_id = ?1 GROUP BY wordings.topic_id"
    f" UNION ALL SELECT ?1, sum(failed), max(1, sum(failed_visits)), min(day) * {DAY_MS},"
    f" max(day) * {DAY_MS} FROM {COUNTED_OF_TOPIC} WHERE failed > 0 HAVING count(*) > 0"
)
"""As ``failed_by_topic``, of the topic ?1 over all days, without severity."""
FAILED_BY_WORDING = (
    "SELECT wordings.id AS id, count(*) AS failed FROM wordings JOIN searches"
    " ON searches.wording_id = wordings.id AND searches.failed = 1"
    " WHERE wordings.topic_id = ?1 AND searches.day BETWEEN ?2 AND ?3 GROUP BY wordings.id"
    " UNION ALL SELECT wordings.id, sum(wording_days.failed) FROM wordings JOIN wording_days"
    " ON wording_days.wording_id = wordings.id"
    " WHERE wordings.topic_id = ?1 AND wording_days.day BETWEEN ?2 AND ?3"
    " AND wording_days.failed > 0 GROUP BY wordings.id"
)
"""Failed searches of a topic by wording, up to two rows each; takes topic, first, last day."""


def read_outcomes(row: tuple[Any, ...]) -> dict[str, int]:
    """Sums of the columns of ``OUTCOME_COLUMNS``, by outcome, without those that are 0."""
    return {outcome: n for outcome, n in zip(OUTCOME_COLUMNS, row, strict=True) if n}
