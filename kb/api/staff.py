"""What the routes for programs of the staff share: their blueprints, and how they read requests."""

from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, request

from kb.api.errors import BadParameter
from kb.content.models import ArticleSummary, State
from kb.errors import InvalidInput
from kb.services import Services

Fields = dict[str, Any]


def make_blueprint(name: str) -> Blueprint:
    """Routes whose answers no cache keeps: what staff may see is nobody else's."""
    blueprint = Blueprint(name, __name__, url_prefix="/api/v1")

    @blueprint.after_request
    def keep_to_yourself(response: Response) -> Response:
        response.cache_control.no_store = True
        return response

    return blueprint


def find_services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions["helpshelf"])


def read_fields() -> Fields:
    """The JSON object that a request carries; empty for none. Raises BadParameter."""
    fields = request.get_json(silent=True) if request.content_length else {}
    if not isinstance(fields, dict):
        raise BadParameter("", "Send a JSON object with the fields of the action.")
    return fields


def read_text(fields: Fields, name: str) -> str:
    """A text without space around it; empty when it is missing. Raises InvalidInput."""
    return read_raw_text(fields, name).strip()


def read_raw_text(fields: Fields, name: str) -> str:
    """A text as it was sent; empty when it is missing. Raises InvalidInput."""
    value = fields.get(name, "")
    if not isinstance(value, str | None):
        raise InvalidInput("Send a text.", name)
    return value or ""


def read_flag(fields: Fields, name: str, *, default: bool) -> bool:
    """True or false. Raises InvalidInput."""
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise InvalidInput("Send true or false.", name)
    return value


def read_number(fields: Fields, name: str, message: str) -> int | None:
    """A whole number, None when it is missing. Raises InvalidInput with ``message``."""
    value = fields.get(name)
    if value is not None and type(value) is not int:
        raise InvalidInput(message, name)
    return value


def read_numbers(fields: Fields, name: str) -> list[int]:
    """A list of whole numbers; empty when it is missing. Raises InvalidInput."""
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise InvalidInput("Send a list of numbers.", name)
    return value


def find_published_article(fields: Fields) -> ArticleSummary:
    """The article that ``article`` names by its slug. Raises InvalidInput."""
    library = find_services().generations.current().library
    found = library.find_summary(read_text(fields, "article"))
    if found is None or found.state is not State.PUBLISHED:
        raise InvalidInput("There is no such published article.", "article")
    return found


def read_seen(fields: Fields) -> int | None:
    """What the caller knows: an action on something that has changed since is refused."""
    return read_number(fields, "seen", "Send the number of the latest event you know.")


def read_id(text: str) -> int:
    """The number in an address that something is known by; 404 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else abort(404)


def read_whole(name: str, default: int, maximum: int) -> int:
    """A whole number from the address. Raises BadParameter."""
    text = request.args.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not 0 <= number <= maximum:
        raise BadParameter(name, f"Use a whole number from 0 to {maximum}.")
    return number
