"""The digest of a week: figures that can be counted by hand, sent once to whoever wants it."""

import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.cli.main import main
from kb.clock import FixedClock
from kb.digest.models import Effect, RegressionFailure, Week
from kb.digest.schedule import due_at, find_due_week
from kb.errors import InvalidInput
from tests.conftest import ROOT
from tests.mail.servers import MailServer, Webhook
from tests.staff.browsers import FIREFOX, PASSWORD, Customer

BASE_URL = "https://help.example.com"
MONDAY = datetime(2026, 11, 9, 10, tzinfo=UTC)
"""Of week 46; the digest of week 47 is due on Monday the 23rd."""
ARTICLE = "descale-a-kettle"


@pytest.fixture
def mail_server():
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def webhook():
    hook = Webhook()
    yield hook
    hook.stop()


@pytest.fixture
def clock():
    return FixedClock(MONDAY)


@pytest.fixture
def make_site(settings, demo_index, mail_server, clock):
    """The application with mail, on one database however often it is made."""
    made = []

    def make(**values):
        chosen = replace(
            settings,
            content_dir=ROOT / "articles",
            index_dir=demo_index,
            base_url=BASE_URL,
            mail_from="help@example.com",
            smtp_host="127.0.0.1",
            smtp_port=mail_server.port,
            smtp_tls="off",
            **values,
        )
        services = build_services(chosen, clock)
        made.append(services)
        return services, create_app(services)

    yield make
    for services in made:
        services.outbox.stop()
        services.generations.close()


def search(app, text, times=1):
    for number in range(times):
        # Browsers of their own: one that asks the same again at once is one customer.
        Customer(app, f"{FIREFOX} {number}").search(text)


def vote(app, slug, helpful):
    customer = Customer(app)
    page = customer.get(f"/articles/{slug}").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    data = {"helpful": helpful, "token": token}
    assert customer.client.post(
        f"/articles/{slug}/vote", data=data, headers=customer.headers
    ).status_code == 303  # fmt: skip


@pytest.fixture
def two_weeks(make_site, clock):
    """Week 46 and 47 of a small help center; the clock stands on the Monday after."""
    services, app = make_site()
    search(app, "zzgift zzwrap", 2)
    search(app, "zzpiano stool", 3)
    clock.advance(timedelta(days=7))
    search(app, "zzgift zzwrap", 4)  # rising: 4 after 2
    search(app, "zzpiano stool", 3)  # as ever
    search(app, "zzalexa zzvoice", 3)  # new
    search(app, "zzmy own secret words", 1)  # new, but of one person
    customer = Customer(app)
    customer.search("descale kettle")
    customer.open(f"/articles/{ARTICLE}")
    vote(app, "track-your-order" if has(services, "track-your-order") else ARTICLE, "no")
    clock.advance(timedelta(days=2))
    services.content_gaps.refresh()
    (topic,) = (t for t in list_topics(services) if "piano" in t.label)
    services.content_gaps.triage.answer(topic.id, ARTICLE, "ada@example.com")
    clock.advance(timedelta(days=2))
    search(app, "zzpiano stool", 1)
    clock.advance(timedelta(days=3))
    return services, app


def has(services, slug):
    return services.generations.current().library.find_summary(slug) is not None


def list_topics(services):
    today = services.clock.now().date()
    return services.content_gaps.list_topics(today - timedelta(days=30), today)


def test_the_figures_of_a_week(two_weeks):
    services, _ = two_weeks
    digest = services.digest.build(Week(2026, 47))
    assert digest.week.first == date(2026, 11, 16)
    assert (digest.rates.searches, digest.rates_before.searches) == (13, 5)
    assert (digest.rates.failed, digest.rates_before.failed) == (12, 5)
    assert digest.rates.success_rate == pytest.approx(1 / 13)
    assert digest.rates_before.success_rate == 0
    assert [(t.label, t.visits, t.visits_before) for t in digest.rising] == [
        ("zzgift zzwrap", 4, 2)
    ]
    assert [(t.label, t.visits) for t in digest.new] == [("zzalexa zzvoice", 3)]
    assert digest.new_topics == 2
    ((answered,), (article,)) = digest.answered, digest.unhelpful
    assert (answered.label, answered.slug) == ("zzpiano stool", ARTICLE)
    assert answered.effect == Effect(days=4, failed_before=3, failed_after=1)
    assert (article.unhelpful, article.helpful) == (1, 0)
    assert digest.regressions == ()


def test_what_one_person_typed_stays_in_the_staff_area(two_weeks):
    services, _ = two_weeks
    digest = services.digest.build(Week(2026, 47))
    assert "secret" not in services.digest.render(digest).text
    assert "at least 3 visits" in services.digest.render(digest).text


def test_other_parts_can_be_plugged_in(two_weeks):
    services, _ = two_weeks
    digests = services.digest
    failure = RegressionFailure("late parcel", ARTICLE, "place 7 instead of 1, behind “x”")
    digests._sources = replace(
        digests._sources,
        measure_effect=lambda topic: Effect(14, 40, 2),
        list_regressions=lambda week: [failure],
    )
    digest = digests.build(Week(2026, 47))
    assert digest.answered[0].effect == Effect(14, 40, 2)
    assert digest.regressions == (failure,)
    assert "late parcel (descale-a-kettle): place 7" in digests.render(digest).text


def test_it_is_sent_once_to_everybody_who_wants_it(two_weeks, mail_server):
    services, _ = two_weeks
    accounts = services.accounts
    accounts.add("agent@example.com", Role.AGENT, PASSWORD)
    off = accounts.add("off@example.com", Role.EDITOR, PASSWORD)
    accounts.add("gone@example.com", Role.EDITOR, PASSWORD)
    accounts.disable("gone@example.com")
    services.digest.set_wanted(off.id, False)
    first, second = services.digest.send(), services.digest.send()
    assert (first.is_sent, first.mails, str(first.week)) == (True, 1, "2026-W47")
    assert (second.is_sent, second.reason) == (False, "it was sent before")
    services.outbox.deliver()
    (mail,) = mail_server.mails
    assert mail["To"] == "agent@example.com"
    text = mail.get_content()
    assert "zzgift zzwrap" in text and f"{BASE_URL}/staff/unanswered/" in text
    assert "Searches answered: 8% (week before: 0%)" in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_link_in_it_ends_it_without_signing_in(two_weeks, mail_server):
    services, app = two_weeks
    account = services.accounts.add("agent@example.com", Role.AGENT, PASSWORD)
    services.digest.send()
    services.outbox.deliver()
    path = mail_server.mails[0]["List-Unsubscribe"].strip("<>").removeprefix(BASE_URL)
    stranger = app.test_client()
    assert stranger.get(path).status_code == 200
    assert services.digest.wants_digest(account.id), "opening a link ends nothing"
    answer = stranger.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not services.digest.wants_digest(account.id)
    assert stranger.post(path[:-1] + "x").status_code == 404


def test_everybody_chooses_for_themselves(two_weeks):
    services, app = two_weeks
    account = services.accounts.add("agent@example.com", Role.AGENT, PASSWORD)
    client = app.test_client()
    assert client.get("/account/mails").status_code == 303
    with client.session_transaction() as session:
        session["_user_id"] = services.accounts.sign_in("agent@example.com", PASSWORD)
    page = client.get("/account/mails").text
    assert re.search(r'name="digest" value="yes" checked', page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    assert client.post("/account/mails", data={}).status_code == 400
    assert client.post("/account/mails", data={"csrf_token": token}).status_code == 303
    assert not services.digest.wants_digest(account.id)
    assert "checked" not in client.get("/account/mails").text
    client.post("/account/mails", data={"csrf_token": token, "digest": "yes"})
    assert services.digest.wants_digest(account.id)


def test_the_webhook_gets_it_as_json_and_signed(two_weeks, make_site, webhook):
    services, _ = make_site(webhook_url=webhook.url, webhook_secret="s3cret")
    webhook.answers = [(503, {})]
    result = services.digest.send()
    assert (result.is_sent, result.is_posted, result.mails) == (True, True, 0)
    services.outbox.deliver()
    services.clock.advance(timedelta(minutes=1))
    services.outbox.deliver()
    services.outbox.deliver()
    assert len(webhook.requests) == 2, "retried until it was taken"
    _, headers, body = webhook.requests[-1]
    value = json.loads(body)
    assert value["event"] == "digest"
    assert value["digest"]["week"] == "2026-W47"
    assert value["digest"]["rising"][0]["label"] == "zzgift zzwrap"
    signed = headers["X-Helpshelf-Timestamp"].encode() + b"." + body
    expected = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert headers["X-Helpshelf-Signature"] == f"sha256={expected}"


def test_slack_gets_a_text_in_which_nobody_can_be_called(make_site, webhook, clock):
    services, app = make_site(webhook_url=webhook.url, webhook_format="slack")
    search(app, "zz <!channel> & <https://evil.example|zzhere>", 3)
    clock.advance(timedelta(days=7))
    services.digest.send()
    services.outbox.deliver()
    ((_, _, body),) = webhook.requests
    value = json.loads(body)
    assert list(value) == ["text"]
    assert "&lt;!channel&gt; &amp;" in value["text"]
    assert "<" not in value["text"]


def test_an_empty_week_is_not_worth_a_mail(make_site, mail_server):
    services, _ = make_site()
    services.accounts.add("agent@example.com", Role.AGENT, PASSWORD)
    result = services.digest.send()
    assert (result.is_sent, result.mails) == (False, 0)
    assert "nothing happened" in result.reason
    services.outbox.deliver()
    assert mail_server.mails == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"digest": False}, "KB_DIGEST is off"), ({"mail_sender": "off"}, "neither mail")],
)
def test_it_is_not_sent_when_nobody_wants_it_or_nothing_can_be_sent(make_site, values, reason):
    services, _ = make_site(**values)
    assert reason in services.digest.send().reason
    assert not services.digest.is_mailed


@pytest.mark.parametrize(
    ("now", "day", "hour", "week"),
    [
        ("2026-11-23T06:00", "monday", 6, "2026-W47"),
        ("2026-11-23T05:59", "monday", 6, "2026-W46"),
        ("2026-11-29T23:59", "monday", 6, "2026-W47"),
        ("2026-11-24T12:00", "wednesday", 8, "2026-W46"),
        ("2026-11-25T08:00", "wednesday", 8, "2026-W47"),
        ("2027-01-04T06:00", "monday", 6, "2026-W53"),
        ("2027-01-11T06:00", "monday", 6, "2027-W01"),
    ],
)
def test_which_week_is_due(now, day, hour, week):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert str(find_due_week(at, day, hour)) == week
    assert due_at(Week.parse(week), day, hour) <= at


@pytest.mark.parametrize(
    "text", ("", "2026", "2026-W54", "2026-W00", "2025-W53", "W47", "9999-W99")
)
def test_weeks_that_do_not_exist(text):
    with pytest.raises(InvalidInput, match="2026-W47"):
        Week.parse(text)


@pytest.fixture
def run_kb(monkeypatch, mail_server, tmp_path, demo_index):
    """Runs ``kb`` with mail set up, on a database of its own and the system's clock."""
    for name, value in {
        "KB_CONTENT_DIR": str(ROOT / "articles"),
        "KB_INDEX_DIR": str(demo_index),
        "KB_DATABASE": str(tmp_path / "cli.db"),
        "KB_SECRET_KEY": "only for tests",
        "KB_SEMANTIC": "off",
        "KB_BASE_URL": BASE_URL,
        "KB_MAIL_FROM": "help@example.com",
        "KB_SMTP_HOST": "127.0.0.1",
        "KB_SMTP_PORT": str(mail_server.port),
        "KB_SMTP_TLS": "off",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_kb_digest_prints_it(run_kb):
    result = run_kb("digest", "--week", "2026-W47")
    assert result.exit_code == 0
    assert "November 16, 2026 to November 22, 2026" in result.stdout
    value = json.loads(run_kb("digest", "--json").stdout)
    assert set(value) == {
        "week", "since", "until", "rates", "rates_before", "new_topics", "new", "rising",
        "answered", "unhelpful", "regressions",
    }  # fmt: skip
    assert run_kb("digest", "--week", "2026-W60").exit_code == 2
    sent = json.loads(run_kb("digest", "--send", "--json").stdout)
    assert (sent["sent"], sent["mails"]) == (False, 0)


def test_kb_mail_test_says_what_the_server_answered(run_kb, mail_server, monkeypatch):
    assert run_kb("mail", "test", "ben@example.com").exit_code == 0
    assert mail_server.recipients == ["ben@example.com"]
    mail_server.reply_to_recipient["ben@example.com"] = "550 no such user"
    refused = run_kb("mail", "test", "ben@example.com")
    assert refused.exit_code == 1
    assert "550 no such user" in refused.stderr
    assert run_kb("mail", "test", "no address").exit_code == 1


def test_kb_mail_deliver_and_list(run_kb):
    value = json.loads(run_kb("mail", "deliver", "--json").stdout)
    assert value == dict.fromkeys(
        ("told", "expired", "deleted_inquiries", "sent", "postponed", "given_up", "waiting"), 0
    )
    assert json.loads(run_kb("mail", "list", "--json").stdout)["waiting"] == 0
    assert "0 waiting" in run_kb("mail", "list").stdout


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("KB_MAIL_FROM", "", "KB_MAIL_FROM"),
        ("KB_MAIL_FROM", "a@example.com, b@example.com", "KB_MAIL_FROM"),
        ("KB_MAIL_FROM", "a@example.com\r\nBcc: b@example.com", "KB_MAIL_FROM"),
        ("KB_BASE_URL", "", "KB_BASE_URL"),
        ("KB_MAIL_SENDER", "pigeon", "KB_MAIL_SENDER"),
        ("KB_SMTP_TLS", "maybe", "KB_SMTP_TLS"),
        ("KB_WEBHOOK_URL", "file:///etc/passwd", "KB_WEBHOOK_URL"),
        ("KB_DIGEST_DAY", "someday", "KB_DIGEST_DAY"),
    ],
)
def test_settings_that_cannot_work_are_named(run_kb, monkeypatch, variable, value, message):
    monkeypatch.setenv(variable, value)
    result = run_kb("mail", "list")
    assert result.exit_code == 2
    assert message in result.stderr


def test_administrators_see_what_failed(make_site, mail_server):
    services, app = make_site()
    mail_server.reply_to_recipient["agent@example.com"] = "550 5.1.1 no such user"
    search(app, "zzgift")
    services.clock.advance(timedelta(days=7))
    services.accounts.add("agent@example.com", Role.AGENT, PASSWORD)
    services.accounts.add("boss@example.com", Role.ADMINISTRATOR, PASSWORD)
    services.digest.send()
    services.outbox.deliver()
    pages = {}
    for email in ("agent@example.com", "boss@example.com"):
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = services.accounts.sign_in(email, PASSWORD)
        pages[email] = client.get("/staff/mails")
    assert pages["agent@example.com"].status_code == 403
    assert "550 5.1.1 no such user" in pages["boss@example.com"].text
    assert "agent@example.com" in pages["boss@example.com"].text
