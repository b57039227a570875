"""A draft can begin with what an agent answered to a customer who asked the same."""

from dataclasses import replace

import pytest

from kb.accounts.models import Role
from kb.inquiries.models import NewInquiry
from tests.browser.staging import copy_into_git
from tests.conftest import ROOT, run_git
from tests.staff.browsers import Customer, Staff

QUESTION = "zzgift zzwrap paper"


@pytest.fixture
def mail_settings(mail_settings, tmp_path):
    """As elsewhere, with the content in a repository that may get branches."""
    return replace(mail_settings, content_dir=copy_into_git(ROOT / "articles", tmp_path / "git"))


def test_a_draft_begins_with_the_answer(told_site):
    Customer(told_site.app).search(QUESTION)
    inquiries, gaps = told_site.services.inquiries, told_site.services.content_gaps
    number = inquiries.send(NewInquiry("jane@example.com", "Do you?", question=QUESTION), None).id
    answer = "We wrap it for you. Call 415-555-2671."
    inquiries.reply(number, answer, "ada@example.com", solves=True)
    gaps.refresh()
    today = told_site.clock.now().date()
    page = f"/staff/unanswered/{gaps.list_topics(today, today)[0].id}"
    editor = Staff(told_site, Role.EDITOR)
    started = editor.post(f"{page}/draft", page, title="Gift wrap", given_answer=str(number))
    assert started.status_code == 303
    (draft,) = told_site.services.drafts.list_drafts()
    content = told_site.settings.content_dir
    text = run_git(content, "show", f"{draft.branch}:./{draft.paths[0]}")
    assert "We wrap it for you." in text
    assert "555-2671" not in text, "numbers of people stay out of git"
