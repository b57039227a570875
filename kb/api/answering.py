"""For programs of the staff: an article answers a topic already, and is to be found for it.

Without ``save`` nothing is changed: the answer is the commit as it would be made and what it
does to the topic's wordings and to all regression queries.
"""

from flask import Response, abort, jsonify

from kb.accounts.models import Permission
from kb.api.errors import make_error
from kb.api.staff import (
    Fields,
    find_published_article,
    find_services,
    make_blueprint,
    read_fields,
    read_flag,
    read_id,
    read_numbers,
    read_text,
)
from kb.api.tokens import caller, requires
from kb.content.models import ArticleSummary
from kb.content_changes.models import (
    MOST_WORDINGS,
    AnswerChoice,
    AnswerKind,
    Author,
    Conflict,
    Proposal,
)
from kb.errors import ChangedMeanwhile, ChangeRefused, InvalidInput, TrialError
from kb.relevance.models import RankChange

blueprint = make_blueprint("answering_api")


@blueprint.post("/topics/<topic>/answering")
@requires(Permission.TRIAGE)
def answer_topic(topic: str) -> Response:
    """Show what would be committed, or commit it and mark the topic as answered."""
    number = read_id(topic)
    if find_services().content_gaps.find_topic(number) is None:
        abort(404)
    fields = read_fields()
    try:
        if (other := find_services().content_gaps.triage.find_target(number)) is not None:
            raise InvalidInput(f"This topic was merged into topic {other}.")
        article = find_published_article(fields)
        proposal = find_services().content_changes.propose_answer(
            _read_choice(number, article, fields), number
        )
        if read_flag(fields, "save", default=False):
            return _save(number, article, proposal, fields)
        return _show(number, article, proposal)
    except InvalidInput as error:
        return make_error(422, "bad-field", str(error), error.field or None)
    except ChangedMeanwhile as error:
        return make_error(409, "changed", str(error))
    except ChangeRefused as error:
        return make_error(409, "refused", str(error))


def _show(topic: int, article: ArticleSummary, proposal: Proposal) -> Response:
    asked = [(text, article.slug) for _, text in _list_wordings(topic)[:MOST_WORDINGS]]
    overlay = {} if proposal.is_empty else {proposal.path: proposal.new}
    shown: Fields = {
        "path": proposal.path,
        "base": proposal.base,
        "diff": proposal.diff,
        "message": proposal.message,
    }
    try:
        effect = find_services().relevance.try_change(overlay, asked)
    except (TrialError, InvalidInput) as error:
        return jsonify({**shown, "effect": None, "failure": str(error)})
    changes = {
        "wordings": [_change_object(change) for change in effect.wordings],
        "lost": [_change_object(change) for change in effect.lost],
        "problems": list(effect.problems),
        "skipped": effect.skipped,
    }
    return jsonify({**shown, "effect": changes, "failure": ""})


def _save(topic: int, article: ArticleSummary, proposal: Proposal, fields: Fields) -> Response:
    services, by = find_services(), caller()
    base = read_text(fields, "base")
    if base and base != proposal.base:
        raise ChangedMeanwhile("The file was changed meanwhile: look at the change again.")
    commit = ""
    if not proposal.is_empty:
        if not services.content_changes.can_commit:
            raise ChangeRefused("The content is in no git repository, so nothing can be committed.")
        done = services.content_changes.commit(proposal, Author(by.name, by.email))
        if isinstance(done, Conflict):
            raise ChangedMeanwhile("Somebody else changed the file in this moment.")
        services.drafts.go_live(done.branch, done.path, done.commit)
        commit = done.commit
    event = services.content_gaps.triage.answer(topic, article.slug, by.email)
    return jsonify({"path": proposal.path, "commit": commit, "event": event})


def _read_choice(topic: int, article: ArticleSummary, fields: Fields) -> AnswerChoice:
    how = read_text(fields, "how") or AnswerKind.QUESTIONS
    if how not in set(AnswerKind):
        raise InvalidInput(f"Use one of {', '.join(AnswerKind)}.", "how")
    known = dict(_list_wordings(topic))
    chosen = read_numbers(fields, "wordings") if "wordings" in fields else list(known)
    if not known.keys() >= set(chosen):
        raise InvalidInput("Send a list of numbers of wordings of this topic.", "wordings")
    words = (read_text(fields, name) for name in ("word", "means"))
    return AnswerChoice(
        article.slug,
        article.path,
        AnswerKind(how),
        tuple(known[number] for number in dict.fromkeys(chosen))[:MOST_WORDINGS],
        tuple(word for word in words if word),
        read_text(fields, "until"),
    )


def _list_wordings(topic: int) -> list[tuple[int, str]]:
    found = find_services().content_gaps.triage.list_wordings(topic)
    return [(wording.id, wording.text) for wording in found]


def _change_object(change: RankChange) -> Fields:
    return {
        "text": change.text,
        "article": change.slug,
        "before": change.before,
        "after": change.after,
    }
