"""The guards around every request: headers, where a form came from, how large it may be.

Forms of signed-in staff are bound to their session (flask-wtf).  Forms of customers,
such as the helpful vote, carry a token that needs no cookie and therefore leaves the
page cacheable; the view checks it with ``check_form_token``.
"""

import hashlib
import hmac
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from kb.web.services import services
from kb.web.translation import gettext as _

MAX_REQUEST_BYTES = 1024 * 1024
"""No form of the site comes near; staff uploads get a limit of their own when there are any."""
_STAFF_AREAS = ("/staff", "/account")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ONE_DAY = timedelta(days=1)

_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "DENY",
}
_HSTS = "max-age=63072000; includeSubDomains"


def init_security(app: Flask) -> None:
    """Put the guards around every request of the application."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    # The session is the limit: a form left open over lunch must still be accepted.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    # Which requests are checked is decided below; so is where they may come from.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_SSL_STRICT"] = False
    csrf = CSRFProtect(app)

    def guard_forms() -> None:
        if request.method in _SAFE_METHODS:
            return
        _refuse_foreign_origin()
        if _is_staff_area():
            csrf.protect()

    app.before_request(guard_forms)
    app.after_request(_add_headers)
    proxies = app.extensions["helpshelf"].settings.trusted_proxies
    if proxies:
        # The host is left alone: proxies that do not set X-Forwarded-Host pass on a forged one.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=1, x_host=0)  # type: ignore[method-assign]


def client_address() -> str:
    """What rate limits count by: the caller's address, for IPv6 the /64 it chose it from."""
    text = request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), 64), strict=False))


def make_form_token(purpose: str) -> str:
    """A token for one anonymous form; the same for everybody, changing once a day.

    Args:
        purpose: which form, about what; a token fits no other.
    """
    return _sign(purpose, days_ago=0)


def check_form_token(purpose: str, token: str) -> bool:
    """Whether the token was made for this purpose today or yesterday (UTC)."""
    given = token.encode("utf-8", "replace")
    known = [_sign(purpose, days_ago).encode() for days_ago in (0, 1)]
    return any(hmac.compare_digest(given, one) for one in known)


def _sign(purpose: str, days_ago: int) -> str:
    day = (services().clock.now() - days_ago * _ONE_DAY).date().isoformat()
    message = f"form\0{day}\0{purpose}".encode("utf-8", "replace")
    return hmac.new(services().secret_key.encode(), message, hashlib.sha256).hexdigest()


def _refuse_foreign_origin() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    # A browser that tells where the form stood is believed; an older one at least names the origin.
    told = site is not None
    is_ours = site in ("same-origin", "none") if told else origin is None or _is_our_origin(origin)
    if not is_ours:
        raise BadRequest(_("This form was sent from another website. Please use the form here."))


def _is_our_origin(origin: str) -> bool:
    # The scheme is not compared: behind a proxy that was not declared, https arrives as http.
    hosts = {request.host, urlsplit(services().settings.base_url).netloc} - {""}
    try:
        return urlsplit(origin).netloc in hosts
    except ValueError:
        return False


def _is_staff_area() -> bool:
    return any(request.path == area or request.path.startswith(area + "/") for area in _STAFF_AREAS)


def _add_headers(response: Response) -> Response:
    # A view may have set a stricter policy, as for an image that could hold a script. The headers
    # are read once, since werkzeug reads all of them for each name that it is asked for.
    present = {name.lower() for name, _value in response.headers}
    for name, value in _HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    if _is_staff_area():
        response.headers["Cache-Control"] = "no-store"
    return response
