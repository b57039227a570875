"""An article answers a topic already: chosen, looked at, and saved as one commit."""

import re
from dataclasses import replace

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.content_gaps.models import TopicState
from tests.conftest import run_git
from tests.staff.browsers import Customer, Staff


@pytest.fixture
def desk(settings, site, write, content, clock):
    """A company's own repository, a customer who failed, and the agent at the topic's page."""
    write("care/wrap.md", "---\ntitle: Wrapping paper\n---\nWe wrap presents for two euros.\n")
    write("care/_collection.yml", "name: Care\n")
    run_git(content, "init", "-q")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-q", "-m", "articles")
    build_publisher(settings, clock).publish()
    services = build_services(settings, clock)
    app = create_app(services)
    Customer(app).search("zzgiftbox")
    staff = Staff(replace(site, app=app, services=services), Role.AGENT)
    topic = re.search(r"/staff/unanswered/(\d+)", staff.get("/staff/unanswered").text)
    staff.topic = topic[0]
    staff.find_topic = lambda: services.content_gaps.find_topic(int(topic[1]))
    yield staff
    services.generations.close()


def review(staff, **fields):
    page = f"{staff.topic}/answering"
    return staff.post(page, page=page, article="wrap", wordings="zzgiftbox", **fields)


def save(staff, **fields):
    base = re.search(r'name="base" value="([^"]*)"', review(staff, **fields).text)[1]
    return review(staff, base=base, save="yes", **fields)


def test_the_article_is_searched_for(desk):
    page = desk.get(f"{desk.topic}/answering?q=presents").text
    assert 'value="wrap"' in page
    assert "Wrapping paper" in page
    assert 'value="zzgiftbox" checked' in page


def test_a_wording_joins_the_questions_as_one_commit(desk, content):
    shown = review(desk, how="questions")
    assert shown.status_code == 200
    assert "+  - zzgiftbox" in shown.text.replace("&#34;", "").replace('"', "")
    effect = shown.text.partition('id="effect"')[2]
    assert re.search(
        r'zzgiftbox</th><td class="number">not found</td>\s*<td class="number">1<', effect
    )
    assert run_git(content, "rev-list", "--count", "HEAD") == "1\n"
    assert save(desk, how="questions").status_code == 303
    assert run_git(content, "rev-list", "--count", "HEAD") == "2\n"
    text = run_git(content, "show", "HEAD:care/wrap.md")
    assert text.count("zzgiftbox") == 2, "as question and as regression query"
    author = run_git(content, "log", "-1", "--format=%an <%ae>")
    assert author == "Ada Agent <agent@example.com>\n"
    assert run_git(content, "status", "--porcelain") == ""
    found = desk.find_topic()
    assert (found.state, found.answer) == (TopicState.ANSWERED, "wrap")
    assert "will be public" in desk.get(desk.topic).text


def test_a_synonym_and_a_pin_go_to_their_files(desk, content):
    assert review(desk, how="synonym", word="zzgiftbox").status_code == 422
    assert save(desk, how="synonym", word="zzgiftbox", means="present").status_code == 303
    assert "zzgiftbox" in run_git(content, "show", "HEAD:_synonyms.yml")
    assert review(desk, how="pin", until="soon").status_code == 422
    assert review(desk, how="pin", until="2020-01-01").status_code == 422
    assert save(desk, how="pin", until="2027-01-01").status_code == 303
    assert "2027-01-01" in run_git(content, "show", "HEAD:_best_bets.yml")


def test_what_is_missing_is_asked_for(desk):
    page = f"{desk.topic}/answering"
    assert desk.post(page, page=page, wordings="zzgiftbox").status_code == 422
    assert desk.post(page, page=page, article="wrap").status_code == 422
    invented = desk.post(page, page=page, article="wrap", wordings="nobody asked this")
    assert invented.status_code == 422
    assert desk.find_topic().state is TopicState.NEW


def test_a_file_changed_meanwhile_is_shown_again_and_not_overwritten(desk, content):
    base = re.search(r'name="base" value="([^"]*)"', review(desk, how="questions").text)[1]
    (content / "care/wrap.md").write_text("---\ntitle: Wrapping paper\n---\nFive euros.\n")
    run_git(content, "commit", "-aqm", "price")
    late = review(desk, how="questions", base=base, save="yes")
    assert late.status_code == 409
    assert "changed meanwhile" in late.text
    assert run_git(content, "log", "-1", "--format=%s") == "price\n"
    assert save(desk, how="questions").status_code == 303
    assert "Five euros." in run_git(content, "show", "HEAD:care/wrap.md")


def test_saving_twice_adds_nothing(desk, content):
    assert save(desk, how="questions").status_code == 303
    assert save(desk, how="questions").status_code == 303
    assert run_git(content, "rev-list", "--count", "HEAD") == "2\n"
