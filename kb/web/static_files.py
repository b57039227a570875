"""Style sheet, script and icons: named by their content, so that browsers keep them for ever.

Those that shrink are compressed once, when the application starts, as small as gzip can:
no request pays for it, and it needs no proxy.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for

_YEAR = 365 * 24 * 60 * 60
_TEXTS = frozenset({".css", ".js", ".svg"})
_ADDRESSES = 256
"""Of files that are kept: a few dozen files, mostly under one prefix."""
_SMALLEST = 1_000
"""Bytes below which a file fits into one packet as it is."""


def init_static_files(app: Flask) -> None:
    """Offer ``static_url`` to templates and set how long each file may be kept."""
    folder = Path(app.static_folder or "")
    digests = _digest_files(folder)
    compressed = _compress_files(folder)

    @lru_cache(maxsize=_ADDRESSES)
    def find_url(name: str, root: str) -> str:
        return url_for("static", filename=name, v=digests.get(name, ""))

    def static_url(name: str) -> str:
        # Every page has some, and they change only with the prefix that a proxy may set.
        return find_url(name, request.script_root)

    def finish(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            name = (request.view_args or {}).get("filename", "")
            if request.args.get("v") == digests.get(name):
                response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
            else:
                response.headers["Cache-Control"] = "no-cache"
            if name in compressed:
                _send_compressed(response, compressed[name])
        return response

    app.jinja_env.globals["static_url"] = static_url
    app.after_request(finish)


def _send_compressed(response: Response, data: bytes) -> None:
    response.vary.add("Accept-Encoding")
    # A part of a file is a part of what it is, not of what it was compressed to.
    is_whole = response.status_code == 200 and "Range" not in request.headers
    if not is_whole or not request.accept_encodings["gzip"]:
        return
    response.direct_passthrough = False
    response.headers.pop("Accept-Ranges", None)
    etag, _is_weak = response.get_etag()
    if request.method != "HEAD":
        response.set_data(data)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(data))
    if etag:
        # Weak: the same file in other bytes.
        response.set_etag(etag, weak=True)


def _digest_files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }


def _compress_files(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        if path.suffix in _TEXTS and path.stat().st_size >= _SMALLEST:
            # Without a time stamp every worker sends the same bytes.
            found[path.relative_to(folder).as_posix()] = gzip.compress(
                path.read_bytes(), 9, mtime=0
            )
    return found
