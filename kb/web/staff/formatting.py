"""Numbers and names as the staff area writes them."""

from datetime import date, datetime

from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_percent

from kb.content_gaps.models import Action, TopicState
from kb.inquiries.models import Status
from kb.search_log.models import Outcome
from kb.web.current_site import site
from kb.web.formatting import find_zone
from kb.web.interface_language import interface
from kb.web.staff.area import blueprint
from kb.web.translation import gettext as _


@blueprint.app_template_filter("percent")
def percent(share: float | None) -> str:
    """A share as whole percents, a dash when there is nothing to share."""
    return "–" if share is None else format_percent(round(share, 2), locale=interface().locale)


@blueprint.app_template_filter("medium_date")
def medium_date(value: date | datetime) -> str:
    """A day short enough for a table, in UTC like the days of all reports."""
    return format_date(value, format="medium", locale=interface().locale)


@blueprint.app_template_filter("local_time")
def local_time(value: datetime) -> str:
    """Day and time, without seconds, where the company is."""
    there, locale = value.astimezone(find_zone(site().timezone)), interface().locale
    both = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    day, time = format_date(there, "medium", locale), format_time(there, "short", locale=locale)
    return both.replace("{0}", time).replace("{1}", day)


@blueprint.app_template_filter("outcome_name")
def outcome_name(outcome: str) -> str:
    """An outcome in words."""
    names = {
        Outcome.ANSWERED: _("answered"),
        Outcome.ZERO_RESULT: _("no results"),
        Outcome.WEAK: _("weak results"),
        Outcome.ABANDONED: _("looked and left"),
        Outcome.REFINED: _("searched again"),
        Outcome.UNHELPFUL: _("voted unhelpful"),
        Outcome.CONTACTED: _("contacted us"),
    }
    return names.get(Outcome(outcome), outcome)


@blueprint.app_template_filter("topic_state_name")
def topic_state_name(state: str) -> str:
    """The state of a topic in words."""
    names = {
        TopicState.NEW: _("New"),
        TopicState.ASSIGNED: _("Assigned"),
        TopicState.DRAFTED: _("Drafted"),
        TopicState.ANSWERED: _("Answered"),
        TopicState.IGNORED: _("Ignored"),
    }
    return names[TopicState(state)]


@blueprint.app_template_filter("topic_action_name")
def topic_action_name(action: str) -> str:
    """What somebody did with a topic, in words."""
    names = {
        Action.ASSIGNED: _("assigned"),
        Action.DRAFTED: _("started a draft"),
        Action.ANSWERED: _("marked as answered"),
        Action.IGNORED: _("ignored"),
        Action.REOPENED: _("opened again"),
        Action.RENAMED: _("renamed"),
        Action.MERGED: _("merged into it"),
        Action.SPLIT: _("split off"),
        Action.COMMENTED: _("commented"),
        Action.UNDONE: _("took back"),
    }
    return names[Action(action)]


@blueprint.app_template_filter("inquiry_status_name")
def inquiry_status_name(status: str) -> str:
    """Where an inquiry stands, or which of them are listed, in words."""
    names = {
        "to-answer": _("To answer"),
        Status.NEW: _("New"),
        Status.OPEN: _("Open"),
        Status.PENDING: _("Waits for the customer"),
        Status.SOLVED: _("Solved"),
        Status.CLOSED: _("Closed"),
        "all": _("All"),
    }
    return names[status]
