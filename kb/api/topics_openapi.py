"""The part of the OpenAPI description that is about topics, for programs of the staff."""

from typing import Any

from kb.content_changes.models import AnswerKind
from kb.content_gaps.models import TopicState

JsonObject = dict[str, Any]

SECURITY = {"token": {"type": "http", "scheme": "bearer"}}
"""How callers say who they are: a token of ``kb user token``."""

_ACTION_FIELDS = {
    "to": "assign: e-mail address of a colleague, empty for nobody",
    "due": "assign: a day such as 2026-01-31",
    "reason": "ignore: why; needed",
    "article": "answer: slug of the published article; needed",
    "note": "reopen: why",
    "label": "rename: the new name, empty for the most frequent wording",
    "text": "comment: the comment; needed",
    "title": "draft: title of the article; needed",
    "collection": "draft: slug of the collection",
}


def topic_paths() -> JsonObject:
    """The operations on topics, by path."""
    return {
        "/api/v1/topics": {"get": _list()},
        "/api/v1/topics/{topic}": {
            "get": describe_operation("topic", "One topic with its trail", [in_path("topic")])
        },
        "/api/v1/topics/{topic}/{action}": {"post": _act()},
        "/api/v1/topics/{topic}/answering": {"post": _answer()},
        "/api/v1/events/{event}/undo": {
            "post": describe_operation("undo", "Take an action back", [in_path("event")])
        },
    }


def _list() -> JsonObject:
    day = {"type": "string", "format": "date"}
    parameters = [
        in_query("since", day),
        in_query("until", day),
        in_query("state", {"type": "string", "enum": list(TopicState)}),
        in_query("assignee", {"type": "string"}),
        in_query("limit", {"type": "integer", "minimum": 0, "maximum": 500, "default": 50}),
        in_query("offset", {"type": "integer", "minimum": 0, "default": 0}),
    ]
    return describe_operation("topics", "Topics, most demand first", parameters)


def _act() -> JsonObject:
    texts = {name: {"type": "string", "description": what} for name, what in _ACTION_FIELDS.items()}
    numbers = {"type": "array", "items": {"type": "integer"}}
    properties: JsonObject = {
        **texts,
        "topics": {**numbers, "description": "merge: numbers of the topics that come into it"},
        "wordings": {**numbers, "description": "split: numbers of the wordings that leave it"},
        "seen": {"type": "integer", "description": "latest event the caller knows of"},
    }
    schema = {"type": "object", "properties": properties}
    operation = describe_operation("act", "Triage", [in_path("topic"), in_path("action")])
    operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation


def _answer() -> JsonObject:
    texts = {
        "article": "slug of the published article; needed",
        "word": "synonym: what customers write",
        "means": "synonym: what the articles write",
        "until": "pin: the last day, such as 2026-01-31",
        "base": "save: as it was shown, so that nothing is saved that was not",
    }
    numbers = {"type": "array", "items": {"type": "integer"}}
    properties: JsonObject = {
        **{name: {"type": "string", "description": what} for name, what in texts.items()},
        "how": {"type": "string", "enum": list(AnswerKind), "default": AnswerKind.QUESTIONS},
        "wordings": {**numbers, "description": "numbers of the wordings; the first 15 if missing"},
        "save": {"type": "boolean", "description": "commit it; otherwise it is only shown"},
    }
    operation = describe_operation("answering", "An article answers it", [in_path("topic")])
    schema = {"type": "object", "properties": properties, "required": ["article"]}
    operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation


def describe_operation(name: str, summary: str, parameters: list[JsonObject]) -> JsonObject:
    """One operation that needs a token."""
    error = {"$ref": "#/components/schemas/Error"}
    failed = {"description": "Error", "content": {"application/json": {"schema": error}}}
    answer = {"application/json": {"schema": {"type": "object"}}}
    responses: JsonObject = {"200": {"description": summary, "content": answer}}
    for status in ("400", "401", "403", "404", "409", "422"):
        responses[status] = failed
    return {
        "operationId": name,
        "summary": summary,
        "security": [{"token": []}],
        "parameters": parameters,
        "responses": responses,
    }


def in_path(name: str) -> JsonObject:
    """A parameter that is a part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def in_query(name: str, schema: JsonObject) -> JsonObject:
    """A parameter behind the question mark."""
    return {"name": name, "in": "query", "required": False, "schema": schema}
