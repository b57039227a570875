"""Files that the staff area hands out."""

from flask import Response


def download(name: str, text: str, media_type: str) -> Response:
    """``text`` as a file that the browser saves as ``name`` (plain ASCII)."""
    response = Response(text, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
