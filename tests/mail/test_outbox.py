"""Mails are sent if and only if what they tell has happened, whatever the mail server does."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import timedelta

import pytest

from kb.errors import DatabaseError
from kb.mail.models import Channel, DeliveryReport, Message
from kb.mail.outbox import GIVE_UP_AFTER, LONGEST_PAUSE

from .servers import MailServer

HOUR = timedelta(hours=1)


def deliver_for(outbox, clock, span, step=timedelta(minutes=1)):
    """Run rounds while the clock moves on; the reports added up."""
    sent = given_up = 0
    for _ in range(int(span / step)):
        clock.advance(step)
        report = outbox.deliver()
        sent, given_up = sent + report.sent, given_up + report.given_up
    return sent, given_up


def test_a_mail_arrives_with_the_headers_that_machines_and_people_need(outbox, post, mail_server):
    post(outbox, unsubscribe_url="https://help.example.com/off/x", subject="Grüße: “done”")
    assert outbox.deliver() == DeliveryReport(sent=1)
    (mail,) = mail_server.mails
    assert mail_server.recipients == ["ben@example.com"]
    assert mail["From"] == "Kettle & Co <help@example.com>"
    assert mail["To"] == "ben@example.com"
    assert mail["Subject"] == "Grüße: “done”"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://help.example.com/off/x>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Date"].datetime.isoformat() == "2026-11-23T09:00:00+00:00"
    assert mail.get_content().splitlines() == ["How are you?"]


def test_a_mail_goes_with_the_transaction_that_causes_it(outbox, file, post, mail_server):
    with pytest.raises(ZeroDivisionError), file.transaction():
        outbox.post(Message("test", "text", recipient="ben@example.com", subject="x"))
        1 / 0  # noqa: B018
    assert outbox.deliver() == DeliveryReport()
    assert mail_server.mails == []
    with pytest.raises(RuntimeError, match="in the transaction"):
        outbox.post(Message("test", "text", recipient="ben@example.com", subject="x"))


def test_nothing_is_kept_of_what_was_delivered(outbox, post, mail_server, tmp_path):
    post(outbox, recipient="secret.person@example.com", body="a private matter\n")
    assert any(b"secret.person" in path.read_bytes() for path in tmp_path.iterdir())
    outbox.deliver()
    assert len(mail_server.mails) == 1
    for path in tmp_path.iterdir():
        assert b"secret.person" not in path.read_bytes(), path
        assert b"a private matter" not in path.read_bytes(), path


def test_a_mail_server_that_is_down_for_an_hour_loses_nothing(make_outbox, make_smtp, post, clock):
    server = MailServer()
    outbox = make_outbox(make_smtp(server))
    for number in range(20):
        post(outbox, recipient=f"p{number}@example.com")
    assert deliver_for(outbox, clock, HOUR) == (0, 0)
    state = outbox.get_state()
    assert state.waiting == 20
    assert "cannot be used" in state.problem and str(server.port) in state.problem
    server.start()
    try:
        assert deliver_for(outbox, clock, LONGEST_PAUSE) == (20, 0)
        assert sorted(server.recipients) == sorted(f"p{number}@example.com" for number in range(20))
        assert deliver_for(outbox, clock, HOUR) == (0, 0)
    finally:
        server.stop()


def test_while_it_is_down_each_round_tries_it_once(make_outbox, clock, post):
    class Down:
        """Counts attempts: how often a dead server is bothered can be seen nowhere else."""

        can_send = True
        attempts = 0

        def send(self, waiting):
            from kb.mail.sender import SenderUnavailable

            self.attempts += 1
            raise SenderUnavailable("down")

        def close(self):
            pass

    down = Down()
    outbox = make_outbox(down)
    for _ in range(10):
        post(outbox)
    outbox.deliver()
    assert down.attempts == 1
    deliver_for(outbox, clock, HOUR)
    assert down.attempts < 20


def test_4xx_is_tried_again_and_holds_up_nobody_else(outbox, post, clock, mail_server):
    mail_server.reply_to_recipient["ben@example.com"] = "451 greylisted, ben@example.com"
    post(outbox)
    post(outbox, recipient="eve@example.com")
    assert outbox.deliver() == DeliveryReport(sent=1, postponed=1)
    assert mail_server.recipients == ["eve@example.com"]
    assert outbox.get_state().problem == "451 greylisted, [email]"
    assert outbox.deliver() == DeliveryReport(), "not before its time"
    mail_server.reply_to_recipient.clear()
    clock.advance(timedelta(minutes=1))
    assert outbox.deliver() == DeliveryReport(sent=1)


def test_4xx_of_the_text_is_tried_again(outbox, post, clock, mail_server):
    mail_server.reply_to_text = "452 disk full"
    post(outbox)
    assert outbox.deliver() == DeliveryReport(postponed=1)
    mail_server.reply_to_text = ""
    assert deliver_for(outbox, clock, HOUR) == (1, 0)


def test_5xx_is_given_up_with_its_reason_and_without_the_address(
    outbox, post, mail_server, tmp_path
):
    mail_server.reply_to_recipient["ben@example.com"] = "550 5.1.1 <ben@example.com>: no such user"
    post(outbox, body="a private matter\n")
    post(outbox, recipient="eve@example.com")
    assert outbox.deliver() == DeliveryReport(sent=1, given_up=1)
    state = outbox.get_state()
    (entry,) = state.given_up
    assert (state.waiting, entry.recipient) == (0, "")
    assert entry.problem == "550 5.1.1 [email]: no such user"
    for path in tmp_path.iterdir():
        assert b"ben@" not in path.read_bytes()
        assert b"a private matter" not in path.read_bytes()


def test_staff_stay_on_record_and_the_record_ends(outbox, post, clock, mail_server):
    mail_server.reply_to_recipient["ben@example.com"] = "550 no such user"
    post(outbox, is_to_staff=True)
    outbox.deliver()
    assert outbox.get_state().given_up[0].recipient == "ben@example.com"
    clock.advance(timedelta(days=31))
    outbox.deliver()
    assert outbox.get_state().given_up == ()


def test_what_is_refused_for_days_is_given_up(outbox, post, clock, mail_server):
    mail_server.reply_to_recipient["ben@example.com"] = "451 try later"
    post(outbox)
    before = deliver_for(outbox, clock, GIVE_UP_AFTER - HOUR, step=HOUR)
    assert before == (0, 0)
    assert deliver_for(outbox, clock, 2 * HOUR, step=HOUR) == (0, 1)
    assert outbox.get_state().given_up[0].problem == "not delivered in 5 days: 451 try later"


def test_a_clock_that_was_set_back_stops_no_mail(outbox, post, clock, mail_server):
    clock.advance(timedelta(days=365))
    post(outbox)
    clock.advance(timedelta(days=-365))
    assert outbox.deliver() == DeliveryReport(sent=1)


def test_without_a_way_out_mails_wait(make_outbox, post, make_smtp, mail_server):
    closed = make_outbox()
    assert not closed.can_send()
    post(closed)
    assert closed.deliver() == DeliveryReport()
    assert make_outbox(make_smtp(mail_server)).deliver() == DeliveryReport(sent=1)


def test_only_one_process_delivers(outbox, post, store):
    post(outbox)
    with store.exclusive(wait=True):
        assert outbox.deliver(wait=False) == DeliveryReport()
    assert outbox.deliver(wait=False) == DeliveryReport(sent=1)


def test_a_server_delivers_within_seconds(outbox, post, mail_server):
    outbox.deliver_in_background()
    post(outbox)
    outbox.deliver_soon()
    deadline = time.monotonic() + 5
    while not mail_server.mails and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(mail_server.mails) == 1
    post(outbox)
    outbox.deliver_soon()
    while len(mail_server.mails) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(mail_server.mails) == 2
    outbox.stop()


def test_a_database_that_is_gone_is_an_error_of_ours(outbox, file, tmp_path):
    file.close()
    (tmp_path / "helpshelf.db").write_bytes(b"this is no database" * 1000)
    for name in ("helpshelf.db-wal", "helpshelf.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with pytest.raises(DatabaseError):
        outbox.deliver()


KILLED = """
    import os, signal, sys
    from datetime import UTC, datetime
    from email.headerregistry import Address
    from pathlib import Path
    from kb.clock import SystemClock
    from kb.mail.models import Channel, Message
    from kb.mail.outbox import Outbox
    from kb.mail.senders.null import NullSender
    from kb.mail.senders.smtp import SmtpSender, SmtpServer
    from kb.storage.outbox import SqliteOutboxStore
    from kb.storage.sqlite import SqliteFile

    path, port, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    file = SqliteFile(path)

    class Dying(SmtpSender):
        def send(self, waiting):
            super().send(waiting)
            if when == "sent":
                os.kill(os.getpid(), signal.SIGKILL)

    sender = Dying(SmtpServer("127.0.0.1", port, "", "", "off"), Address(addr_spec="h@example.com"))
    senders = {Channel.MAIL: sender, Channel.WEBHOOK: NullSender()}
    outbox = Outbox(SqliteOutboxStore(file), senders, SystemClock(), "example.com")
    with file.transaction():
        for number in range(3):
            outbox.post(Message("test", "text", recipient=f"p{number}@example.com", subject="x"))
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    if when == "committed":
        os.kill(os.getpid(), signal.SIGKILL)
    outbox.deliver()
"""


@pytest.mark.parametrize(
    ("when", "mails", "duplicates"), [("before", 0, 0), ("committed", 3, 0), ("sent", 3, 1)]
)
def test_kill_9_loses_nothing_and_doubles_one_mail_at_most(
    file, store, make_smtp, mail_server, tmp_path, when, mails, duplicates
):
    from kb.clock import SystemClock
    from kb.mail.outbox import Outbox
    from kb.mail.senders.null import NullSender

    script = textwrap.dedent(KILLED)
    arguments = (str(tmp_path / "helpshelf.db"), str(mail_server.port), when)
    done = subprocess.run([sys.executable, "-c", script, *arguments], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    senders = {Channel.MAIL: make_smtp(mail_server), Channel.WEBHOOK: NullSender()}
    Outbox(store, senders, SystemClock(), "example.com").deliver()
    assert len(set(mail_server.recipients)) == mails
    assert len(mail_server.mails) == mails + duplicates
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == mails
