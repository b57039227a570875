"""From the merge of a draft to the moment it is live."""

from datetime import timedelta

from flask import abort, render_template

from kb.accounts.models import Permission
from kb.content.models import Audience, State
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.drafts import service

_NOTICED = timedelta(seconds=5)
"""Workers look for a new generation every second."""
_PATIENCE = timedelta(minutes=30)
"""As long as the process that publishes may take; after it nobody will tell any more."""


@blueprint.get("/drafts/published/<int:run>")
@requires(Permission.WRITE_DRAFTS)
def draft_published(run: int) -> str:
    """Whether a draft that was published is live yet."""
    found = service().find_publish(run) or abort(404)
    summaries = generation().library.list_articles(Audience.STAFF)
    article = next((a for a in summaries if a.path == found.path), None)
    now = services().clock.now()
    is_late = found.ended_at is None and now - found.started_at > _PATIENCE
    is_live = found.ended_at is not None and not found.error and article is not None
    is_new = found.ended_at is None or (
        not found.error and not is_live and now - found.ended_at < _NOTICED
    )
    return render_template(
        "staff/draft_published.html",
        run=found,
        article=article,
        is_live=is_live,
        is_public=is_live and article is not None and article.state is State.PUBLISHED,
        is_waiting=is_new and not is_late,
        is_late=is_late,
    )
