"""SMTP with TLS and sign-in, the webhook with its signature, and the console."""

import hashlib
import hmac
import io
import ssl
import subprocess
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult

from kb.mail.models import Channel, DeliveryReport
from kb.mail.senders.console import ConsoleSender
from kb.mail.senders.webhook import WebhookSender

from .conftest import FROM
from .servers import MailServer, free_port


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def accept_ben(server, session, envelope, mechanism, data):
    is_ben = data.login == b"ben" and data.password == b"right"
    return AuthResult(success=is_ben, handled=False)


@pytest.fixture
def tls_server(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = MailServer(
        tls_context=context, require_starttls=True, authenticator=accept_ben, auth_required=True
    ).start()
    yield server
    server.stop()


def test_tls_and_sign_in(tls_server, certificate, monkeypatch, make_smtp, make_outbox, post, clock):
    def deliver(**options):
        clock.advance(timedelta(minutes=20))
        return make_outbox(make_smtp(tls_server, **options)).deliver()

    right = {"user": "ben", "password": "right"}
    outbox = make_outbox()
    post(outbox)
    # Every one of these is the operator's mistake: the mail waits and the reason is shown.
    for options, problem in (
        ({"tls": "off", **right}, "KB_SMTP_TLS"),
        ({"tls": "off"}, "530"),
        ({"tls": "starttls", **right}, "certificate verify failed"),
        ({"tls": "tls", **right}, "WRONG_VERSION_NUMBER"),
    ):
        assert deliver(**options) == DeliveryReport(postponed=1), options
        assert problem in outbox.get_state().problem
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    assert deliver(tls="starttls", user="ben", password="wrong") == DeliveryReport(postponed=1)
    assert "KB_SMTP_PASSWORD" in outbox.get_state().problem
    assert deliver(tls="starttls", **right) == DeliveryReport(sent=1)
    assert tls_server.recipients == ["ben@example.com"]


def test_a_subject_that_would_be_a_header_sends_nothing(outbox, post, mail_server):
    for subject in ("x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\u2028Bcc: e@x.org"):
        post(outbox, subject=subject)
    for recipient in ("ben@example.com\r\nBcc: eve@example.com", "ben@example.com, e@x.org"):
        post(outbox, recipient=recipient)
    report = outbox.deliver()
    assert "eve@example.com" not in mail_server.recipients
    assert all(mail["Bcc"] is None for mail in mail_server.mails)
    assert (report.sent, report.given_up) == (0, 5)


def test_the_console_shows_what_would_be_sent(make_outbox, post):
    stream = io.StringIO()
    outbox = make_outbox(ConsoleSender(FROM, stream))
    post(outbox)
    assert outbox.deliver() == DeliveryReport(sent=1)
    assert "To: ben@example.com" in stream.getvalue()
    assert "How are you?" in stream.getvalue()


def test_the_webhook_is_signed_over_time_and_body(webhook, make_outbox, post, clock):
    outbox = make_outbox(webhook=WebhookSender(webhook.url, "s3cret", clock))
    body = '{"event": "digest", "text": "Grüße"}'
    post(outbox, channel=Channel.WEBHOOK, kind="digest", recipient="", body=body)
    assert outbox.deliver() == DeliveryReport(sent=1)
    ((path, headers, received),) = webhook.requests
    assert path == "/hook"
    assert received.decode() == body
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    timestamp = headers["X-Helpshelf-Timestamp"]
    assert timestamp == str(int(clock.now().timestamp()))
    expected = hmac.new(b"s3cret", f"{timestamp}.".encode() + received, hashlib.sha256)
    assert headers["X-Helpshelf-Signature"] == f"sha256={expected.hexdigest()}"


def test_without_a_secret_there_is_no_signature(webhook, make_outbox, post, clock):
    outbox = make_outbox(webhook=WebhookSender(webhook.url, "", clock))
    post(outbox, channel=Channel.WEBHOOK)
    outbox.deliver()
    assert "X-Helpshelf-Signature" not in webhook.requests[0][1]


@pytest.mark.parametrize("status", (500, 503, 429, 408))
def test_a_webhook_that_fails_is_tried_again(webhook, make_outbox, post, clock, status):
    outbox = make_outbox(webhook=WebhookSender(webhook.url, "s3cret", clock))
    post(outbox, channel=Channel.WEBHOOK)
    webhook.answers = [(status, {}), (status, {})]
    assert outbox.deliver() == DeliveryReport(postponed=1)
    clock.advance(timedelta(minutes=1))
    assert outbox.deliver() == DeliveryReport(postponed=1)
    clock.advance(timedelta(minutes=2))
    assert outbox.deliver() == DeliveryReport(sent=1)
    first, _, last = (headers for _, headers, _ in webhook.requests)
    assert first["X-Helpshelf-Delivery"] == last["X-Helpshelf-Delivery"]
    assert first["X-Helpshelf-Signature"] != last["X-Helpshelf-Signature"], "signed when sent"


@pytest.mark.parametrize("status", (400, 404, 410, 301, 302, 307))
def test_a_webhook_that_refuses_or_leads_elsewhere_is_given_up(
    webhook, make_outbox, post, clock, status
):
    outbox = make_outbox(webhook=WebhookSender(webhook.url, "", clock))
    post(outbox, channel=Channel.WEBHOOK)
    webhook.answers = [(status, {"Location": f"{webhook.url}/elsewhere"})]
    assert outbox.deliver() == DeliveryReport(given_up=1)
    assert [path for path, _, _ in webhook.requests] == ["/hook"], "no redirect is followed"
    assert f"answered {status}" in outbox.get_state().given_up[0].problem


def test_a_webhook_that_is_down_holds_up_no_mail(make_outbox, make_smtp, mail_server, post, clock):
    dead = WebhookSender(f"http://127.0.0.1:{free_port()}/T000/secret", "", clock)
    outbox = make_outbox(make_smtp(mail_server), dead)
    post(outbox, channel=Channel.WEBHOOK)
    post(outbox)
    assert outbox.deliver() == DeliveryReport(sent=1, postponed=1)
    assert "secret" not in outbox.get_state().problem
