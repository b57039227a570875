"""Earlier versions of policies, rendered from git: which text applied on a given day."""

from kb.content.front_matter import parse_article
from kb.content.links import LinkMap
from kb.content.models import ArticleSummary, ArticleVersion, Kind, Problem
from kb.content.rendering_pool import RenderTask, render_articles
from kb.content.source import ContentSource, Scan

MAX_VERSIONS = 20
"""Versions shown of a policy; git has the rest."""


def load_versions(
    source: ContentSource, scan: Scan, summary: ArticleSummary, links: LinkMap
) -> tuple[ArticleVersion, ...]:
    """The earlier texts of a policy, newest first; of other kinds none are kept.

    Versions that could not be published then or cannot be rendered now are left out,
    and so are those whose text is the same as the one after.
    """
    if summary.kind is not Kind.POLICY:
        return ()
    parsed = [
        (version, parse_article(summary.path, version.data))
        for version in source.versions(scan, summary.path, MAX_VERSIONS)
    ]
    good = [(version, article) for version, article in parsed if not article.is_broken]
    # Links are resolved as of today, relative to where the article lies today.
    tasks = (
        RenderTask(summary.path, article.body, article.body_line, article.front_matter.title)
        for _, article in good
    )
    return tuple(
        ArticleVersion(
            version.revision,
            version.committed_at,
            article.front_matter.title,
            article.front_matter.effective_from,
            result.html,
        )
        for (version, article), (_, result) in zip(good, render_articles(tasks, links), strict=True)
        if not isinstance(result, Problem)
    )
