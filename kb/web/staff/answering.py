"""A topic that an article answers already: choose the article, see what would change, save.

Three steps, each a plain page: choose the article and what to add, see the change with its
effect on this topic's wordings and on all regression queries, save it as one commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, make_response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.models import Permission
from kb.content.models import ArticleSummary
from kb.content_changes.models import (
    MOST_WORDINGS,
    AnswerChoice,
    AnswerKind,
    Author,
    Conflict,
    Proposal,
    PushState,
)
from kb.content_gaps.models import Topic, Wording
from kb.errors import ChangedMeanwhile, ChangeRefused, InvalidInput, TrialError
from kb.relevance.models import RegressionEffect
from kb.search.models import Hit
from kb.text import clean_query_text
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.responses import download
from kb.web.staff.topic import FormError, back_to, find_published, get_topic
from kb.web.translation import describe_error
from kb.web.translation import gettext as _

HITS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says; kept in the page until it is saved."""

    query: str
    article: ArticleSummary | None
    how: AnswerKind
    wordings: tuple[str, ...]
    words: tuple[str, ...]
    """For a synonym: what customers write, and what the articles write."""
    until: str


@blueprint.get("/unanswered/<int:topic_id>/answering")
@requires(Permission.TRIAGE)
def choose_answer(topic_id: int) -> Response:
    """Search for the article, tick the wordings, choose how they are to find it."""
    return _show(get_topic(topic_id))


@blueprint.post("/unanswered/<int:topic_id>/answering")
@requires(Permission.TRIAGE)
def review_answer(topic_id: int) -> AnyResponse:
    """The change as it would be committed, and what it does; nothing is changed yet."""
    topic = get_topic(topic_id)
    choice = _read_choice(topic)
    try:
        proposal = _propose(topic, choice)
    except InvalidInput as error:
        return _show(topic, FormError(error.field or "article", describe_error(error)), 422)
    except ChangeRefused as error:
        return _show(topic, FormError("article", describe_error(error)), 409)
    if "save" not in request.form:
        return _review(topic, choice, proposal)
    if request.form.get("base", "") != proposal.base:
        problem = _("The file was changed meanwhile. Look at the change again before you save it.")
        return _review(topic, choice, proposal, problem, 409)
    return _save(topic, choice, proposal)


def _save(topic: Topic, choice: Choice, proposal: Proposal) -> AnyResponse:
    changes = services().content_changes
    account = current_user.account
    assert choice.article is not None
    if proposal.is_empty:
        flash(_("All of it stood there already; the topic is marked as answered."))
    elif not changes.can_commit:
        # The topic stays open: nobody knows whether the file is put in place.
        name = proposal.path.rpartition("/")[2].encode("ascii", "ignore").decode()
        return download(name or "changed.md", proposal.new, "text/plain")
    else:
        try:
            done = changes.commit(proposal, Author(account.name, account.email))
        except ChangeRefused as error:
            return _review(topic, choice, proposal, describe_error(error), 409)
        if isinstance(done, Conflict):
            problem = _("Somebody else changed the file in this moment. Nothing was saved.")
            return _review(topic, choice, _propose(topic, choice), problem, 409)
        services().drafts.go_live(done.branch, done.path, done.commit)
        said = _("The change is committed (%(commit)s) and will be public in some seconds.")
        flash(said % {"commit": done.commit[:10]})
        if done.push.state is PushState.WAITING:
            reason = {"reason": done.push.reason}
            flash(_("The remote did not take it yet: %(reason)s") % reason, "problem")
    try:
        services().content_gaps.triage.answer(topic.id, choice.article.slug, account.email)
    except (InvalidInput, ChangedMeanwhile) as error:
        flash(describe_error(error), "problem")
    return back_to(topic.id)


def _propose(topic: Topic, choice: Choice) -> Proposal:
    article = choice.article
    if article is None:
        raise InvalidInput("Choose the article that answers it.", "article")
    wanted = AnswerChoice(
        article.slug, article.path, choice.how, choice.wordings, choice.words, choice.until
    )
    return services().content_changes.propose_answer(wanted, topic.id)


def _read_choice(topic: Topic) -> Choice:
    known = {wording.text for wording in _list_wordings(topic)}
    chosen = [text for text in request.values.getlist("wordings") if text in known]
    how = request.values.get("how", "")
    words = [request.values.get(name, "").strip() for name in ("word", "means")]
    return Choice(
        query=clean_query_text(request.values.get("q", "")) or topic.label,
        article=find_published(request.values.get("article", "")),
        how=AnswerKind(how) if how in set(AnswerKind) else AnswerKind.QUESTIONS,
        wordings=tuple(dict.fromkeys(chosen))[:MOST_WORDINGS],
        words=tuple(word for word in words if word),
        until=request.values.get("until", ""),
    )


def _show(topic: Topic, error: FormError | None = None, status: int = 200) -> Response:
    choice = _read_choice(topic)
    page = render_template(
        "staff/answering.html",
        topic=topic,
        choice=choice,
        hits=_list_hits(choice),
        wordings=_list_wordings(topic),
        is_first=request.method == "GET",
        error=error,
    )
    return make_response(page, status)


def _review(
    topic: Topic, choice: Choice, proposal: Proposal, problem: str = "", status: int = 200
) -> Response:
    effect, failure = _try(topic, choice, proposal)
    page = render_template(
        "staff/answering_review.html",
        topic=topic,
        choice=choice,
        proposal=proposal,
        effect=effect,
        failure=failure,
        can_commit=services().content_changes.can_commit,
        problem=problem,
    )
    return make_response(page, status)


def _try(topic: Topic, choice: Choice, proposal: Proposal) -> tuple[RegressionEffect | None, str]:
    """What the change does to the topic's wordings and all regression queries, or why not known."""
    assert choice.article is not None
    slug = choice.article.slug
    asked = [(wording.text, slug) for wording in _list_wordings(topic)[:MOST_WORDINGS]]
    overlay = {} if proposal.is_empty else {proposal.path: proposal.new}
    try:
        return services().relevance.try_change(overlay, asked), ""
    except (TrialError, InvalidInput) as error:
        return None, describe_error(error)


def _list_hits(choice: Choice) -> Sequence[Hit]:
    return generation().search.search(choice.query, limit=HITS).hits


def _list_wordings(topic: Topic) -> Sequence[Wording]:
    return services().content_gaps.triage.list_wordings(topic.id)[:50]
