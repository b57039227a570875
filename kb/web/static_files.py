"""Style sheet, script and icons: named by their content, so that browsers keep them for ever."""

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for

_YEAR = 365 * 24 * 60 * 60


def init_static_files(app: Flask) -> None:
    """Offer ``static_url`` to templates and set how long each file may be kept."""
    digests = _digest_files(Path(app.static_folder or ""))

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=digests.get(name, ""))

    def set_lifetime(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            name = (request.view_args or {}).get("filename", "")
            if request.args.get("v") == digests.get(name):
                response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
            else:
                response.headers["Cache-Control"] = "no-cache"
        return response

    app.jinja_env.globals["static_url"] = static_url
    app.after_request(set_lifetime)


def _digest_files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }
