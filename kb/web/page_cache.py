"""Lets browsers keep pages and ask whether they are still right.

The tag of a page is made of everything that can change it: the generation, the settings, the
templates and catalogs, the language of the interface, and what the view names
(department open or closed, the day, a form token).  A page that has not changed is answered
with 304 before it is rendered, and one that another customer has just seen is not rendered
again: what the tag names is the same for all of them.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cachetools import LRUCache
from flask import Flask, Response, current_app, make_response, request

from kb import __version__
from kb.content.models import Audience
from kb.web.audience import audience
from kb.web.interface_language import depends_on_browser, interface
from kb.web.services import generation

KEPT_BYTES = 8 * 1024 * 1024
"""Of pages that a process keeps: some 400, more than the home page, the collections and the
articles that most customers open."""
_EXTENSION = "helpshelf.template_version"
_PAGES = "helpshelf.kept_pages"


class KeptPages:
    """The pages that customers saw last, by tag; safe to share between threads."""

    def __init__(self, size: int = KEPT_BYTES) -> None:
        """``size`` is how many bytes all of them may take."""
        self._pages: LRUCache[str, bytes] = LRUCache(size, getsizeof=len)
        self._lock = threading.Lock()

    def find_or_render(self, etag: str, render: Callable[[], str]) -> bytes:
        """The page of this tag; rendered when nobody has just seen it."""
        with self._lock:
            page: bytes | None = self._pages.get(etag)
        if page is None:
            page = render().encode()
            if len(page) <= self._pages.maxsize:
                with self._lock:
                    self._pages[etag] = page
        return page


def init_page_cache(app: Flask, folders: tuple[Path, ...]) -> None:
    """Note the version of the templates, keep pages and guard answers that set a cookie."""
    digest = hashlib.sha256(__version__.encode())
    # Pages say what is switched on, such as the form for inquiries.
    settings = app.extensions["helpshelf"].settings
    open_to_all = replace(settings, secret_key="", smtp_password="", webhook_secret="")
    digest.update(repr(open_to_all).encode())
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(path.read_bytes())
    app.extensions[_EXTENSION] = digest.hexdigest()
    app.extensions[_PAGES] = KeptPages()
    app.after_request(_keep_cookies_private)


def cached_page(render: Callable[[], str], *parts: object) -> Response:
    """The page, or 304 when the browser already has exactly this one.

    Args:
        render: makes the HTML; not called when the browser's copy is still right, nor when
            another customer has just seen the same page.
        parts: whatever besides the generation and the address the page depends on.
    """
    if audience() is Audience.STAFF:
        return _mark(make_response(render()), private=True)
    etag = _make_etag(parts)
    is_known = request.if_none_match.contains_weak(etag)
    if is_known:
        response = Response(status=304)
    else:
        pages: KeptPages = current_app.extensions[_PAGES]
        response = make_response(pages.find_or_render(etag, render))
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
