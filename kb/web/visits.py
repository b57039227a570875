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
from kb.web.services import services

_RESULTS_PATH = "/search"


def init_visits(app: Flask) -> None:
    """Set the cookie on answers to requests that began or continued a visit."""
    app.after_request(_set_cookie)


def record_search(page: SearchPage, source: str = "page") -> None:
    """A customer searched for something."""
    if _is_customer():
        _keep(services().search_log.record_search(page, _visit(), source))


def record_suggestion_chosen(text: str, slug: str) -> None:
    """A customer typed ``text`` and took the article that was suggested."""
    if _is_customer():
        _keep(services().search_log.record_suggestion_chosen(text, slug, _visit()))


def record_opening(slug: str) -> None:
    """A customer opened an article."""
    if _is_customer():
        visit = _visit()
        goes_on = services().search_log.record_opening(
            visit, slug, from_results=_comes_from_results()
        )
        _keep(visit if goes_on else None)


def record_vote(slug: str, helpful: bool) -> None:
    """A customer said whether an article helped."""
    if _is_customer():
        visit = _visit()
        _keep(visit if services().search_log.record_vote(visit, slug, helpful) else None)


def record_contact() -> None:
    """A customer went to the contact form."""
    if _is_customer():
        visit = _visit()
        _keep(visit if services().search_log.record_contact(visit) else None)


def _is_customer() -> bool:
    return is_person(dict(request.headers), request.method) and not current_user.is_authenticated


def _visit() -> str | None:
    return g.get("visit") or request.cookies.get(_cookie_name())


def _keep(visit: str | None) -> None:
    if visit:
        g.visit = visit


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
