"""``kb log``: take over another system's search log, and keep this one in order."""

import json

import click

from kb.cli.log_days import erase_log, export_log
from kb.cli.log_import import import_log
from kb.search_log.models import LearnedWording


@click.group()
def log() -> None:
    """Import, export and maintain the search log."""


@log.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def maintain(as_json: bool) -> None:
    """Decide the searches of visits that ended, learn from them, and delete what is too old.

    `kb serve` does so by itself; call it from a timer where another server runs the site.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    services = build_services(load_settings())
    done = services.search_log.maintain()
    dropped = services.content_gaps.maintain()
    reopened = services.topic_effects.reopen_failing()
    if as_json:
        value = {
            "settled_visits": done.settled_visits,
            "deleted_searches": done.deleted_searches,
            "dropped_topics": dropped,
            "reopened_topics": reopened,
            "learned_visits": done.learned_visits,
        }
        click.echo(json.dumps(value))
    else:
        click.echo(
            f"{done.settled_visits} visits settled, {done.learned_visits} learned from, "
            f"{done.deleted_searches} searches deleted, {dropped} empty topics dropped, "
            f"{len(reopened)} answered topics reopened."
        )


@log.command()
@click.argument("article", default="")
@click.option("--remove", metavar="TEXT", default="", help="Never use this wording for ARTICLE.")
@click.option("--json", "as_json", is_flag=True, help="Print the wordings as JSON.")
def wordings(article: str, remove: str, as_json: bool) -> None:
    """List wordings that were learned from customers, of one ARTICLE (its slug) or of all.

    They are indexed with the article at the next publish. `--remove` takes one out for good.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    if remove and not article:
        raise click.UsageError("--remove needs the ARTICLE that the wording was learned for")
    learner = build_services(load_settings()).search_log.learner
    if remove and not learner.remove(article, remove):
        raise click.ClickException(
            f"{remove!r} was not learned for {article!r}: `kb log wordings {article}` lists what was."
        )
    if as_json:
        click.echo(
            json.dumps([_wording_object(wording) for wording in learner.list_learned(article)])
        )
    elif remove:
        click.echo(f"{remove!r} is removed; `kb index` takes it out of the search.")
    else:
        for found in learner.list_learned(article):
            click.echo(f"{found.slug}: {found.wording} ({found.visits} of {found.asked} visits)")


def _wording_object(wording: LearnedWording) -> dict[str, object]:
    return {
        "article": wording.slug,
        "wording": wording.wording,
        "visits": wording.visits,
        "asked": wording.asked,
        "first": wording.first.isoformat(),
        "last": wording.last.isoformat(),
    }


log.add_command(import_log)
log.add_command(export_log)
log.add_command(erase_log)
