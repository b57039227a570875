"""Ties what a customer does to a visit: the glue between views and the search log.

The visit is a random value in a first-party cookie that is set by the first search and
lives as long as the visit.  Machines and signed-in staff are not customers.  None of
these functions can fail a page.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_login import current_user

from kb.search.models import SearchPage
from kb.search_log.crawlers import is_person
from kb.search_log.models import VoteReason
from kb.web.security import client_address
from kb.web.services import generation, services

_RESULTS_PATH = "/search"


def init_visits(app: Flask) -> None:
    """Set the cookie on answers to requests that began or continued a visit."""
    app.after_request(_set_cookie)


def record_search(page: SearchPage, source: str = "page") -> None:
    """A customer searched for something."""
    if _is_customer():
        language = generation().library.site.language
        log = services().search_log
        _keep(log.record_search(page, _visit(), source, language, _place()))


def record_suggestion_chosen(text: str, slug: str) -> None:
    """A customer typed ``text`` and took the article that was suggested."""
    if _is_customer():
        _keep(services().search_log.record_suggestion_chosen(text, slug, _visit()))


def record_opening(slug: str) -> None:
    """A customer opened an article."""
    if _is_customer():
        from_results = _comes_from_results()
        visit = _visit()
        if visit is None and from_results:
            visit = services().search_log.find_newcomer(_place())
        goes_on = services().search_log.record_opening(visit, slug, from_results=from_results)
        _keep(visit if goes_on else None)


def record_vote(slug: str, helpful: bool) -> None:
    """A customer said whether an article helped."""
    if _is_customer():
        visit = _visit()
        _keep(visit if services().search_log.record_vote(visit, slug, helpful) else None)


def record_vote_reason(slug: str, reason: VoteReason) -> None:
    """A customer said why an article did not help."""
    if _is_customer():
        services().search_log.record_vote_reason(_visit(), slug, reason)


def record_contact() -> None:
    """A customer went to the contact form, or took a phone or mail link."""
    if _is_customer():
        visit = _visit()
        _keep(visit if services().search_log.record_contact(visit) else None)


def list_tried() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Texts that the customer searched and slugs that were opened in this visit."""
    return services().search_log.list_tried(_visit()) if _is_customer() else ((), ())


def _is_customer() -> bool:
    return is_person(dict(request.headers), request.method) and not current_user.is_authenticated


def _visit() -> str | None:
    return g.get("visit") or request.cookies.get(_cookie_name())


def _keep(visit: str | None) -> None:
    if visit:
        g.visit = visit


def _place() -> str:
    # Told to nobody: the search log hashes it with a key that is never written.
    headers = request.headers
    agent, languages = headers.get("User-Agent", ""), headers.get("Accept-Language", "")
    return "\n".join((client_address(), agent, languages))


def _comes_from_results() -> bool:
    try:
        referrer = urlsplit(request.referrer or "")
    except ValueError:
        return False
    return referrer.netloc == request.host and referrer.path == _RESULTS_PATH


def _cookie_name() -> str:
    # Browsers accept the prefix only over https, and then from this host alone.
    return "__Host-visit" if request.is_secure else "visit"


def _set_cookie(response: Response) -> Response:
    visit = g.get("visit")
    if visit:
        response.set_cookie(
            _cookie_name(),
            visit,
            max_age=services().settings.visit_minutes * 60,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response
