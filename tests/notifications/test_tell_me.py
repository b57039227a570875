"""Somebody searches in vain, leaves an address, and is told: once, and only after a yes."""

import html
import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.notifications.models import Answer
from kb.storage.search_log_file import to_ms
from tests.mail.test_address import HOSTILE
from tests.staff.browsers import Staff

QUESTION = "zzgift zzwrap paper"
EMAIL = "ben.customer@example.com"
ARTICLE = "descale-a-kettle"


@pytest.fixture
def waiting(asker, read_mails, link_in):
    """Somebody whose request is confirmed; the path that confirmed it."""
    asker.ask(QUESTION, EMAIL)
    path = link_in(read_mails()[-1], "tell-me/confirm")
    assert asker.post(path).status_code == 200
    return path


def find_topic(site):
    site.services.content_gaps.refresh()
    today = site.clock.now().date()
    return site.services.content_gaps.list_topics(today, today)[0].id


def answer_topic(site, topic_id):
    site.services.content_gaps.triage.answer(topic_id, ARTICLE, "ada@example.com")
    return site.services.notifications.notify_answered(
        topic_id, "Descale a kettle", f"/articles/{ARTICLE}"
    )


def test_from_the_form_to_the_answer(told_site, asker, read_mails, link_in, rows):
    answer = asker.ask(QUESTION, EMAIL)
    assert (answer.status_code, answer.location) == (303, "/tell-me/sent")
    (confirmation,) = read_mails()
    assert confirmation["To"] == EMAIL
    assert "zzgift" not in confirmation.as_string(), "anybody can type any text to any address"
    path = link_in(confirmation, "tell-me/confirm")
    assert QUESTION in asker.get(path).text
    assert rows("tell_me_requests")[0]["is_confirmed"] == 0, "opening a link confirms nothing"
    assert "We will tell you" in asker.post(path).text
    topic_id = find_topic(told_site)
    assert told_site.services.notifications.count_waiting(topic_id) == 1
    assert answer_topic(told_site, topic_id) == 1
    _, told = read_mails()
    assert told["To"] == EMAIL
    assert told["Subject"] == "Answered: Descale a kettle"
    assert f"https://help.example.com/articles/{ARTICLE}" in told.get_content()
    assert QUESTION in told.get_content()
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert rows("tell_me_requests") == []
    assert rows("outbox") == []
    assert answer_topic(told_site, topic_id) == 0
    assert len(read_mails()) == 2, "one mail, however often it is answered"


def test_both_mails_are_in_the_language_of_the_form(told_site, asker, read_mails, link_in):
    asker.client.set_cookie("lang", "de")
    asker.ask(QUESTION, EMAIL)
    (first,) = read_mails()
    assert "Bitte bestätigen Sie" in first.get_content()
    asker.post(link_in(first, "tell-me/confirm"))
    assert answer_topic(told_site, find_topic(told_site)) == 1
    told = read_mails()[-1]
    assert told["Subject"] == "Beantwortet: Descale a kettle"
    assert "Guten Tag" in told.get_content()


def test_no_file_holds_the_address_afterwards(told_site, waiting, read_mails):
    def find_address() -> list[str]:
        paths = told_site.settings.database.parent.rglob("*")
        return [p.name for p in paths if p.is_file() and b"ben.customer" in p.read_bytes()]

    assert find_address()
    answer_topic(told_site, find_topic(told_site))
    read_mails()
    assert find_address() == []


def test_unconfirmed_requests_are_gone_after_two_days(told_site, asker, read_mails, link_in, rows):
    asker.ask(QUESTION, EMAIL)
    path = link_in(read_mails()[0], "tell-me/confirm")
    told_site.clock.advance(timedelta(hours=47))
    assert told_site.services.notifications.maintain() == 0
    assert asker.get(path).status_code == 200
    told_site.clock.advance(timedelta(hours=2))
    assert asker.get(path).status_code == 404
    assert asker.post(path).status_code == 404
    assert told_site.services.notifications.maintain() == 1
    assert rows("tell_me_requests") == []


def test_an_unconfirmed_request_is_told_nothing(told_site, asker, read_mails):
    asker.ask(QUESTION, EMAIL)
    assert answer_topic(told_site, find_topic(told_site)) == 0
    assert len(read_mails()) == 1


def test_a_confirmed_request_is_gone_after_its_days(told_site, waiting, rows):
    told_site.clock.advance(timedelta(days=179))
    assert told_site.services.notifications.maintain() == 0
    told_site.clock.advance(timedelta(days=2))
    assert told_site.services.notifications.maintain() == 1
    assert rows("tell_me_requests") == []


def test_withdrawing_deletes_the_address_and_what_waits(
    told_site, asker, waiting, rows, mail_server, read_mails
):
    store = told_site.services.notifications._store
    request = store.find_by_key(rows("tell_me_requests")[0]["key"])
    path = f"/tell-me/withdraw/{told_site.services.notifications.make_withdraw_token(request)}"
    assert asker.get(path).status_code == 200
    assert len(rows("tell_me_requests")) == 1, "opening a link withdraws nothing"
    told_site.services.outbox.stop()
    mail_server.stop()
    answer_topic(told_site, find_topic(told_site))
    assert len(rows("outbox")) == 1
    # What a mail program sends by itself: no cookie, no token, no page before (RFC 8058).
    one_click = told_site.app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert rows("outbox") == []
    mail_server.start()
    assert len(read_mails()) == 1, "only the confirmation was ever sent"
    assert asker.post(path).status_code == 200, "a second time it is done already"


def test_the_link_of_the_last_mail_withdraws_too(told_site, waiting, asker, read_mails):
    answer_topic(told_site, find_topic(told_site))
    url = read_mails()[-1]["List-Unsubscribe"].strip("<>")
    path = url.removeprefix("https://help.example.com")
    assert asker.get(path).status_code == 200
    assert asker.post(path).status_code == 200


@pytest.mark.parametrize("kind", ("confirm", "withdraw"))
def test_forged_links_do_nothing(asker, waiting, rows, kind):
    key = rows("tell_me_requests")[0]["key"]
    for token in ("x", f"{key}.", f"{key}." + "0" * 32, key, "é" * 50, "x" * 3_000):
        for answer in (
            asker.get(f"/tell-me/{kind}/{token}"),
            asker.post(f"/tell-me/{kind}/{token}"),
        ):
            assert answer.status_code == 404
            assert "no longer good" in answer.text
    assert len(rows("tell_me_requests")) == 1


def test_a_confirm_link_does_not_withdraw(asker, waiting, rows):
    assert asker.post(waiting.replace("confirm", "withdraw")).status_code == 404
    assert len(rows("tell_me_requests")) == 1


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(asker, waiting, read_mails):
    again, fresh = asker.ask(QUESTION, EMAIL.upper()), asker.ask(QUESTION, "eve@example.com")
    assert (again.status_code, again.location, again.data) == (
        fresh.status_code, fresh.location, fresh.data,
    )  # fmt: skip
    assert [mail["To"] for mail in read_mails()] == [EMAIL, "eve@example.com"]


def test_asking_again_before_the_yes_sends_the_link_again(asker, read_mails, link_in, rows):
    asker.ask(QUESTION, EMAIL)
    asker.ask(QUESTION, EMAIL)
    asker.ask(QUESTION.upper() + "?", EMAIL)
    assert len(rows("tell_me_requests")) == 1
    links = {link_in(mail, "tell-me/confirm") for mail in read_mails()}
    assert len(links) == 1


@pytest.mark.parametrize("email", HOSTILE, ids=ascii)
def test_hostile_addresses_send_nothing_and_say_what_to_do(asker, mail_server, rows, email):
    answer = asker.ask(QUESTION, email)
    assert answer.status_code == 422
    assert "name@example.com" in answer.text
    assert 'aria-invalid="true" aria-describedby="tell-me-hint tell-me-email-error"' in answer.text
    assert rows("outbox") == [] and rows("tell_me_requests") == []
    assert mail_server.mails == []


def test_personal_data_in_the_text_is_not_kept(asker, waiting, read_mails, rows, link_in):
    asker.ask("refund for eve@secret.example.com order 4938271650 zz", "eve@example.com")
    path = link_in(read_mails()[-1], "tell-me/confirm")
    asker.post(path)
    (kept,) = (row for row in rows("tell_me_requests") if row["email"] == "eve@example.com")
    assert kept["text"] == "refund for [email] order [number] zz"
    assert "4938271650" not in str(rows("wordings"))


def test_a_template_in_the_text_is_text(told_site, asker, read_mails, link_in):
    asker.ask("zz{{ 7*7 }} {% raw %} <b>zz</b>", EMAIL)
    page = asker.get(link_in(read_mails()[0], "tell-me/confirm")).text
    assert "{{ 7*7 }}" in page and "<b>zz" not in page


def test_a_form_without_its_token_or_text_is_refused(asker, rows):
    assert asker.ask(QUESTION, EMAIL, token="").status_code == 400
    answer = asker.ask(QUESTION, EMAIL, q="\u200b")
    assert answer.status_code == 422
    assert "Say what you searched for" in answer.text
    assert rows("outbox") == []


def test_a_form_from_another_site_is_refused(told_site, asker, rows):
    page = told_site.app.test_client()
    answer = page.post("/tell-me", data={"q": "x"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400


def test_programs_that_fill_in_everything_get_nothing(asker, rows):
    answer = asker.ask(QUESTION, EMAIL, website="https://spam.example")
    assert (answer.status_code, answer.location) == (303, "/tell-me/sent")
    assert rows("tell_me_requests") == [] and rows("outbox") == []


def test_an_address_and_a_mailbox_have_their_limits(mail_settings, clock, mail_server):
    from tests.notifications.conftest import Asker

    services = build_services(replace(mail_settings, rate_limit=True), clock)
    asker = Asker(create_app(services))
    try:
        codes = [asker.ask(f"zz question {n}", EMAIL).status_code for n in range(11)]
        assert codes == [303] * 10 + [429]
        services.outbox.deliver()
        assert len(mail_server.mails) == 3, "nobody's mailbox is filled"
        # From elsewhere the mailbox is as full, and the page says the same as ever.
        other = Asker(create_app(services), **{"X-Forwarded-For": "203.0.113.9"})
        other.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
        assert other.ask("zz another one", EMAIL).location == "/tell-me/sent"
        services.outbox.deliver()
        assert len(mail_server.mails) == 3
    finally:
        services.outbox.stop()
        services.generations.close()


def test_nothing_is_offered_without_mail(site, settings):
    page = site.client.get("/search?q=zzgift").text
    assert "/tell-me" not in page
    assert site.client.get("/tell-me?q=zzgift").status_code == 404
    assert site.client.post("/tell-me", data={"email": EMAIL}).status_code == 404


def test_the_form_stands_where_a_search_failed_and_a_link_to_it_elsewhere(asker):
    assert 'action="/tell-me"' in asker.search("zzgift zzwrap").text
    page = asker.search("descale kettle & more").text
    assert 'action="/tell-me"' not in page
    link = re.search(r'href="(/tell-me\?q=[^"]+)"', page)[1]
    assert 'name="q" value="descale kettle &amp; more"' in asker.get(html.unescape(link)).text


def test_nothing_in_its_row_leads_to_a_visit(asker, waiting, rows, told_site):
    (row,) = rows("tell_me_requests")
    assert set(row) == {
        "key", "email", "text", "normalised", "topic_id", "is_confirmed", "expires_at",
        "language",  # one of the few of the interface
    }  # fmt: skip
    assert row["expires_at"] % 3_600_000 == 0, "no time finer than an hour"
    visit = asker.visit
    assert visit and visit not in str(row)


def test_a_topic_that_comes_later_or_is_merged(told_site, waiting, rows):
    notifications = told_site.services.notifications
    topic_id = find_topic(told_site)
    database = notifications._store._file
    with database.transaction() as connection:
        connection.conn.execute(
            "INSERT INTO topics (state, created_at) VALUES ('new', ?)",
            (to_ms(told_site.clock.now()),),
        )
        kept = connection.conn.execute("SELECT max(id) FROM topics").fetchone()[0]
        connection.conn.execute("UPDATE topics SET merged_into = ? WHERE id = ?", (kept, topic_id))
    assert notifications.count_waiting(topic_id) == 0
    assert notifications.count_waiting_by_topic([topic_id, kept]) == {kept: 1}
    assert notifications.notify_answered(topic_id, "x", "/articles/x") == 0
    assert notifications.notify_answered(kept, "x", "/articles/x") == 1


def test_a_wording_that_moves_to_another_topic_takes_its_people_along(told_site, waiting):
    notifications = told_site.services.notifications
    find_topic(told_site)
    with notifications._store.transaction() as database:
        database.conn.execute("INSERT INTO topics (state, created_at) VALUES ('new', 0)")
        other = database.conn.execute("SELECT max(id) FROM topics").fetchone()[0]
        database.conn.execute("UPDATE wordings SET topic_id = ?", (other,))
    assert notifications.count_waiting(other) == 1


def test_retention_of_searches_forgets_nobody(told_site, waiting, rows):
    topic_id = find_topic(told_site)
    notifications = told_site.services.notifications
    notifications.notify_all_answered(lambda slug: None)
    told_site.clock.advance(timedelta(days=100))
    told_site.services.search_log.maintain()
    assert rows("wordings") == []
    assert notifications.count_waiting(topic_id) == 1
    notifications.notify_all_answered(lambda slug: None)
    assert len(rows("wordings")) == 1, "so that the next who asks meets the same topic"


def test_whoever_was_answered_and_still_asks_waits_too(told_site, asker, read_mails, link_in):
    # A hit was opened, so the log knows of no failure; a topic is needed all the same.
    asker.search("zzgift zzbox")
    with told_site.services.notifications._store.transaction() as database:
        database.conn.execute("UPDATE searches SET failed = 0")
        database.conn.execute("UPDATE wordings SET failed = 0")
    asker.ask("zzgift zzbox", EMAIL)
    with told_site.services.notifications._store.transaction() as database:
        database.conn.execute("UPDATE wordings SET failed = 0, topic_id = NULL")
    asker.post(link_in(read_mails()[-1], "tell-me/confirm"))
    told_site.services.content_gaps.refresh()
    with told_site.services.notifications._store.transaction() as database:
        (topic_id,) = database.conn.execute("SELECT topic_id FROM wordings").fetchone()
    assert told_site.services.notifications.count_waiting(topic_id) == 1


def test_agents_see_how_many_wait_and_never_who(told_site, waiting):
    topic_id = find_topic(told_site)
    page = Staff(told_site, Role.AGENT).get(f"/staff/unanswered/{topic_id}").text
    assert "1 customer waits to be told" in page
    assert "ben.customer" not in page


def test_the_job_tells_of_what_nobody_told_of(told_site, waiting, read_mails, mail_settings):
    topic_id = find_topic(told_site)
    told_site.services.content_gaps.triage.answer(topic_id, "not-there-yet", "ada@example.com")
    published = {}
    notifications = told_site.services.notifications
    assert notifications.notify_all_answered(published.get) == 0, "the article is not published"
    published["not-there-yet"] = Answer("Gift wrap", "/articles/not-there-yet")
    assert notifications.notify_all_answered(published.get) == 1
    assert notifications.notify_all_answered(published.get) == 0
    assert read_mails()[-1]["Subject"] == "Answered: Gift wrap"


def test_a_title_cannot_write_headers(told_site, waiting, read_mails):
    topic_id = find_topic(told_site)
    title = "Gift\r\nBcc: eve@example.com\u2028X: y"
    assert told_site.services.notifications.notify_answered(topic_id, title, "/articles/x") == 1
    mail = read_mails()[-1]
    assert mail["Bcc"] is None and mail["X"] is None
    assert mail["Subject"] == "Answered: Gift Bcc: eve@example.com X: y"


def test_while_no_mail_can_be_sent_people_go_on_waiting(
    told_site, waiting, rows, mail_settings, clock
):
    topic_id = find_topic(told_site)
    services = build_services(replace(mail_settings, mail_sender="off"), clock)
    assert services.notifications.notify_answered(topic_id, "x", "/articles/x") == 0
    assert len(rows("tell_me_requests")) == 1
    services.generations.close()


def test_two_at_once_tell_everybody_once(told_site, waiting, read_mails):
    topic_id = find_topic(told_site)
    told = []
    threads = [
        threading.Thread(target=lambda: told.append(answer_topic(told_site, topic_id)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0, 0, 0, 1]
    assert len(read_mails()) == 2
