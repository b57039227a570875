"""Failures of the API as JSON: ``{"error": {"code", "message", "field"}}``."""

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

PREFIX = "/api/"

_CODES = {
    400: ("bad-request", "The request cannot be understood."),
    401: ("unauthorized", "Send the header Authorization: Bearer with a token of the staff API."),
    403: ("forbidden", "The role of this token's account does not allow it."),
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address takes another method: see /api/v1/openapi.json."),
    429: ("too-many-requests", "Wait the seconds of the Retry-After header, then try again."),
    500: ("internal-error", "The failure has been noted. Try again later."),
    503: ("unavailable", "Nothing has been published yet. Try again later."),
}


_PRIVATE = (401, 403)
"""Failures of the staff part."""


class BadParameter(HTTPException):
    """A parameter of the request cannot be used; ``field`` names it."""

    code = 400

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def answer_error(error: HTTPException) -> Response:
    """The JSON for one failure; never more about an inner error than its status."""
    status = error.code or 500
    if isinstance(error, BadParameter):
        return make_error(400, "bad-parameter", error.description or "", error.field)
    if status in _PRIVATE:
        return _private(status)
    code, message = _CODES.get(status, _CODES[400] if status < 500 else _CODES[500])
    return make_error(status, code, message)


def _private(status: int) -> Response:
    response = make_error(status, *_CODES[status])
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def make_error(status: int, code: str, message: str, field: str | None = None) -> Response:
    """One error object."""
    response = jsonify({"error": {"code": code, "message": message, "field": field}})
    response.status_code = status
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.cache_control.no_store = True
    return response
