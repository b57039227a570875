"""Drafts in the browser: nothing that was typed is lost, and nothing of others is overwritten."""

import html
import re
import sqlite3
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.content_changes.models import Author, FaqDraft
from tests.conftest import run_git
from tests.staff.browsers import Staff

ADA = Author("Ada Writer", "ada@example.com")
TEXT = "---\ntitle: Gift wrapping\nstate: draft\ntopic: 7\n---\nWe wrap it.\n"
ELSEWHERE = "/staff/drafts/edit?branch=faq%2F7-gift&path=care%2Fgift.md"


@pytest.fixture
def repository(content, write):
    write("_site.yml", "name: Help\n")
    write("care/_collection.yml", "name: Care\n")
    write("care/descale.md", "---\ntitle: Descale\n---\nText.\n")
    run_git(content, "init", "-q")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-q", "-m", "articles")
    return content


@pytest.fixture
def desk(settings, repository, clock):
    """The site on a small repository, with one draft."""
    own = replace(settings, content_ref="main")
    build_publisher(own, clock).publish()
    desk = Desk(own, repository, clock)
    desk.services.drafts._repository.start_draft(
        FaqDraft("care/gift.md", TEXT, "faq/7-gift", "Draft: Gift\n"), ADA, clock.now()
    )
    yield desk
    desk.services.generations.close()


class Desk:
    def __init__(self, settings, repository, clock):
        self.settings, self.repository, self.clock = settings, repository, clock
        self.services = build_services(settings, clock)
        self.app = create_app(self.services)
        self.app.testing = True

    def sign_in(self, role=Role.EDITOR):
        return Writer(self, role)

    def on_branch(self, branch="faq/7-gift", path="care/gift.md"):
        return run_git(self.repository, "show", f"{branch}:{path}")

    def kept(self):
        with sqlite3.connect(self.settings.database) as connection:
            return [row[0] for row in connection.execute("SELECT text FROM draft_texts")]


class Writer(Staff):
    """Somebody with the editor open."""

    def open(self, path=ELSEWHERE):
        self.page = self.get(path)
        return self

    @property
    def text(self):
        found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", self.page.text, re.S)[1]
        return html.unescape(found)

    def send(self, action, text=None, **fields):
        page = self.page.text
        form = page[page.index("data-draft") :]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        values = {**hidden, "text": self.text if text is None else text, "note": "", **fields}
        response = self.client.post(f"/staff/drafts/{action}", data=values)
        if response.mimetype == "text/html" and b"data-draft" in response.data:
            self.page = response
        return response


@pytest.mark.parametrize("path", ["/staff/drafts", ELSEWHERE, "/staff/drafts/published/1"])
def test_strangers_are_asked_to_sign_in(site, path):
    assert site.client.get(path).location.startswith("/account/sign-in")


def test_the_list_leads_to_the_editor(desk):
    writer = desk.sign_in()
    page = writer.get("/staff/drafts").text
    assert "care/gift.md" in page
    assert "Draft: Gift" in page
    assert writer.open().text == TEXT


def test_saving_is_one_commit_in_the_name_of_the_person(desk):
    writer = desk.sign_in(Role.AGENT).open()
    response = writer.send("save", TEXT.replace("\n", "\r\n") + "More.\r\n", note="more to say")
    assert response.status_code == 303
    assert desk.on_branch() == TEXT + "More.\n"
    log = run_git(desk.repository, "log", "-1", "--format=%an <%ae> %s", "faq/7-gift")
    assert log == "Ada Agent <agent@example.com> more to say\n"
    assert run_git(desk.repository, "rev-list", "--count", "main..faq/7-gift") == "2\n"
    assert desk.kept() == []


def test_what_is_typed_comes_back(desk):
    desk.sign_in().open().send("keep", "half a sent")
    assert desk.kept() == ["half a sent"]
    again = build_services(desk.settings, desk.clock).drafts  # another process, later
    assert again.open("faq/7-gift", "care/gift.md", 1).text == "half a sent"
    assert again.open("faq/7-gift", "care/gift.md", 2).text == TEXT


def test_a_window_opened_again_goes_on_and_saving_ends_it(desk):
    writer = desk.sign_in().open()
    writer.send("keep", "half a sent")
    writer.open()
    assert writer.text == "half a sent"
    assert "did not save" in writer.page.text
    assert "did not save" in writer.get("/staff/drafts").text
    assert writer.send("save", "a whole sentence").status_code == 303
    assert desk.kept() == []
    assert writer.open().text == "a whole sentence"


def test_two_windows_of_one_person_keep_both_texts(desk):
    writer = desk.sign_in()
    first, second = writer.open().page, writer.open().page
    writer.page = first
    writer.send("keep", "first window")
    writer.page = second
    writer.send("keep", "second window")
    listed = writer.client.get("/staff/drafts").text.partition('aria-labelledby="open"')[0]
    assert listed.count("care/gift.md</a>") == 1, "one draft, whatever it is typed in"
    writer.page = second
    writer.send("save", "second window")
    assert desk.kept() == ["first window"]
    writer.page = first
    assert writer.send("save", "first window").status_code == 409
    assert "first window" in writer.text


def test_throwing_away_is_asked_for(desk):
    writer = desk.sign_in().open()
    writer.send("keep", "half a sent")
    writer.open()
    key = re.search(r'name="restored" value="([^"]+)"', writer.page.text)[1]
    writer.send("discard", restored=key)
    assert desk.kept() == []
    assert writer.open().text == TEXT


def test_nobody_throws_away_or_changes_what_others_typed(desk):
    editor, agent = desk.sign_in().open(), desk.sign_in(Role.AGENT).open()
    editor.send("keep", "the editor's")
    key = re.search(r'name="key" value="([^"]+)"', editor.page.text)[1]
    agent.send("discard", restored=key)
    agent.send("keep", "the agent's", key=key)
    assert desk.kept() == ["the editor's"]


def test_two_people_on_one_draft_get_a_conflict_and_lose_nothing(desk):
    ada, bob = desk.sign_in().open(), desk.sign_in(Role.AGENT).open()
    ada.send("save", TEXT + "Ada's <b>end</b>.\n")
    response = bob.send("save", TEXT + "Bob's end.\n")
    assert response.status_code == 409
    assert bob.text == TEXT + "Bob's end.\n"
    assert "Ada&#39;s &lt;b&gt;end&lt;/b&gt;." in response.text
    assert 'class="diff__new">+Bob' in response.text
    assert desk.on_branch().endswith("Ada's <b>end</b>.\n")
    assert bob.send("save", TEXT + "Both ends.\n").status_code == 303
    assert desk.on_branch().endswith("Both ends.\n")


def test_changes_of_other_lines_are_offered_as_one_text(desk):
    ada, bob = desk.sign_in().open(), desk.sign_in(Role.AGENT).open()
    ada.send("save", TEXT.replace("Gift", "A gift", 1))
    response = bob.send("save", TEXT + "Bob's <end>.\n", note="the end")
    offered = response.text.partition('role="alert"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', offered))
    both = html.unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", offered, re.S)[1])
    assert both == TEXT.replace("Gift", "A gift", 1) + "Bob's <end>.\n"
    bob.page = bob.client.post("/staff/drafts/preview", data={**fields, "text": both})
    assert desk.kept() == [both]
    assert bob.send("save", note="the end").status_code == 303
    assert desk.on_branch() == both


def test_somebody_at_work_is_named(desk):
    desk.sign_in(Role.AGENT).open().send("keep", "typing")
    assert "is working on this draft, too" in desk.sign_in().open().page.text
    desk.clock.advance(timedelta(minutes=16))
    assert "is working on this draft" not in Writer.open(desk_writer(desk)).page.text


def desk_writer(desk):
    return desk.sign_in(Role.ADMINISTRATOR)


def test_a_deleted_branch_is_made_again(desk):
    writer = desk.sign_in().open()
    run_git(desk.repository, "branch", "-q", "-D", "faq/7-gift")
    assert writer.send("save", "my text").status_code == 409
    assert "Make the branch again" in writer.page.text
    assert "my text" in writer.open().text
    assert writer.send("save", recreate="1").status_code == 303
    assert desk.on_branch() == "my text"


def test_a_force_pushed_branch_is_a_conflict(desk):
    writer = desk.sign_in().open()
    run_git(desk.repository, "branch", "-q", "-f", "faq/7-gift", "main")
    run_git(desk.repository, "checkout", "-q", "faq/7-gift")
    (desk.repository / "care" / "gift.md").write_text("rewritten\n")
    run_git(desk.repository, "add", "-A")
    run_git(desk.repository, "commit", "-q", "-m", "rewritten")
    response = writer.send("save", "my text")
    assert response.status_code == 409
    assert "The branch was rewritten" in response.text
    assert desk.on_branch() == "rewritten\n"
    assert writer.text == "my text"


def test_the_preview_shows_html_and_problems_with_lines(desk):
    writer = desk.sign_in().open()
    text = TEXT + "\n[nowhere](none.md) and [there](descale.md) <script>alert(1)</script>\n"
    page = writer.send("preview", text).text
    assert 'href="/articles/descale"' in page
    assert "broken-link" in page
    assert 'data-line="8"' in page
    assert "alert(1)" not in page.partition("data-preview-content")[2]
    assert writer.get("/articles/gift").status_code == 404
    assert desk.kept() == [text]
    part = writer.client.post("/staff/drafts/preview?part=1", data=self_fields(writer, text)).text
    assert part.strip().startswith("<h3>")


def self_fields(writer, text):
    form = writer.page.text[writer.page.text.index("data-draft") :]
    return {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)), "text": text}


def test_a_text_that_cannot_be_published_still_has_a_preview(desk):
    page = desk.sign_in().open().send("preview", "---\ntitle: a: b\n---\n**Bold**\n").text
    assert "<strong>Bold</strong>" in page
    assert "not valid YAML" in page


def test_a_hostile_text_stalls_nobody(desk):
    started = time.monotonic()
    page = desk.sign_in().open().send("preview", "[" * 60_000 + "\n" + "> " * 5_000).text
    assert time.monotonic() - started < 25
    assert "render-failed" in page or "took longer" in page


def wait_until_live(writer, location):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        page = writer.get(location).text
        if 'data-publishing="waiting"' not in page:
            return page
        time.sleep(0.2)
    raise AssertionError("not published within a minute")


def test_the_button_publishes(desk):
    writer = desk.sign_in().open()
    response = writer.send("publish", TEXT + "Really.\n")
    assert response.status_code == 303
    page = wait_until_live(writer, response.location)
    assert "It is live" in page
    deadline = time.monotonic() + 10
    while "Really." not in (live := desk.app.test_client().get("/articles/gift").text):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "We wrap it." in live
    text = run_git(desk.repository, "show", "main:care/gift.md")
    assert text == TEXT.replace("state: draft", "state: published") + "Really.\n"
    assert run_git(desk.repository, "status", "--porcelain") == ""
    assert desk.services.generations.current().library.find_summary("gift").topic == 7
    assert "There is no draft" in writer.get("/staff/drafts").text


def test_agents_cannot_publish(desk):
    agent = desk.sign_in(Role.AGENT).open()
    assert "Save and publish" not in agent.page.text
    assert agent.send("publish").status_code == 403
    assert "care/gift.md" not in run_git(desk.repository, "ls-tree", "-r", "--name-only", "main")


def test_errors_keep_a_draft_from_being_published(desk):
    writer = desk.sign_in().open()
    response = writer.send("publish", TEXT.replace("topic: 7", "number: x"))
    assert response.status_code == 422
    assert "mend the errors first" in response.text
    assert "care/gift.md" not in run_git(desk.repository, "ls-tree", "-r", "--name-only", "main")


def test_a_merge_conflict_is_shown_by_file(desk):
    writer = desk.sign_in().open()
    (desk.repository / "care" / "gift.md").write_text("another\n")
    run_git(desk.repository, "add", "-A")
    run_git(desk.repository, "commit", "-q", "-m", "another article of this name")
    before = run_git(desk.repository, "rev-parse", "main")
    response = writer.send("publish")
    assert response.status_code == 409
    assert "<li><code>care/gift.md</code></li>" in response.text
    assert run_git(desk.repository, "rev-parse", "main") == before


def test_merging_by_hand_works_as_well(desk):
    run_git(desk.repository, "merge", "-q", "faq/7-gift")
    file = desk.repository / "care" / "gift.md"
    file.write_text(file.read_text().replace("draft", "published"))
    run_git(desk.repository, "commit", "-q", "-am", "publish")
    build_publisher(desk.settings, desk.clock).publish()
    assert "There is no draft" in desk.sign_in().get("/staff/drafts").text


@pytest.mark.parametrize(
    ("branch", "path"),
    [
        ("main", "care/descale.md"),
        ("faq/7-gift", "../../etc/passwd.md"),
        ("faq/7-gift", "care/.git/x.md"),
        ("faq/7-gift", "care/gift.yml"),
        ("--output=x", "care/gift.md"),
        ("faq/../main", "care/gift.md"),
        ("faq/7-gift", "care/none.md"),
        ("faq/9-none", "care/gift.md"),
    ],
)
def test_only_drafts_can_be_opened(desk, branch, path):
    writer = desk.sign_in().open()
    response = writer.client.get(
        "/staff/drafts/edit", query_string={"branch": branch, "path": path}
    )
    assert response.status_code == 404


def test_only_drafts_can_be_saved(desk):
    writer = desk.sign_in().open()
    for fields in ({"branch": "main"}, {"path": "../x.md"}):
        for action in ("keep", "save", "preview", "publish"):
            assert writer.send(action, **fields).status_code == 404
    assert writer.send("save", "x", commit="--all").status_code == 409
    assert writer.client.post("/staff/drafts/save", data={}).status_code == 400


def test_without_git_the_page_says_so(site, editor):
    page = editor.get("/staff/drafts").text
    assert "Drafts" in page
