"""Lets browsers keep pages and ask whether they are still right.

The tag of a page is made of everything that can change it: the generation, the
templates and catalogs, the language of the interface, and what the view names
(department open or closed, the day, a form token).  A page that has not changed is answered with 304 before it is rendered.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, current_app, make_response, request

from kb import __version__
from kb.content.models import Audience
from kb.web.audience import audience
from kb.web.interface_language import depends_on_browser, interface
from kb.web.services import generation

_EXTENSION = "helpshelf.template_version"


def init_page_cache(app: Flask, folders: tuple[Path, ...]) -> None:
    """Note the version of the templates and guard answers that set a cookie."""
    digest = hashlib.sha256(__version__.encode())
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(path.read_bytes())
    app.extensions[_EXTENSION] = digest.hexdigest()
    app.after_request(_keep_cookies_private)


def cached_page(render: Callable[[], str], *parts: object) -> Response:
    """The page, or 304 when the browser already has exactly this one.

    Args:
        render: makes the HTML; not called when the browser's copy is still right.
        parts: whatever besides the generation and the address the page depends on.
    """
    if audience() is Audience.STAFF:
        return _mark(make_response(render()), private=True)
    etag = _make_etag(parts)
    is_known = request.if_none_match.contains_weak(etag)
    response = Response(status=304) if is_known else make_response(render())
    # Weak, because a proxy that compresses changes the bytes but not the page.
    response.set_etag(etag, weak=True)
    return _mark(response, private=False)


def _make_etag(parts: tuple[object, ...]) -> str:
    version = current_app.extensions[_EXTENSION]
    known = (version, generation().id, interface().tag, request.full_path, request.host, *parts)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:32]


def _mark(response: Response, *, private: bool) -> Response:
    response.cache_control.no_cache = True
    if private:
        response.cache_control.private = True
        # Going back in the browser after signing out must not show it again.
        response.cache_control.no_store = True
    response.vary.add("Cookie")
    if depends_on_browser():
        response.vary.add("Accept-Language")
    return response


def _keep_cookies_private(response: Response) -> Response:
    if "Set-Cookie" in response.headers:
        response.cache_control.public = False
        response.cache_control.private = True
    return response
