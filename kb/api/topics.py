"""Topics for programs of the staff: everything that the staff area does with them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, jsonify, request

from kb.accounts.models import Permission
from kb.api.errors import BadParameter, make_error
from kb.api.tokens import caller, requires
from kb.content.models import State
from kb.content_changes.models import Author
from kb.content_gaps.exports import event_object, topic_object
from kb.content_gaps.models import Topic, TopicState
from kb.content_gaps.nearest import find_nearest
from kb.content_gaps.triage import TriageService
from kb.errors import DraftError, InvalidInput, TopicChanged
from kb.services import Services

blueprint = Blueprint("staff_api", __name__, url_prefix="/api/v1")

DEFAULT_DAYS = 30
DEFAULT_LIMIT, MAX_LIMIT = 50, 500
MAX_OFFSET = 100_000

Fields = dict[str, Any]


@blueprint.get("/topics")
@requires(Permission.VIEW_REPORTS)
def list_topics() -> Response:
    """Topics with failed searches in a span of days, most demand first."""
    today = _services().clock.now().date()
    until = _day("until", today)
    since = _day("since", until - timedelta(days=DEFAULT_DAYS - 1))
    state = request.args.get("state", "")
    if state and state not in set(TopicState):
        raise BadParameter("state", f"Use one of {', '.join(TopicState)}.")
    gaps = _services().content_gaps
    chosen = (since, until, (TopicState(state),) if state else None)
    assignee = request.args.get("assignee")
    topics = gaps.list_topics(
        *chosen,
        _whole("limit", DEFAULT_LIMIT, MAX_LIMIT),
        _whole("offset", 0, MAX_OFFSET),
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
    fields = _read_fields()
    try:
        act(found, fields)
    except InvalidInput as error:
        return make_error(422, "bad-field", str(error), error.field or None)
    except TopicChanged as error:
        return make_error(409, "changed", str(error))
    except DraftError as error:
        return make_error(409, "refused", str(error))
    return _answer(_find(topic))


@blueprint.post("/events/<event>/undo")
@requires(Permission.TRIAGE)
def undo_event(event: str) -> Response:
    """Take an action back."""
    number = int(event) if event.isascii() and event.isdigit() and len(event) < 16 else abort(404)
    try:
        undone = _triage().undo(number, caller().email)
    except InvalidInput as error:
        return make_error(422, "bad-field", str(error))
    except TopicChanged as error:
        return make_error(409, "changed", str(error))
    return jsonify({"event": undone})


@blueprint.after_request
def keep_to_yourself(response: Response) -> Response:
    """What staff may see is nobody else's: no cache keeps it."""
    response.cache_control.no_store = True
    return response


def _assign(topic: Topic, fields: Fields) -> None:
    due = _text(fields, "due")
    try:
        day = date.fromisoformat(due) if due else None
    except ValueError:
        raise InvalidInput("Write dates like 2026-01-31.", "due") from None
    to = _text(fields, "to").lower()
    known = {a.email for a in _services().accounts.list_accounts() if a.may(Permission.TRIAGE)}
    if to and to not in known:
        raise InvalidInput("Nobody with this address may work on topics.", "to")
    _triage().assign(topic.id, to, day, caller().email, _seen(fields))


def _ignore(topic: Topic, fields: Fields) -> None:
    _triage().ignore(topic.id, _text(fields, "reason"), caller().email, _seen(fields))


def _answered(topic: Topic, fields: Fields) -> None:
    library = _services().generations.current().library
    article = library.find_summary(_text(fields, "article"))
    if article is None or article.state is not State.PUBLISHED:
        raise InvalidInput("There is no such published article.", "article")
    _triage().answer(topic.id, article.slug, caller().email, _seen(fields))


def _reopen(topic: Topic, fields: Fields) -> None:
    _triage().reopen(topic.id, caller().email, _text(fields, "note"), _seen(fields))


def _rename(topic: Topic, fields: Fields) -> None:
    _triage().rename(topic.id, _text(fields, "label"), caller().email, _seen(fields))


def _comment(topic: Topic, fields: Fields) -> None:
    _triage().comment(topic.id, _text(fields, "text"), caller().email)


def _merge(topic: Topic, fields: Fields) -> None:
    _triage().merge(_numbers(fields, "topics"), topic.id, caller().email, _seen(fields))


def _split(topic: Topic, fields: Fields) -> None:
    _triage().split(topic.id, _numbers(fields, "wordings"), caller().email, _seen(fields))


def _draft(topic: Topic, fields: Fields) -> None:
    library = _services().generations.current().library
    wanted = _text(fields, "collection")
    collection = library.find_collection(wanted)
    if wanted and collection is None:
        raise InvalidInput("There is no such collection.", "collection")
    gaps = _services().content_gaps
    if not gaps.can_commit_drafts:
        raise InvalidInput("The content is in no git repository that could take a draft.")
    author = Author(caller().name, caller().email)
    folder = collection.path if collection else ""
    gaps.draft(topic.id, _text(fields, "title"), folder, author, taken=library.summaries)


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
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else abort(404)
    search = _services().generations.current().search
    found = _services().content_gaps.find_topic(number, lambda label: find_nearest(search, label))
    return found if found is not None else abort(404)


def _read_fields() -> Fields:
    fields = request.get_json(silent=True) if request.content_length else {}
    if not isinstance(fields, dict):
        raise BadParameter("", "Send a JSON object with the fields of the action.")
    return fields


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str | None):
        raise InvalidInput("Send a text.", name)
    return (value or "").strip()


def _numbers(fields: Fields, name: str) -> list[int]:
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise InvalidInput("Send a list of numbers.", name)
    return value


def _seen(fields: Fields) -> int | None:
    seen = fields.get("seen")
    if seen is not None and type(seen) is not int:
        raise InvalidInput("Send the number of the latest event you know.", "seen")
    return seen


def _day(name: str, default: date) -> date:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise BadParameter(name, "Write days like 2026-01-31.") from None


def _whole(name: str, default: int, maximum: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not 0 <= number <= maximum:
        raise BadParameter(name, f"Use a whole number from 0 to {maximum}.")
    return number


def _services() -> Services:
    return cast(Services, current_app.extensions["helpshelf"])


def _triage() -> TriageService:
    return _services().content_gaps.triage
