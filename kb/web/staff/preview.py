"""Articles that are not public, as they will look."""

from flask import Response, abort, render_template

from kb.accounts.models import Permission
from kb.content.models import State
from kb.web.services import generation
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.responses import download_list, wants_csv


@blueprint.get("/preview/")
@requires(Permission.PREVIEW_DRAFTS)
def previews() -> str | Response:
    """Drafts, internal and archived articles, as a page or as CSV."""
    library = generation().library
    hidden = [a for a in library.summaries.values() if a.state is not State.PUBLISHED]
    hidden.sort(key=lambda article: (article.state, article.title.casefold()))
    if wants_csv():
        rows = ((a.state.value, a.slug, a.title, a.collection, a.path) for a in hidden)
        header = ("state", "slug", "title", "collection", "path")
        return download_list("not-public", header, rows)
    return render_template("staff/previews.html", articles=hidden, collections=library.collections)


@blueprint.get("/preview/<slug>")
@requires(Permission.PREVIEW_DRAFTS)
def preview(slug: str) -> str:
    """One article in whatever state."""
    found = generation().library.find_preview(slug)
    if found is None:
        abort(404)
    return render_template("staff/preview.html", article=found)
