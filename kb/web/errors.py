"""Every failure as a page: what happened, in words, with a way on and never a trace.

The one place where errors become HTTP statuses.  Pages for failures of our own (429,
500, 503) use a template that needs neither generation nor database, since these may
be what failed.
"""

import re
import secrets
from collections.abc import Callable
from urllib.parse import unquote

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.wrappers import Response as AnyResponse

from kb.content.models import ArticleSummary
from kb.errors import DatabaseError, GenerationUnavailable, HelpshelfError
from kb.search.filters import SearchFilters
from kb.text import clean_query_text
from kb.web.audience import audience
from kb.web.contact_cards import find_card
from kb.web.limits import check_limit
from kb.web.services import generation, services
from kb.web.sign_in import make_sign_in_address
from kb.web.translation import gettext as _
from kb.web.typed_text import list_typed_texts

AnswerError = Callable[[HTTPException], AnyResponse]

GUESSES = 5
_WORD = re.compile(r"[^\W_]{2,}")
_NO_WORDS = frozenset(("articles", "policies", "collections", "hc", "en", "us", "html", "index"))
"""Parts of addresses, ours and those of systems before, that say nothing of the subject."""
_MARKER = re.compile(r"\[[a-z]+\]")
_FILE = re.compile(r"\.[a-z0-9]{2,5}\Z", re.IGNORECASE)
_SECONDS_WHILE_SET_UP = 30
_WITH_WAYS_ON = (400, 401, 403, 405)
"""Failures of one request: the site works, so that the page has a search and leads to a person.
Whoever sends too much gets the plain page, which costs less."""


def init_errors(app: Flask, answer_for_programs: AnswerError, programs: str) -> None:
    """Answer all failures.

    Args:
        app: the application.
        answer_for_programs: makes the answer below the path ``programs``, where no
            person is reading; a page is made everywhere else.
        programs: path prefix of the API.
    """

    def answer(error: HTTPException) -> AnyResponse:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        is_program = request.path.startswith(programs)
        response = answer_for_programs(error) if is_program else make_error_page(error)
        for name, value in error.get_headers(request.environ):
            if name.lower() in ("retry-after", "allow"):
                response.headers[name] = value
        return response

    def answer_own(error: Exception) -> AnyResponse:
        return answer(_translate(error, app))

    app.before_request(_number_request)
    app.after_request(_tell_request_id)
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, answer_own)


def _translate(error: Exception, app: Flask) -> HTTPException:
    if isinstance(error, GenerationUnavailable):
        note_failure(error)
        return ServiceUnavailable(retry_after=_SECONDS_WHILE_SET_UP)
    if isinstance(error, DatabaseError):
        note_failure(error)
        return InternalServerError(original_exception=error)
    kind = "known" if isinstance(error, HelpshelfError) else "unexpected"
    path = services().search_log.redact(clean_query_text(request.path))
    app.logger.error(
        "request %s: %s error at %r", g.get("request_id", "-"), kind, path, exc_info=error
    )
    return InternalServerError(original_exception=error)


def note_failure(error: HelpshelfError) -> None:
    """Log why a request failed, with its number, where the message says all that is known."""
    current_app.logger.error("request %s: %s", g.get("request_id", "-"), error)


def make_error_page(error: HTTPException) -> Response:
    """The page for one HTTP status."""
    code = error.code or 500
    if code in (404, 410):
        try:
            return make_response(_render_missing(code), code)
        except HelpshelfError:
            # Without a generation there is nothing to suggest; the plain page will do.
            pass
    title, text = _describe(code)
    values = {
        "code": code,
        "title": title,
        "text": text,
        "detail": _describe_refusal(error) if code == 400 else "",
        "request_id": g.get("request_id", ""),
        "typed": list_typed_texts(),
        "sign_in": make_sign_in_address() if code == 401 else "",
    }
    if code in _WITH_WAYS_ON:
        try:
            page = render_template("errors/refused.html", card=find_card(), **values)
            return make_response(page, code)
        except HelpshelfError:
            pass
    return make_response(render_template("errors/plain.html", **values), code)


def _describe_refusal(error: HTTPException) -> str:
    """What was wrong with a form in the reader's language; empty when that is not ours to say."""
    if isinstance(error, CSRFError):
        if request.cookies:
            return _("This form has expired. Please open the page again.")
        return _(
            "Your browser refuses cookies. Signing in needs one: allow cookies for this site, "
            "then open the page again."
        )
    is_ours = error.description not in (BadRequest.description, type(error).description)
    return (error.description or "") if is_ours else ""


def _render_missing(code: int) -> str:
    words = "" if _FILE.search(request.path) else _words_of_address(request.path)
    return render_template(
        f"errors/{code}.html",
        words=words,
        guesses=_guess_articles(words) if words else (),
        card=find_card(),
    )


def _words_of_address(path: str) -> str:
    parts = [part for part in unquote(path).split("/") if part][-2:]
    # People mistype addresses that hold more than words, and share pictures of such a page.
    redact = services().search_log.redact
    parts = [_MARKER.sub(" ", redact(clean_query_text(part))) for part in parts]
    words = [w for part in parts for w in _WORD.findall(part) if w.lower() not in _NO_WORDS]
    return clean_query_text(" ".join(words[:8]))


def _guess_articles(words: str) -> tuple[ArticleSummary, ...]:
    try:
        check_limit("search")
    except HTTPException:
        return ()
    current = generation()
    hits = current.search.search(words, limit=GUESSES, filters=SearchFilters(audience())).hits
    found = (current.library.find_summary(hit.slug, audience()) for hit in hits)
    return tuple(article for article in found if article is not None)


def _describe(code: int) -> tuple[str, str]:
    texts = {
        400: (_("That did not work"), _("Please go back and try again.")),
        401: (
            _("You are signed out"),
            _("Nothing was sent. Please sign in again."),
        ),
        403: (_("You cannot see this page"), _("Your account has no permission for it.")),
        404: (_("Page not found"), _("There is no page at this address.")),
        405: (_("That did not work"), _("Please go back and try again.")),
        410: (_("This article was withdrawn"), _("It no longer applies.")),
        413: (_("That was too much at once"), _("Please send less text.")),
        429: (
            _("Please wait a moment"),
            _("There were many requests from your connection. Try again in a minute."),
        ),
        503: (
            _("The help center is being set up"),
            _("Please come back in a few minutes. Nothing is wrong with your device."),
        ),
    }
    if code < 500 or code in texts:
        return texts.get(code, texts[400])
    return (
        _("Something went wrong on our side"),
        _("The failure has been noted. Please try again in a few minutes."),
    )


def _number_request() -> None:
    g.request_id = secrets.token_hex(6)


def _tell_request_id(response: Response) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
    return response
