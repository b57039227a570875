"""The whole loop, step by step; each step is checked, and tells what it saw.

Failed searches -> topic -> an agent writes the answer in a browser -> published -> the
topic's searches succeed -> regression queries hold, and break when the article is spoiled
-> whoever asked is told -> no personal data is in any file.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from kb.content_gaps.models import Topic, TopicState
from tests.conftest import run_git
from tests.loop.company import EMAIL, PASSWORD, Company
from tests.loop.month import PERSON, RISING, SECRETS, Do, Step, Visitor, make_month
from tests.loop.traffic import Browser as Visit
from tests.loop.traffic import play

ASKED = "coffee pods"
ASKER = "customer@example.net"
WORDINGS = RISING[ASKED]
TITLE = "Coffee pods and capsules"
BODY = """\
The bean to cup machines do not take pods or capsules, and no holder for coffee pods fits them.

## What you can use instead

1. Use whole beans, or ground coffee through the bypass.
2. For capsules from a discount shop: open them and fill the coffee into the bypass.
"""
_LIVE_MS = 60_000

Tell = Callable[[str], None]


def rehearse(company: Company, chromium: Browser, visits: int, tell: Tell) -> None:
    """Play the month and close the loop for one of the rising questions."""
    play_month(company, visits, tell)
    ask_to_be_told(company, tell)
    topics = find_topics(company)
    assert topics, "the rising question is a topic"
    topic = triage(company, chromium, topics, tell)
    check_searches_succeed(company, topic, tell)
    check_whoever_asked_is_told(company, tell)
    check_it_stays_answered(company, tell)
    check_no_personal_data(company, tell)


def play_month(company: Company, visits: int, tell: Tell) -> None:
    """Four weeks of customers, machines and careless people."""
    month = make_month(company.clock.now(), visits)
    requests = play(month, company.address, company.clock)
    company.clock.advance(timedelta(hours=2))
    company.services.search_log.maintain()
    company.services.content_gaps.maintain()
    today = company.clock.now().date()
    total = company.services.search_log.summary(today - timedelta(days=40), today).total
    machines = sum(visitor.agent != PERSON for visitor in month)
    assert total.visits <= len(month) - machines, "machines are no customers"
    tell(
        f"{requests} requests in four weeks: {total.visits} visits with {total.searches} searches, "
        f"{total.failed} failed; {machines} calls of machines left out"
    )


def ask_to_be_told(company: Company, tell: Tell) -> None:
    """A customer leaves an address on the page of a failed search, and confirms it."""
    visit = Visit(company.address, PERSON)
    visit.get(f"/search?q={ASKED.replace(' ', '+')}")
    if link := re.search(r'href="(/tell-me\?q=[^"]+)"', visit.page):
        visit.get(link[1])  # the results look well enough, so that the form is a page away
    form = re.search(r'action="/tell-me".*?</form>', visit.page, re.DOTALL)
    assert form, "a search in vain offers to be told"
    fields = dict(re.findall(r'name="(token|q)" value="([^"]*)"', form[0]))
    visit.post("/tell-me", fields | {"email": ASKER})
    company.services.outbox.deliver()
    (mail,) = company.mail.mails
    link = re.search(r"https://help\.example\.com(/tell-me/confirm/\S+)", mail.get_content())
    assert link, "the first mail has a link to confirm"
    visit.get(link[1])
    visit.post(link[1], {})
    tell(f"a customer asks to be told about {fields['q']!r} and confirms the address")


def find_topics(company: Company) -> Sequence[Topic]:
    """The topics that hold a wording of the rising question, most demand first."""
    today = company.clock.now().date()
    found = company.services.content_gaps.list_topics(today - timedelta(days=40), today, limit=500)
    return [topic for topic in found if {text for text, _ in topic.queries} & set(WORDINGS)]


def triage(company: Company, chromium: Browser, topics: Sequence[Topic], tell: Tell) -> int:
    """An editor merges the topics, writes the answer and publishes it, all in a browser."""
    page = chromium.new_context(base_url=company.address, user_agent=PERSON).new_page()
    sign_in(page)
    first = topics[0]
    page.goto(f"/staff/unanswered/{first.id}")
    if len(topics) > 1:
        page.get_by_text("Rename, merge or split").click()
        page.get_by_label("Numbers of topics").fill(", ".join(str(t.id) for t in topics[1:]))
        page.get_by_role("button", name="Merge them").click()
    page.get_by_label("Assigned to").select_option(value=EMAIL)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_role("button", name="Start the draft").click()
    field = page.get_by_label("Front matter and Markdown")
    head, _, rest = field.input_value().partition("\n---\n")
    assert rest
    field.fill(f"{head}\n---\n{BODY}")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("It is live:")).to_be_visible(timeout=_LIVE_MS)
    page.context.close()
    company.services.content_gaps.refresh()
    found = company.services.content_gaps.find_topic(first.id)
    assert found is not None
    assert (found.state, bool(found.answer)) == (TopicState.ANSWERED, True)
    what = "its wordings are one topic" if len(topics) == 1 else f"{len(topics)} topics are merged"
    tell(f"{what}; the answer is published from the browser: {found.answer}")
    return first.id


def sign_in(page: Page) -> None:
    """Sign in as the editor."""
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/**")


def check_searches_succeed(company: Company, topic: int, tell: Tell) -> None:
    """Customers ask the same again, find the article first, and open it."""
    today = company.clock.now().date()
    company.clock.advance(timedelta(days=1))
    at = company.clock.now()
    steps = [(Step(Do.SEARCH, wording), Step(Do.OPEN)) for wording in WORDINGS]
    visitors = [
        Visitor(at + timedelta(hours=number), PERSON, pair) for number, pair in enumerate(steps)
    ]
    play(visitors, company.address, company.clock)
    company.clock.advance(timedelta(hours=2))
    company.services.search_log.maintain()
    summary = company.services.search_log.summary(today + timedelta(days=1), today + timedelta(2))
    assert summary.total.failed == 0, summary.total
    assert summary.total.answered == len(WORDINGS)
    tell(f"{summary.total.answered} of {len(WORDINGS)} wordings are answered now, none fails")
    found = company.services.content_gaps.find_topic(topic)
    assert found is not None
    assert found.state is TopicState.ANSWERED


def check_whoever_asked_is_told(company: Company, tell: Tell) -> None:
    """One mail with the link; then the address is nowhere any more."""
    done = company.kb("mail", "deliver")
    assert done.returncode == 0, done.stderr
    mails = [mail for mail in company.mail.mails if mail["To"] == ASKER]
    assert len(mails) == 2, [str(mail["Subject"]) for mail in mails]
    assert "https://help.example.com/articles/" in mails[1].get_content()
    again = company.kb("mail", "deliver")
    assert again.returncode == 0, again.stderr
    assert len(company.mail.mails) == 2, "nobody is told twice"
    tell(f"{mails[1]['Subject']!r} has reached who asked; the address is deleted")


def check_it_stays_answered(company: Company, tell: Tell) -> None:
    """Regression queries hold; a spoiled article is named, with what took its place."""
    before = list_broken(company)
    assert not any("coffee-pods" in line for line in before), before
    if before:
        # What the month's customers were answered by is learned, and ranks other articles anew.
        tell(f"{len(before)} older regression queries fail with what was learned:\n    {before[0]}")
    paths = run_git(company.repository, "ls-tree", "-r", "--name-only", "main").splitlines()
    path = next(path for path in paths if "coffee-pods" in path)
    text = run_git(company.repository, "show", f"main:{path}")
    head = text.partition("\n---\n")[0]
    spoiled = re.sub(r"(?m)^questions:\n(  - .*\n)+", "", head + "\n")
    spoiled = re.sub(r"(?m)^title: .*$", "title: Beans", spoiled)
    company.commit(path, f"{spoiled}---\nBuy beans.\n", "Shorten")
    named = [line for line in list_broken(company) if "coffee-pods" in line]
    assert named
    tell(f"the answer's queries hold; spoiling it breaks {len(named)} of them:\n    {named[0]}")


def list_broken(company: Company) -> Sequence[str]:
    """What `kb check` says of regression queries that fail; it ends with 1 when there are any."""
    checked = company.kb("check")
    lines = [line for line in checked.stdout.splitlines() if "regression-failed" in line]
    assert checked.returncode == bool(lines), checked.stdout + checked.stderr
    return lines


def check_no_personal_data(company: Company, tell: Tell) -> None:
    """Nothing that people typed by mistake, and no address of who was told, is in any file."""
    planted = [*SECRETS, ASKER]
    planted += [re.sub(r"[^\d+]", "", text) for text in SECRETS if sum(map(str.isdigit, text)) > 9]
    files = company.list_files()
    for path in files:
        data = path.read_bytes()
        for secret in planted:
            assert secret.encode() not in data, f"{secret} is in {path}"
    tell(f"{len(planted)} kinds of personal data are in none of {len(files)} files")
