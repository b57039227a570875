"""Two versions of a policy side by side in one text: what was put in, what was taken out."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, Response, abort, redirect, render_template, request
from markupsafe import escape
from werkzeug.wrappers import Response as AnyResponse

from kb.content.models import Article, Kind
from kb.web.audience import audience
from kb.web.page_cache import cached_page
from kb.web.services import generation
from kb.web.translation import gettext as _

blueprint = Blueprint("policy_changes", __name__)

IN_FORCE = "current"
"""Stands in addresses for the version that applies now, whichever it is."""


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One of the texts that a policy has had."""

    name: str
    """In addresses: the revision, or that it is in force."""
    html: str
    effective_from: date | None
    changed_at: datetime | None
    """None for the version in force, whose article tells it."""


@blueprint.get("/policies/<slug>/compare")
def compare(slug: str) -> AnyResponse:
    """What changed from one version to another; from the last one to today's if none is named."""
    found = generation().library.find_article(slug, audience())
    if found is None or found.summary.kind is not Kind.POLICY:
        abort(404)
    versions = list_versions(found)
    if len(versions) < 2:
        return redirect(found.summary.url, 302)
    names = [version.name for version in versions]
    older = request.args.get("from", names[1])
    newer = request.args.get("to", IN_FORCE)
    if older not in names or newer not in names:
        abort(404)
    # Newest first in the list; whoever chose them the other way round means the same.
    newer, older = sorted((newer, older), key=names.index)
    return _show(found, versions, older, newer)


def list_versions(article: Article) -> tuple[PolicyVersion, ...]:
    """The text in force and those before it, newest first."""
    current = PolicyVersion(IN_FORCE, article.html, article.summary.effective_from, None)
    earlier = (
        PolicyVersion(one.revision, one.html, one.effective_from, one.committed_at)
        for one in article.versions
    )
    return (current, *earlier)


def _show(
    article: Article, versions: tuple[PolicyVersion, ...], older: str, newer: str
) -> Response:
    by_name = {version.name: version for version in versions}

    def render() -> str:
        # Only this page needs lxml: a worker that nobody asks for it does without.
        from kb.content.html_changes import compare_html

        changes = compare_html(by_name[older].html, by_name[newer].html)
        return render_template(
            "help_center/policy_changes.html",
            article=article.summary,
            versions=versions,
            older=by_name[older],
            newer=by_name[newer],
            changes=changes,
            spoken=_spoken,
        )

    response = cached_page(render)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _spoken(html: str) -> str:
    """With words at both ends of each change: few screen readers tell of ``<ins>`` and ``<del>``."""
    for tag, begin, end in (
        ("ins", _("added:"), _("end of what was added")),
        ("del", _("removed:"), _("end of what was removed")),
    ):
        hidden = '<span class="visually-hidden"> {} </span>'
        html = html.replace(f"<{tag}>", f"<{tag}>{hidden.format(escape(begin))}")
        html = html.replace(f"</{tag}>", f"{hidden.format(escape(end))}</{tag}>")
    return html
