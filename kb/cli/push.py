"""``kb push``: commits made in the staff area, on their way to the remote."""

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what still waits as JSON.")
@click.option("--due", is_flag=True, help="Only what is due by now.")
@click.pass_context
def push(ctx: click.Context, as_json: bool, due: bool) -> None:
    """Push the branches that the remote of KB_CONTENT_REMOTE does not have yet.

    Branches of drafts that were merged more than a day ago are removed, here and there.

    `kb serve` does so by itself. Exit code 1 when some still wait.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings
    from kb.errors import ChangeRefused

    pushes = build_services(load_settings()).content_changes.pushes
    waiting = pushes.retry(everything=not due)
    try:
        for branch in pushes.remove_merged_drafts():
            click.echo(f"{branch}: merged, removed", err=True)
    except ChangeRefused as error:
        click.echo(f"Merged drafts are not removed: {error}", err=True)
    if as_json:
        value = [
            {
                "branch": pending.branch,
                "since": pending.requested_at.isoformat(),
                "attempts": pending.attempts,
                "reason": pending.reason,
            }
            for pending in waiting
        ]
        click.echo(json.dumps(value))
    else:
        for pending in waiting:
            click.echo(f"{pending.branch}: {pending.reason}", err=True)
        click.echo(f"Branches still to be pushed: {len(waiting)}.")
    ctx.exit(1 if waiting else 0)
