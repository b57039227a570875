"""What agents and editors see and do in the staff area."""

import csv
import io
import re
from dataclasses import replace

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.search_log.exports import guard_cell
from tests.conftest import run_git
from tests.staff.browsers import Customer, Staff

PAGES = ("/staff/", "/staff/searches", "/staff/unanswered")


def fail(make_customer, text):
    """A customer searches for something that finds nothing."""
    customer = make_customer()
    customer.search(text)
    return customer


def first_topic(staff):
    return re.search(r"/staff/unanswered/(\d+)", staff.get("/staff/unanswered").text)[0]


@pytest.mark.parametrize(
    "path", [*PAGES, "/staff/unanswered/1", "/staff/preview/", "/staff/preview/x"]
)
def test_strangers_are_asked_to_sign_in(site, path):
    response = site.client.get(path)
    assert response.status_code == 303
    assert response.location.startswith("/account/sign-in?next=")


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_log_is_no_error(agent, path):
    assert agent.get(path).status_code == 200


def test_the_overview_counts_searches(agent, make_customer):
    for text in ("zzgift zzwrap", "wrap zzgift", "descale kettle"):
        fail(make_customer, text)
    page = agent.get("/staff/").text
    assert "<rect" in page
    assert re.search(r"<dt>Searches</dt><dd>3</dd>", page)
    assert "zzgift zzwrap" in page


def test_unanswered_searches_are_one_row_for_all_spellings(agent, make_customer):
    for text in ("zzgift zzwrap", "ZZwrap zzgift?", "zzgifts zzwrap"):
        fail(make_customer, text)
    page = agent.get("/staff/unanswered").text
    assert len(set(re.findall(r'href="(/staff/unanswered/\d+)"', page))) == 1
    assert "1 topic" in page


def test_a_hostile_search_is_text_to_staff(agent, make_customer):
    fail(make_customer, "<script>zzalert(1)</script> \" onload='x'")
    for path in (*PAGES, first_topic(agent)):
        assert "<script>zz" not in agent.get(path).text


def test_filters_by_day_and_state(agent, make_customer):
    fail(make_customer, "zzgift zzwrap")
    assert "zzgift" in agent.get("/staff/unanswered?since=2026-11-01&until=2026-11-30").text
    assert "zzgift" not in agent.get("/staff/unanswered?since=2026-10-01&until=2026-10-30").text
    assert "zzgift" not in agent.get("/staff/unanswered?state=ignored").text
    assert "zzgift" in agent.get("/staff/unanswered?state=all").text


@pytest.mark.parametrize(
    "query",
    [
        "since=x",
        "since=2026-11-30&until=2026-11-01",
        "since=1999-01-01",
        "until=9999-12-31",
        "page=zz",
        "state=%00",
    ],
)
@pytest.mark.parametrize("path", PAGES)
def test_a_span_that_makes_no_sense_is_explained(agent, path, query):
    assert agent.get(f"{path}?{query}").status_code == 200


def test_csv_cells_cannot_be_formulas(agent, make_customer):
    fail(make_customer, "=zzcmd|'/C calc'!A0")
    for path in ("/staff/unanswered", "/staff/searches"):
        response = agent.get(f"{path}?format=csv")
        assert response.mimetype == "text/csv"
        assert "attachment" in response.headers["Content-Disposition"]
        rows = list(csv.reader(io.StringIO(response.text)))
        assert any("zzcmd" in cell for cell in rows[1])
        assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_the_exported_topics_name_the_nearest_articles(agent, make_customer):
    fail(make_customer, "zzwrap zzgift parcel")
    (row,) = csv.DictReader(io.StringIO(agent.get("/staff/unanswered?format=csv").text))
    shown = agent.get("/staff/unanswered").text
    assert row["nearest"]
    assert all(f"/{slug}" in shown for slug in row["nearest"].split("; "))


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\0x"])
def test_formula_starts_are_guarded(cell):
    assert guard_cell(cell) == f"'{cell}"
    assert guard_cell(5) == 5


def test_ignoring_and_opening_again(agent, make_customer, site):
    fail(make_customer, "zzgift zzwrap")
    topic = first_topic(agent)
    assert agent.post(f"{topic}/ignore", reason=" ").status_code == 422
    assert agent.post(f"{topic}/ignore", reason="we sell <b>no</b> gifts").status_code == 303
    page = agent.get(topic).text
    assert "we sell &lt;b&gt;no&lt;/b&gt; gifts" in page
    assert "agent@example.com" in page
    assert "zzgift" not in agent.get("/staff/unanswered").text
    assert agent.post(f"{topic}/reopen").status_code == 303
    assert "zzgift" in agent.get("/staff/unanswered").text


def test_marking_as_answered_takes_a_published_article(agent, make_customer, site):
    fail(make_customer, "zzgift zzwrap")
    topic = first_topic(agent)
    article = site.services.generations.current().library.list_articles()[0]
    response = agent.post(f"{topic}/answer", article="no-such-article")
    assert response.status_code == 422
    assert "no-such-article" in response.text
    assert (
        agent.post(f"{topic}/answer", article=f"http://localhost{article.url}").status_code == 303
    )
    assert article.title in agent.get(topic).text.replace("&#39;", "'")


def test_assigning_filtering_and_undoing(agent, editor, make_customer):
    fail(make_customer, "zzgift zzwrap")
    topic = first_topic(agent)
    refused = agent.post(f"{topic}/assign", assignee="nobody@example.com", due="")
    assert refused.status_code == 422
    assert agent.post(f"{topic}/assign", assignee="", due="tomorrow").status_code == 422
    done = agent.post(f"{topic}/assign", assignee="editor@example.com", due="2026-12-01")
    assert done.status_code == 303
    page = agent.get(topic).text
    assert "Assigned to editor@example.com, due Dec 1, 2026" in page
    assert "zzgift" in editor.get("/staff/unanswered?assignee=me").text
    assert "zzgift" not in agent.get("/staff/unanswered?assignee=me").text
    assert "zzgift" in agent.get("/staff/unanswered?state=assigned").text
    event = re.search(r'name="events" value="(\d+)"', page)[1]
    assert agent.post("/staff/unanswered/undo", page=topic, events=event).status_code == 303
    assert "zzgift" in agent.get("/staff/unanswered?assignee=nobody&state=new").text


def test_renaming_commenting_merging_and_splitting(agent, make_customer):
    for text in ("zzgift zzwrap", "qqkettle qqlid"):
        fail(make_customer, text)
    numbers = sorted(
        set(re.findall(r"/staff/unanswered/(\d+)", agent.get("/staff/unanswered").text))
    )
    one, two = (f"/staff/unanswered/{number}" for number in numbers)
    assert agent.post(f"{one}/rename", label="Gift <b>wrapping</b>").status_code == 303
    assert agent.post(f"{one}/comment", comment="ask <i>shop</i>").status_code == 303
    assert agent.post(f"{one}/comment", comment="  ").status_code == 422
    assert agent.post(f"{one}/merge", topics="x").status_code == 422
    assert agent.post(f"{one}/merge", topics=f"#{numbers[1]}").status_code == 303
    page = agent.get(one).text
    assert "<h1>Gift &lt;b&gt;wrapping&lt;/b&gt;</h1>" in page
    assert "ask &lt;i&gt;shop&lt;/i&gt;" in page
    assert "qqkettle qqlid" in page
    assert agent.get(two).location == one
    wording = re.search(r'name="wordings" value="(\d+)"> qqkettle', page)[1]
    assert agent.post(f"{one}/split", wordings=wording).status_code == 303
    assert "qqkettle qqlid" not in agent.get(one).text.partition('id="trail"')[0]
    assert "qqkettle qqlid" in agent.get("/staff/unanswered").text


def test_an_old_page_does_not_overrule_a_colleague(agent, editor, make_customer):
    fail(make_customer, "zzgift zzwrap")
    topic = first_topic(agent)
    assert editor.post(f"{topic}/ignore", reason="not ours").status_code == 303
    late = agent.post(f"{topic}/answer", article="descale-a-kettle", seen="0")
    assert late.status_code == 409
    assert "editor@example.com changed this topic" in late.text
    assert "not ours" in agent.get(topic).text


def test_many_topics_at_once(agent, make_customer):
    for text in ("zzgift zzwrap", "qqkettle qqlid", "xxparts"):
        fail(make_customer, text)
    page = agent.get("/staff/unanswered").text
    numbers = sorted(set(re.findall(r'name="topic" value="(\d+)"', page)))
    assert len(numbers) == 3

    def do(**fields):
        return agent.post("/staff/unanswered/bulk", page="/staff/unanswered", **fields)

    assert do(action="ignore", reason="spam", topic=numbers[:2], state="to-do").status_code == 303
    page = agent.get("/staff/unanswered").text
    assert "2 topics are changed." in page
    events = re.search(r'name="events" value="([\d,]+)"', page)[1]
    assert re.findall(r'name="topic" value="(\d+)"', page) == numbers[2:]
    agent.post("/staff/unanswered/undo", page="/staff/unanswered", events=events)
    page = agent.get("/staff/unanswered").text
    assert "Taken back." in page
    assert len(re.findall(r'name="topic" value="(\d+)"', page)) == 3
    for wrong in ({"action": "ignore"}, {"action": "ignore", "topic": numbers, "reason": ""}, {}):
        assert do(**wrong).status_code == 303
        assert 'role="alert"' in agent.get("/staff/unanswered").text
    do(action="merge", topic=numbers)
    assert "1 topic" in agent.get("/staff/unanswered").text


def test_one_that_cannot_be_changed_does_not_keep_the_others_back(agent, make_customer):
    for text in ("zzgift zzwrap", "qqkettle qqlid", "xxparts"):
        fail(make_customer, text)
    page = agent.get("/staff/unanswered").text
    first, second, third = sorted(set(re.findall(r'name="topic" value="(\d+)"', page)), key=int)
    agent.post(f"/staff/unanswered/{first}/merge", topics=second)
    chosen = {"topic": [second, third, "4711"], "action": "ignore", "reason": "spam"}
    agent.post("/staff/unanswered/bulk", **chosen)
    page = agent.get("/staff/unanswered").text
    assert f"#{second}: " in page
    assert "#4711: There is no such topic any more." in page
    assert "1 topic is changed." in page
    event = re.search(r'name="events" value="([\d,]+)"', page)[1]
    agent.post("/staff/unanswered/undo", events=f"{event},4711")
    page = agent.get("/staff/unanswered").text
    assert "Taken back." in page
    assert "There is nothing to take back." in page
    assert set(re.findall(r'name="topic" value="(\d+)"', page)) == {first, third}


def test_forms_without_a_token_are_refused(agent, make_customer):
    fail(make_customer, "zzgift zzwrap")
    topic = first_topic(agent)
    actions = (
        "ignore",
        "reopen",
        "answer",
        "draft",
        "assign",
        "rename",
        "comment",
        "merge",
        "split",
    )
    for action in actions:
        assert agent.client.post(f"{topic}/{action}", data={"reason": "x"}).status_code == 400


def test_a_topic_that_is_not_there(agent, make_customer):
    fail(make_customer, "zzgift zzwrap")
    assert agent.get("/staff/unanswered/4711").status_code == 404
    response = agent.post("/staff/unanswered/4711/ignore", page=first_topic(agent), reason="x")
    assert response.status_code == 404


def test_the_answer_is_drafted_on_a_branch(settings, site, write, content, clock):
    """The whole way: a customer fails, an agent starts the answer, git has it."""
    write("care/descale.md", "---\ntitle: Descale\n---\nText.\n")
    write("care/_collection.yml", "name: Care\n")
    run_git(content, "init", "-q")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-q", "-m", "articles")
    with_git = replace(
        settings, index_dir=site.settings.index_dir, database=settings.database.with_name("git.db")
    )
    services = build_services(with_git, clock)
    app = create_app(services)
    Customer(app).search("zzgift zzwrap")
    here = replace(site, app=app, services=services)
    staff = Staff(here, Role.AGENT)
    topic = first_topic(staff)
    assert staff.post(f"{topic}/draft", title=" ").status_code == 422
    response = staff.post(f"{topic}/draft", title="Gift wrapping", collection="")
    assert response.status_code == 303
    page = staff.get(topic).text
    branch = re.search(r"faq/\d+-gift-wrapping", page)[0]
    text = run_git(content, "show", f"{branch}:gift-wrapping.md")
    assert '- "zzgift zzwrap"' in text
    author = run_git(content, "log", "-1", "--format=%an <%ae>", branch)
    assert author == "Ada Agent <agent@example.com>\n"
    assert run_git(content, "status", "--porcelain") == ""
    services.generations.close()


def test_without_git_the_draft_is_a_file(settings, site, content, clock):
    plain = replace(
        settings,
        index_dir=site.settings.index_dir,
        database=settings.database.with_name("plain.db"),
    )
    services = build_services(plain, clock)
    app = create_app(services)
    Customer(app).search("zzgift zzwrap")
    staff = Staff(replace(site, app=app, services=services), Role.AGENT)
    response = staff.post(f"{first_topic(staff)}/draft", title="Gift wrapping 🎁")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="gift-wrapping.md"'
    assert "state: draft" in response.text
    services.generations.close()


def test_previews_are_for_editors(agent, editor, site):
    library = site.services.generations.current().library
    hidden = next(a for a in library.summaries.values() if a.state != "published")
    assert agent.get(f"/staff/preview/{hidden.slug}").status_code == 403
    assert hidden.title in editor.get("/staff/preview/").text
    page = editor.get(f"/staff/preview/{hidden.slug}")
    assert "Preview, not published" in page.text
    assert hidden.title in page.text
    assert editor.get("/staff/preview/no-such").status_code == 404


def test_nothing_of_the_staff_area_is_cached(agent):
    assert agent.get("/staff/").headers["Cache-Control"] == "no-store"


def test_the_day_begins_with_what_waits(agent, make_customer):
    make_customer().search("xylophone lessons")
    page = agent.get("/staff/").text
    assert "What waits" in page
    for link in ("due=today", "assignee=me", "state=new", "#review", "#outdated", "#problems"):
        assert link in page
    # Nothing is due, so the filtered list is empty; without the filter it has the topic.
    assert "xylophone" not in agent.get("/staff/unanswered?due=today").text
    assert "xylophone" in agent.get("/staff/unanswered").text


def test_content_to_look_after_is_a_page_and_csv(agent):
    assert "To review" in agent.get("/staff/content").text
    rows = agent.get("/staff/content?format=csv").text.splitlines()
    assert rows[0].lstrip("\ufeff") == "list,path,line,title,day,problem,fix"
