"""Customers' pages are sent compressed to whoever can read that, with a proxy or without one.

Pages of staff are not: they hold form tokens of one person beside what somebody else wrote,
and from lengths alone such a token can be guessed (BREACH, 2013).  What is on customers'
pages is the same for everybody.
"""

import gzip

from flask import Flask, Response, request

from kb.content.models import Audience
from kb.web.audience import audience

LEVEL = 3
"""0.05 to 0.3 ms a page; what level 9 saves beyond that is a tenth, for five times as long."""
_SMALLEST = 1_400
"""Bytes below which an answer fits into one packet as it is."""
_TEXTS = frozenset({"text/html", "application/json", "application/xml", "application/atom+xml"})


def init_compression(app: Flask) -> None:
    """Compress answers; to be called first, since others still change them."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in _TEXTS or response.direct_passthrough or response.is_streamed:
        return response
    if audience() is Audience.STAFF or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or response.status_code == 304:
        return response
    data = response.get_data()
    if len(data) >= _SMALLEST:
        response.set_data(gzip.compress(data, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
