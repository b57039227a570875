"""What the content needs: articles to review, articles out of date, problems of the last publish."""

from collections.abc import Callable, Mapping, Sequence

from flask import Response, render_template, request
from flask_login import current_user

from kb.accounts.models import Permission
from kb.content.models import ArticleSummary, Audience, Problem, State
from kb.search_log.exports import write_csv
from kb.web.formatting import today
from kb.web.services import generation
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.responses import download

_HEADER = ("list", "path", "line", "title", "day", "problem", "fix")


@blueprint.get("/content")
@requires(Permission.VIEW_REPORTS)
def content() -> str | Response:
    """The lists one below the other, as a page or as CSV."""
    review, outdated, problems = list_to_review(), list_outdated(), list_problems()
    if request.args.get("format") == "csv":
        rows: list[Sequence[object]] = [
            *(("review", a.path, "", a.title, a.review_by, "", "") for a in review),
            *(("outdated", a.path, "", a.title, a.effective_until, "", "") for a in outdated),
            *(("problem", p.path, p.line, "", "", p.message, p.fix) for p in problems),
        ]
        return download(f"content-{today()}.csv", write_csv(_HEADER, rows), "text/csv")
    return render_template(
        "staff/content.html", review=review, outdated=outdated, problems=_by_file(problems)
    )


def list_to_review() -> list[ArticleSummary]:
    """Articles whose day of review has come, the longest overdue first."""
    return _list_past(lambda article: article.review_by)


def list_outdated() -> list[ArticleSummary]:
    """Articles that say themselves that they apply no longer."""
    return _list_past(lambda article: article.effective_until)


def list_problems() -> list[Problem]:
    """What the last publish found, without the drafts that the reader may not see."""
    problems = generation().problems
    if current_user.may(Permission.PREVIEW_DRAFTS):
        return list(problems)
    summaries = generation().library.summaries.values()
    hidden = {article.path for article in summaries if article.state is State.DRAFT}
    return [problem for problem in problems if problem.path not in hidden]


def _list_past(day_of: Callable[[ArticleSummary], object]) -> list[ArticleSummary]:
    articles = generation().library.list_articles(Audience.STAFF)
    past = [a for a in articles if (day := day_of(a)) is not None and str(day) < str(today())]
    return sorted(past, key=lambda article: str(day_of(article)))


def _by_file(problems: Sequence[Problem]) -> Mapping[str, list[Problem]]:
    files: dict[str, list[Problem]] = {}
    for problem in sorted(problems):
        files.setdefault(problem.path, []).append(problem)
    return files
