"""``kb mail``: empty the outbox, look into it, and try the settings."""

import json

import click

from kb.errors import GenerationUnavailable, HelpshelfError
from kb.mail.models import Channel, Message, OutboxState
from kb.notifications.models import Answer
from kb.services import Services


@click.group()
def mail() -> None:
    """Deliver mails, list those that wait, and try the settings."""


@mail.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def deliver(as_json: bool) -> None:
    """Tell customers who wait of new answers, delete what is too old, and send what is due.

    `kb serve` does so by itself; call it from a timer where another server runs the site.
    """
    services = _load_services()
    try:
        expired = services.notifications.maintain()
        inquiries = services.inquiries.maintain()
        told = services.notifications.notify_all_answered(lambda slug: _answer(services, slug))
    finally:
        services.generations.close()
    report = services.outbox.deliver()
    waiting = services.outbox.get_state().waiting
    if as_json:
        value = {
            "told": told,
            "expired": expired,
            "deleted_inquiries": inquiries,
            "sent": report.sent,
            "postponed": report.postponed,
            "given_up": report.given_up,
            "waiting": waiting,
        }
        click.echo(json.dumps(value))
    else:
        click.echo(
            f"{told} people told, {expired} requests expired, {report.sent} messages sent, "
            f"{report.given_up} given up, {waiting} waiting."
        )


@mail.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_mails(as_json: bool) -> None:
    """Show how much waits and why, and what was given up in the last 30 days."""
    state = _load_services().outbox.get_state()
    if as_json:
        click.echo(json.dumps(_state_object(state)))
        return
    click.echo(f"{state.waiting} waiting{f', since {state.oldest:%F %R}' if state.oldest else ''}")
    if state.problem:
        click.echo(f"last problem: {state.problem}")
    for entry in state.given_up:
        to = f" to {entry.recipient}" if entry.recipient else ""
        click.echo(f"{entry.given_up_at:%F} given up: {entry.kind}{to}: {entry.problem}")


@mail.command()
@click.argument("email")
def test(email: str) -> None:
    """Send a short mail to EMAIL at once, and say what the mail server answered."""
    from kb.bootstrap.services import build_services
    from kb.bootstrap.told import build_senders
    from kb.config import load_settings
    from kb.mail.address import parse_address
    from kb.mail.links import make_key
    from kb.mail.models import Waiting

    settings = load_settings()
    services = build_services(settings)
    sender = build_senders(settings, services.clock)[Channel.MAIL]
    if not sender.can_send:
        raise click.UsageError("Mail is not set up: set KB_SMTP_HOST, KB_MAIL_FROM, KB_BASE_URL.")
    domain = settings.mail_from.rpartition("@")[2].strip(" >")
    message = Message(
        "test",
        f"The help center at {settings.base_url} can send mails.\n",
        recipient=parse_address(email),
        subject="Test of the help center",
        is_to_staff=True,
    )
    try:
        sender.send(Waiting(0, message, f"<{make_key()}@{domain}>", services.clock.now()))
    except HelpshelfError as error:
        raise click.ClickException(f"Not sent: {error}") from error
    finally:
        sender.close()
    click.echo(f"Handed over for {message.recipient}.", err=True)


def _load_services() -> Services:
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    return build_services(load_settings())


def _answer(services: Services, slug: str) -> Answer | None:
    try:
        found = services.generations.current().library.find_summary(slug)
    except GenerationUnavailable:
        return None
    return None if found is None else Answer(found.title, found.url)


def _state_object(state: OutboxState) -> dict[str, object]:
    return {
        "waiting": state.waiting,
        "oldest": None if state.oldest is None else state.oldest.isoformat(),
        "problem": state.problem,
        "given_up": [
            {
                "kind": entry.kind,
                "channel": entry.channel,
                "recipient": entry.recipient,
                "given_up_at": entry.given_up_at.isoformat(),
                "problem": entry.problem,
            }
            for entry in state.given_up
        ],
    }
