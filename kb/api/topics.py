"""Topics for programs of the staff: everything that the staff area does with them."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Response, abort, jsonify, request

from kb.accounts.models import Permission
from kb.api.errors import BadParameter, make_error
from kb.api.staff import (
    Fields,
    find_published_article,
    find_services,
    make_blueprint,
    read_fields,
    read_id,
    read_numbers,
    read_seen,
    read_text,
    read_whole,
)
from kb.api.tokens import caller, requires
from kb.content_changes.models import Author
from kb.content_gaps.exports import event_object, topic_object
from kb.content_gaps.models import Topic, TopicState
from kb.content_gaps.nearest import find_nearest
from kb.content_gaps.triage import TriageService
from kb.errors import ChangedMeanwhile, DraftError, InvalidInput

blueprint = make_blueprint("topic_api")

DEFAULT_DAYS = 30
DEFAULT_LIMIT, MAX_LIMIT = 50, 500
MAX_OFFSET = 100_000


@blueprint.get("/topics")
@requires(Permission.VIEW_REPORTS)
def list_topics() -> Response:
    """Topics with failed searches in a span of days, most demand first."""
    today = find_services().clock.now().date()
    until = _day("until", today)
    since = _day("since", until - timedelta(days=DEFAULT_DAYS - 1))
    state = request.args.get("state", "")
    if state and state not in set(TopicState):
        raise BadParameter("state", f"Use one of {', '.join(TopicState)}.")
    gaps = find_services().content_gaps
    chosen = (since, until, (TopicState(state),) if state else None)
    assignee = request.args.get("assignee")
    topics = gaps.list_topics(
        *chosen,
        read_whole("limit", DEFAULT_LIMIT, MAX_LIMIT),
        read_whole("offset", 0, MAX_OFFSET),
        assignee=assignee,
    )
    total = gaps.count_topics(*chosen, assignee=assignee)
    return jsonify({"total": total, "topics": [topic_object(topic) for topic in topics]})


@blueprint.get("/topics/<topic>")
@requires(Permission.VIEW_REPORTS)
def get_topic(topic: str) -> Response:
    """One topic with its wordings, nearest articles and trail."""
    return _answer(_find(topic))


@blueprint.post("/topics/<topic>/<action>")
@requires(Permission.TRIAGE)
def act_on_topic(topic: str, action: str) -> Response:
    """One action of triage; the topic as it is afterwards."""
    found = _find(topic)
    act = _ACTIONS.get(action) or abort(404)
    fields = read_fields()
    try:
        act(found, fields)
    except InvalidInput as error:
        return make_error(422, "bad-field", str(error), error.field or None)
    except ChangedMeanwhile as error:
        return make_error(409, "changed", str(error))
    except DraftError as error:
        return make_error(409, "refused", str(error))
    return _answer(_find(topic))


@blueprint.post("/events/<event>/undo")
@requires(Permission.TRIAGE)
def undo_event(event: str) -> Response:
    """Take an action back."""
    number = read_id(event)
    try:
        undone = _triage().undo(number, caller().email)
    except InvalidInput as error:
        return make_error(422, "bad-field", str(error))
    except ChangedMeanwhile as error:
        return make_error(409, "changed", str(error))
    return jsonify({"event": undone})


def _assign(topic: Topic, fields: Fields) -> None:
    due = read_text(fields, "due")
    try:
        day = date.fromisoformat(due) if due else None
    except ValueError:
        raise InvalidInput("Write dates like 2026-01-31.", "due") from None
    to = find_services().accounts.check_may_triage(read_text(fields, "to"), "to")
    _triage().assign(topic.id, to, day, caller().email, read_seen(fields))


def _ignore(topic: Topic, fields: Fields) -> None:
    _triage().ignore(topic.id, read_text(fields, "reason"), caller().email, read_seen(fields))


def _answered(topic: Topic, fields: Fields) -> None:
    article = find_published_article(fields)
    _triage().answer(topic.id, article.slug, caller().email, read_seen(fields))


def _reopen(topic: Topic, fields: Fields) -> None:
    _triage().reopen(topic.id, caller().email, read_text(fields, "note"), read_seen(fields))


def _rename(topic: Topic, fields: Fields) -> None:
    _triage().rename(topic.id, read_text(fields, "label"), caller().email, read_seen(fields))


def _comment(topic: Topic, fields: Fields) -> None:
    _triage().comment(topic.id, read_text(fields, "text"), caller().email)


def _merge(topic: Topic, fields: Fields) -> None:
    _triage().merge(read_numbers(fields, "topics"), topic.id, caller().email, read_seen(fields))


def _split(topic: Topic, fields: Fields) -> None:
    _triage().split(topic.id, read_numbers(fields, "wordings"), caller().email, read_seen(fields))


def _draft(topic: Topic, fields: Fields) -> None:
    library = find_services().generations.current().library
    wanted = read_text(fields, "collection")
    collection = library.find_collection(wanted)
    if wanted and collection is None:
        raise InvalidInput("There is no such collection.", "collection")
    gaps = find_services().content_gaps
    if not gaps.can_commit_drafts:
        raise InvalidInput("The content is in no git repository that could take a draft.")
    author = Author(caller().name, caller().email)
    folder = collection.path if collection else ""
    gaps.draft(topic.id, read_text(fields, "title"), folder, author, taken=library.summaries)


_ACTIONS: dict[str, Callable[[Topic, Fields], None]] = {
    "assign": _assign,
    "ignore": _ignore,
    "answer": _answered,
    "reopen": _reopen,
    "rename": _rename,
    "comment": _comment,
    "merge": _merge,
    "split": _split,
    "draft": _draft,
}
ACTIONS = tuple(_ACTIONS)
"""The names of the actions, as they stand in addresses."""


def _answer(topic: Topic) -> Response:
    triage = _triage()
    return jsonify(
        {
            **topic_object(topic),
            "merged_into": triage.find_target(topic.id),
            "wordings": [
                {"id": w.id, "text": w.text, "searches": w.searches}
                for w in triage.list_wordings(topic.id)
            ],
            "events": [event_object(event) for event in triage.list_events(topic.id)],
        }
    )


def _find(text: str) -> Topic:
    number = read_id(text)
    search = find_services().generations.current().search
    found = find_services().content_gaps.find_topic(
        number, lambda label: find_nearest(search, label)
    )
    return found if found is not None else abort(404)


def _day(name: str, default: date) -> date:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise BadParameter(name, "Write days like 2026-01-31.") from None


def _triage() -> TriageService:
    return find_services().content_gaps.triage
