"""``kb digest``: the week for staff, printed or sent."""

import json

import click

from kb.digest.exports import digest_object
from kb.digest.models import SendResult, Week
from kb.errors import InvalidInput


def _parse_week(ctx: click.Context, param: click.Parameter, value: str | None) -> Week | None:
    """``2026-W47``."""
    if value is None:
        return None
    try:
        return Week.parse(value)
    except InvalidInput as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.option("--week", callback=_parse_week, help="Such as 2026-W47; the last one if omitted.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--send", is_flag=True, help="Send it to staff and webhook, unless it was sent.")
def digest(week: Week | None, as_json: bool, send: bool) -> None:
    """Print what customers searched in vain in a week, and what changed; or send it.

    With --send and without --week it is the latest week whose digest is due; call it as
    often as you like, each week is sent once. `kb serve` does so by itself.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    settings = load_settings()
    services = build_services(settings)
    try:
        if send:
            result = services.digest.send(week)
            services.outbox.deliver()
            click.echo(json.dumps(_result_object(result)) if as_json else _describe(result))
            return
        built = services.digest.build(week)
        if as_json:
            value = digest_object(built, settings.base_url)
            click.echo(json.dumps(value, ensure_ascii=False))
        else:
            click.echo(services.digest.render(built).text, nl=False)
    finally:
        services.generations.close()


def _result_object(result: SendResult) -> dict[str, object]:
    return {
        "week": str(result.week),
        "sent": result.is_sent,
        "mails": result.mails,
        "webhook": result.is_posted,
        "reason": result.reason,
    }


def _describe(result: SendResult) -> str:
    if not result.is_sent:
        return f"The digest of {result.week} is not sent: {result.reason}."
    webhook = " and to the webhook" if result.is_posted else ""
    return f"The digest of {result.week} goes to {result.mails} people{webhook}."
