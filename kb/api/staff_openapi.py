"""The part of the OpenAPI description that is about drafts and inquiries."""

from kb.api.inquiries import STATUSES
from kb.api.topics_openapi import JsonObject, describe_operation, in_path, in_query

_TEXT = {"type": "string"}
_DRAFT = {
    "branch": "of the draft, such as faq/12-late-parcel",
    "path": "of the article, below the content folder",
    "commit": "of the branch, as it was read; later ones are a conflict",
}
_INQUIRY = {
    "reply": "reply: the text of the mail; needed",
    "note": "note: the text, for colleagues only; needed",
    "status": "status: where it stands; needed",
    "to": "assign: e-mail address of a colleague; empty for nobody",
}


def draft_paths() -> JsonObject:
    """The operations on drafts, by path."""
    one = [in_query("branch", _TEXT), in_query("path", _TEXT)]
    text = {"text": "the whole article, front matter included"}
    save = {**_DRAFT, **text, "note": "what was changed, for the message of the commit"}
    return {
        "/api/v1/drafts": {"get": describe_operation("drafts", "Drafts, the latest first", [])},
        "/api/v1/draft": {"get": describe_operation("draft", "One draft", one)},
        "/api/v1/draft/save": {"post": _post("saveDraft", "Commit a new text", [], save)},
        "/api/v1/draft/check": {
            "post": _post("checkDraft", "Problems and preview of a text", [], {**_DRAFT, **text})
        },
        "/api/v1/draft/publish": {
            "post": _post("publishDraft", "Merge and publish a draft", [], _DRAFT)
        },
        "/api/v1/publications/{run}": {
            "get": describe_operation("publication", "How publishing goes", [in_path("run")])
        },
    }


def inquiry_paths() -> JsonObject:
    """The operations on inquiries, by path."""
    limit = {"type": "integer", "minimum": 0, "maximum": 500, "default": 50}
    parameters = [
        in_query("status", {**_TEXT, "enum": list(STATUSES), "default": STATUSES[0]}),
        in_query("assignee", _TEXT),
        in_query("limit", limit),
        in_query("offset", {"type": "integer", "minimum": 0, "default": 0}),
    ]
    act = _post(
        "actOnInquiry", "Reply, note, status, assign, undo, delete", [in_path("inquiry"), in_path("action")],
        _INQUIRY,
        {"solves": "reply: false when it asks the customer for more", "sure": "delete: true"},
        {"entry": "undo: of the inquiry", "seen": "the latest entry that you know"},
    )  # fmt: skip
    return {
        "/api/v1/inquiries": {
            "get": describe_operation("inquiries", "Inquiries, the first due first", parameters)
        },
        "/api/v1/inquiries/{inquiry}": {
            "get": describe_operation("inquiry", "One inquiry", [in_path("inquiry")])
        },
        "/api/v1/inquiries/{inquiry}/{action}": {"post": act},
    }


def _post(
    name: str,
    summary: str,
    parameters: list[JsonObject],
    texts: dict[str, str],
    flags: dict[str, str] | None = None,
    numbers: dict[str, str] | None = None,
) -> JsonObject:
    properties: JsonObject = {n: {**_TEXT, "description": what} for n, what in texts.items()}
    for flag, what in (flags or {}).items():
        properties[flag] = {"type": "boolean", "description": what}
    for number, what in (numbers or {}).items():
        properties[number] = {"type": "integer", "description": what}
    operation = describe_operation(name, summary, parameters)
    schema = {"type": "object", "properties": properties}
    operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation
