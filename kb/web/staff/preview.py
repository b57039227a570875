"""Articles that are not public, as they will look."""

from flask import abort, render_template

from kb.accounts.models import Permission
from kb.content.models import State
from kb.web.services import generation
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint


@blueprint.get("/preview/")
@requires(Permission.PREVIEW_DRAFTS)
def previews() -> str:
    """Drafts, internal and archived articles."""
    library = generation().library
    hidden = [a for a in library.summaries.values() if a.state is not State.PUBLISHED]
    hidden.sort(key=lambda article: (article.state, article.title.casefold()))
    return render_template("staff/previews.html", articles=hidden, collections=library.collections)


@blueprint.get("/preview/<slug>")
@requires(Permission.PREVIEW_DRAFTS)
def preview(slug: str) -> str:
    """One article in whatever state."""
    found = generation().library.find_preview(slug)
    if found is None:
        abort(404)
    return render_template("staff/preview.html", article=found)
