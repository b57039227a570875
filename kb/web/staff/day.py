"""The day's work: how much of each thing waits, and the list where it is done."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from flask_login import current_user

from kb.accounts.models import Permission
from kb.content_gaps.models import TO_DO, TopicState
from kb.web.services import services
from kb.web.staff.content import list_outdated, list_problems, list_to_review
from kb.web.staff.quality import MOST_UNHELPFUL
from kb.web.staff.span import Span
from kb.web.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Task:
    """One number with its list; ``is_urgent`` when it should be nought."""

    name: str
    count: int
    url: str
    is_urgent: bool = False


def list_tasks(span: Span) -> list[Task]:
    """All tasks in the order in which they are best done."""
    return [*_list_letter_tasks(), *_list_topic_tasks(span), *_list_content_tasks(span)]


def _list_letter_tasks() -> list[Task]:
    """What customers wrote themselves, for those who may answer."""
    if not current_user.may(Permission.TRIAGE):
        return []
    inquiries = services().inquiries.count_to_answer()
    mine = services().inquiries.count_to_answer(str(current_user.account.email))
    reports = services().page_reports.count_open()
    return [
        Task(_("Inquiries to answer"), inquiries, url_for("staff.inquiries"), is_urgent=True),
        Task(_("Inquiries assigned to you"), mine, url_for("staff.inquiries", assignee="me")),
        Task(_("Page reports"), reports, url_for("staff.reports")),
    ]


def _list_topic_tasks(span: Span) -> list[Task]:
    gaps, me = services().content_gaps, str(current_user.account.email)
    today = services().clock.now().date()
    days = (span.since, span.until)
    due = gaps.count_topics(*days, TO_DO, due_by=today)
    mine = gaps.count_topics(*days, TO_DO, assignee=me)
    new = gaps.count_topics(*days, (TopicState.NEW,))

    def link(**fields: str) -> str:
        return f"{url_for('staff.unanswered')}?{urlencode(span.query | fields)}"

    return [
        Task(_("Due today or before"), due, link(due="today"), is_urgent=True),
        Task(_("Assigned to you"), mine, link(assignee="me")),
        Task(_("New unanswered topics"), new, link(state=TopicState.NEW.value, order="newest")),
    ]


def _list_content_tasks(span: Span) -> list[Task]:
    unhelpful = services().search_log.list_unhelpful(span.since, span.until, MOST_UNHELPFUL)
    run = services().relevance.find_last_run()

    def link(part: str) -> str:
        return url_for("staff.content", _anchor=part)

    return [
        Task(
            _("Articles voted unhelpful"),
            len(unhelpful),
            f"{url_for('staff.quality')}?{urlencode(span.query | {'unhelpful': 'all'})}#unhelpful",
        ),
        Task(_("Articles to review"), len(list_to_review()), link("review")),
        Task(_("Articles out of date"), len(list_outdated()), link("outdated")),
        Task(
            _("Regression queries that fail"),
            run.failed if run else 0,
            url_for("staff.relevance", _anchor="failing"),
            is_urgent=True,
        ),
        Task(_("Content problems"), len(list_problems()), link("problems")),
    ]
