"""Topics for other programs: the JSON of ``kb unanswered`` and the rows of its CSV."""

from collections.abc import Iterable

from kb.content_gaps.demand import Demand
from kb.content_gaps.models import Topic, TopicEvent
from kb.search_log.exports import write_csv

_HEADER = (
    "topic", "label", "state", "searches", "visits", "first", "last",
    "outcomes", "queries", "nearest", "reason", "answer", "assignee", "due",
)  # fmt: skip


def topic_object(topic: Topic) -> dict[str, object]:
    """The topic as JSON; scripts rely on the names and shapes."""
    return {
        "topic": topic.id,
        "label": topic.label,
        "state": topic.state.value,
        "searches": topic.searches,
        "visits": topic.visits,
        "first": topic.first.isoformat(),
        "last": topic.last.isoformat(),
        "outcomes": dict(topic.outcomes),
        "demand": _demand_object(topic.demand),
        "noise": topic.is_noise,
        "queries": [{"text": text, "count": count} for text, count in topic.queries],
        "nearest": [
            {
                "slug": near.slug,
                "title": near.title,
                "score": near.score,
                "has": near.has,
                "lacks": near.lacks,
                "meaning": near.meaning,
            }
            for near in topic.nearest
        ],
        "reason": topic.reason,
        "answer": topic.answer,
        "assignee": topic.assignee,
        "due": topic.due.isoformat() if topic.due else None,
    }


def _demand_object(demand: Demand | None) -> dict[str, float] | None:
    if demand is None:
        return None
    return {
        "value": round(demand.value, 3),
        "visits": demand.visits,
        "visits_before": demand.visits_before,
        "severity": round(demand.severity, 3),
        "trend": round(demand.trend, 3),
        "recency": round(demand.recency, 3),
    }


def event_object(event: TopicEvent) -> dict[str, object]:
    """One line of a topic's trail as JSON."""
    return {
        "event": event.id,
        "topic": event.topic_id,
        "at": event.happened_at.isoformat(),
        "by": event.account_email,
        "action": event.action.value,
        "note": event.note,
        "undoable": event.is_undoable,
        "undone_by": event.undone_by,
    }


def topics_csv(topics: Iterable[Topic]) -> str:
    """One line for each topic, safe to open in a spreadsheet."""
    return write_csv(_HEADER, (_row(topic) for topic in topics))


def _row(topic: Topic) -> tuple[object, ...]:
    return (
        topic.id,
        topic.label,
        topic.state.value,
        topic.searches,
        topic.visits,
        topic.first.date().isoformat(),
        topic.last.date().isoformat(),
        "; ".join(f"{outcome} {count}" for outcome, count in topic.outcomes.items()),
        "; ".join(f"{text} ({count})" for text, count in topic.queries),
        "; ".join(near.slug for near in topic.nearest),
        topic.reason,
        topic.answer,
        topic.assignee,
        topic.due.isoformat() if topic.due else "",
    )
