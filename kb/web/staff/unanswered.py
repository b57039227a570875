"""The list of topics that customers search and do not find."""

from functools import lru_cache

from flask import Response, abort, render_template, request

from kb.accounts.models import Permission
from kb.content_gaps.exports import topics_csv
from kb.content_gaps.models import TO_DO, Nearest, TopicState
from kb.content_gaps.nearest import find_nearest
from kb.web.pagination import Pages, page_number
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.filters import FIELDS, account_id, filter_query
from kb.web.staff.responses import download
from kb.web.staff.span import read_span
from kb.web.staff.whose import read_whose

TOPICS_PER_PAGE = 25
_EXPORTED = 5_000
_WITH_NEAREST = 100
"""Topics of the export that name the nearest articles: each takes a search of its own."""
_ALL = "all"
_TO_DO = "to-do"
_NEWEST = "newest"


@blueprint.get("/unanswered")
@requires(Permission.VIEW_REPORTS)
def unanswered() -> str | Response:
    """Topics with their demand, filtered by days and state, as a page or as CSV."""
    span = read_span()
    state, states = _read_states()
    assignee = read_whose()
    due = request.args.get("due", "")
    due_by = services().clock.now().date() if due else None
    gaps = services().content_gaps
    if request.args.get("format") == "csv":
        period = (span.since, span.until, states)
        first = gaps.list_topics(
            *period, _WITH_NEAREST, 0, list_nearest, assignee=assignee, due_by=due_by
        )
        rest = gaps.list_topics(
            *period, _EXPORTED - _WITH_NEAREST, _WITH_NEAREST, assignee=assignee, due_by=due_by
        )
        csv = topics_csv([*first, *rest])
        return download(f"unanswered-{span.since}-{span.until}.csv", csv, "text/csv")
    gaps.refresh()
    order = request.args.get("order", "")
    total = gaps.count_topics(span.since, span.until, states, assignee=assignee, due_by=due_by)
    pages = Pages(page_number(), total, TOPICS_PER_PAGE)
    if pages.is_beyond:
        abort(404)
    topics = gaps.list_topics(
        span.since,
        span.until,
        states,
        TOPICS_PER_PAGE,
        pages.slice.start,
        list_nearest,
        assignee=assignee,
        due_by=due_by,
        newest_first=order == _NEWEST,
    )
    return render_template(
        "staff/unanswered.html",
        span=span,
        state=state,
        states=[_TO_DO, *TopicState, _ALL],
        pages=pages,
        topics=topics,
        waiting=services().notifications.count_waiting_by_topic([t.id for t in topics]),
        assignee=request.args.get("assignee", ""),
        order=order,
        due=due,
        filters=services().saved_filters.list(account_id()),
        filter_query=filter_query(request.args),
        filter_fields=FIELDS,
        colleagues=services().accounts.list_who_may(Permission.TRIAGE),
    )


def list_nearest(text: str) -> tuple[Nearest, ...]:
    """The articles nearest to a topic's label in the current generation."""
    return _find_nearest(generation().id, text)


def _read_states() -> tuple[str, tuple[TopicState, ...]]:
    state = request.args.get("state", _TO_DO)
    if state in set(TopicState):
        return state, (TopicState(state),)
    return (_ALL, tuple(TopicState)) if state == _ALL else (_TO_DO, TO_DO)


@lru_cache(maxsize=2_000)
def _find_nearest(generation_id: str, text: str) -> tuple[Nearest, ...]:
    # A page of topics is many searches; they change with the generation only.
    return find_nearest(generation().search, text)
