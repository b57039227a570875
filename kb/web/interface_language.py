"""Which language a page is shown in: chosen, else what the browser asks for, else the site's.

The choice is a link with ``?lang=``; it alone sets a cookie.  Once that has come back the
address is cleaned of it; until then, or when cookies are refused, links carry it along.  What
is for programs, such as the feed, keeps to the site's language, because whoever keeps a copy
serves it to everybody.
"""

from contextvars import ContextVar
from typing import cast
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, has_request_context, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from kb.errors import HelpshelfError
from kb.languages.interface import SOURCE, Interface, check_enabled, list_interfaces
from kb.web.carried_language import carry_language
from kb.web.current_site import site
from kb.web.services import services

PARAMETER = COOKIE = "lang"
_MONTHS_KEPT = 12
_SECONDS_A_MONTH = 30 * 24 * 3600
_FOR_PROGRAMS = ("machines",)
_chosen: ContextVar[Interface | None] = ContextVar("interface", default=None)
"""Of this request, once it has been asked for: a page asks some hundred times."""


def init_interface_language(app: Flask) -> None:
    """Offer the language to templates and keep an explicit choice.

    Raises:
        SettingsError: a language that was set has no catalog.
    """
    check_enabled(app.extensions["helpshelf"].settings.languages)
    app.jinja_env.globals["interface"] = interface
    app.jinja_env.globals["interface_links"] = interface_links
    app.before_request(_forget)
    app.before_request(_clean_address)
    app.after_request(_keep_choice)
    app.teardown_request(_forget)


def interface() -> Interface:
    """The language of the interface in this request; the source's outside of any."""
    found = _chosen.get()
    if found is None:
        if not has_request_context():
            # Work in the background belongs to no reader.
            return SOURCE
        found = _choose(_list())
        _chosen.set(found)
    return found


def interface_links() -> tuple[tuple[Interface, str], ...]:
    """What the chooser lists, with this page in each language.

    The start page where this one is the answer to a form.
    """
    address = _address() if request.method in ("GET", "HEAD") else "/"
    separator = "&" if "?" in address else "?"
    offered = (one for one in _list() if not one.is_pseudo)
    return tuple((one, f"{address}{separator}{PARAMETER}={one.tag}") for one in offered)


def depends_on_browser() -> bool:
    """Whether another ``Accept-Language`` could get another page."""
    return len(_list()) > 1 and request.blueprint not in _FOR_PROGRAMS


def _address() -> str:
    """The address of this page without a language."""
    query = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER])
    # A path of two slashes would be the address of another host.
    return quote("/" + request.path.lstrip("/")) + (f"?{query}" if query else "")


def _has_come_back() -> bool:
    return request.args.get(PARAMETER) == request.cookies.get(COOKIE)


def _forget(error: BaseException | None = None) -> None:
    _chosen.set(None)


def _clean_address() -> AnyResponse | None:
    if request.method != "GET" or PARAMETER not in request.args or not _has_come_back():
        return None
    response = redirect(_address(), 302)
    response.vary.add("Cookie")
    response.headers["Cache-Control"] = "no-store"
    return response


def _list() -> tuple[Interface, ...]:
    if "interfaces" not in g:
        try:
            language = site().language
        except HelpshelfError:
            # The page that tells of a failure must not fail for the same reason.
            return (SOURCE,)
        g.interfaces = list_interfaces(services().settings.languages, language)
    return cast(tuple[Interface, ...], g.interfaces)


def _choose(known: tuple[Interface, ...]) -> Interface:
    if request.blueprint in _FOR_PROGRAMS:
        return known[0]
    by_tag = {one.tag: one for one in known}
    for chosen in (request.args.get(PARAMETER), request.cookies.get(COOKIE)):
        if chosen in by_tag:
            return by_tag[chosen]
    offered = [one.tag for one in known if not one.is_pseudo]
    return by_tag[request.accept_languages.best_match(offered, default=known[0].tag)]


def _keep_choice(response: Response) -> Response:
    chosen = request.args.get(PARAMETER)
    if chosen and request.blueprint is not None and chosen == interface().tag:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=_MONTHS_KEPT * _SECONDS_A_MONTH,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
        is_page = response.mimetype == "text/html" and not response.direct_passthrough
        if is_page and not _has_come_back():
            response.set_data(carry_language(response.get_data(as_text=True), chosen))
    return response
