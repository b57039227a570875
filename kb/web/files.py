"""Images and attachments of articles, kept by their content and served harmlessly."""

from flask import Blueprint, Response, abort, send_file

from kb.content.models import ContentFile
from kb.web.audience import audience
from kb.web.services import generation, services

blueprint = Blueprint("files", __name__)

INLINE_TYPES = frozenset(
    ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml")
)
"""What a browser may show in place; all else is offered for download."""
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An SVG that is opened by itself is a document: without this it could run scripts."""
_YEAR = 365 * 24 * 60 * 60


@blueprint.get("/files/<digest>/<name>")
def content_file(digest: str, name: str) -> Response:
    """One image or attachment; those of internal articles for signed-in staff only."""
    found = generation().library.find_file_at(f"/files/{digest}/{name}", audience())
    if found is None:
        abort(404)
    path = services().settings.index_dir / "files" / found.digest
    if not path.is_file():
        abort(404)
    inline = found.media_type in INLINE_TYPES
    response = send_file(
        path,
        mimetype=found.media_type if inline else "application/octet-stream",
        as_attachment=not inline,
        download_name=found.name,
        etag=found.digest,
        conditional=True,
    )
    return _secure(response, found)


def _secure(response: Response, found: ContentFile) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    if found.media_type == "image/svg+xml":
        response.headers["Content-Security-Policy"] = SVG_POLICY
    if found.public:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "private, no-store"
    return response
