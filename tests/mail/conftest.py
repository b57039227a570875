"""An outbox on a real database, with a real mail server and a clock that tests move."""

from datetime import UTC, datetime
from email.headerregistry import Address

import pytest

from kb.clock import FixedClock
from kb.mail.models import Channel, Message
from kb.mail.outbox import Outbox
from kb.mail.senders.null import NullSender
from kb.mail.senders.smtp import SmtpSender, SmtpServer
from kb.storage.migrations import migrations
from kb.storage.outbox import SqliteOutboxStore
from kb.storage.sqlite import SqliteFile

from .servers import MailServer, Webhook

FROM = Address("Kettle & Co", addr_spec="help@example.com")


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 23, 9, tzinfo=UTC))


@pytest.fixture
def file(tmp_path):
    file = SqliteFile(tmp_path / "helpshelf.db", migrations=migrations)
    file.connection()
    yield file
    file.close()


@pytest.fixture
def store(file):
    return SqliteOutboxStore(file)


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
def make_smtp():
    def make(server, *, user="", password="", tls="off"):
        return SmtpSender(SmtpServer("127.0.0.1", server.port, user, password, tls), FROM)

    return make


@pytest.fixture
def make_outbox(store, clock):
    def make(mail=None, webhook=None):
        senders = {Channel.MAIL: mail or NullSender(), Channel.WEBHOOK: webhook or NullSender()}
        return Outbox(store, senders, clock, "example.com")

    return make


@pytest.fixture
def outbox(make_outbox, make_smtp, mail_server):
    return make_outbox(make_smtp(mail_server))


@pytest.fixture
def post(file):
    """Posts a message in a transaction of its own."""

    def run(outbox, **values):
        message = {"kind": "test", "recipient": "ben@example.com", "subject": "Hello",
                   "body": "How are you?\n"} | values  # fmt: skip
        with file.transaction():
            outbox.post(Message(**message))

    return run
