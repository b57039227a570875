"""``kb unanswered``: what customers search and do not find, most demand first."""

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta

import click

from kb.content_gaps.exports import topic_object, topics_csv
from kb.content_gaps.models import TO_DO, Nearest, Topic, TopicState
from kb.content_gaps.nearest import find_nearest
from kb.content_gaps.service import add_nearest
from kb.errors import GenerationUnavailable
from kb.services import Services

_UNITS = {"d": 1, "w": 7}
_LABEL_WIDTH = 44
_SHOWN = 200
_NO_LIMIT = 1_000_000
_MAX_DAYS = 36_500


def parse_since(ctx: click.Context, param: click.Parameter, value: str) -> int | date:
    """``30d``, ``4w`` or a day such as 2026-01-31; gives days back, or the day."""
    text = value.strip().lower()
    match = re.fullmatch(r"([0-9]{1,5})([dw])", text)
    if match and int(match[1]) * _UNITS[match[2]] <= _MAX_DAYS:
        return int(match[1]) * _UNITS[match[2]]
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not like 30d, 4w or 2026-01-31.") from None


@click.command()
@click.option(
    "--since",
    callback=parse_since,
    default="30d",
    show_default=True,
    help="How far back: 30d, 4w or a day such as 2026-01-31.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@click.option(
    "--state",
    "states",
    type=click.Choice([*(state.value for state in TopicState), "all"]),
    multiple=True,
    help="Only topics in this state; may be repeated. Default: new, assigned and drafted.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, _NO_LIMIT),
    help=f"How many topics. Default: {_SHOWN}, in JSON all.",
)
@click.option(
    "--nearest",
    "with_nearest",
    type=click.IntRange(0, _NO_LIMIT),
    default=_SHOWN,
    show_default=True,
    help="For how many topics, from the top, to look for the nearest articles: a search each.",
)
def unanswered(
    since: int | date, form: str, states: Sequence[str], limit: int | None, with_nearest: int
) -> None:
    """List the topics that customers search and do not find, most demand first.

    Searches that are new are grouped before: the first time that takes a minute or two.
    JSON has every topic with all of its wordings.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    services = build_services(load_settings())
    today = services.clock.now().date()
    first = since if isinstance(since, date) else today - timedelta(days=since)
    try:
        services.content_gaps.refresh(whole=True)
        topics = services.content_gaps.list_topics(
            first,
            today,
            _chosen(states),
            limit or (_NO_LIMIT if form == "json" else _SHOWN),
            all_queries=form == "json",
        )
        topics = tuple(
            add_nearest(topic, lambda text: _nearest(services, text))
            if at < with_nearest
            else topic
            for at, topic in enumerate(topics)
        )
    finally:
        services.generations.close()
    if form == "json":
        click.echo(json.dumps([topic_object(topic) for topic in topics], ensure_ascii=False))
    elif form == "csv":
        click.echo(topics_csv(topics), nl=False)
    else:
        click.echo(_table(topics, first))


def _chosen(states: Sequence[str]) -> tuple[TopicState, ...]:
    if not states:
        return TO_DO
    return tuple(TopicState) if "all" in states else tuple(TopicState(state) for state in states)


def _nearest(services: Services, text: str) -> tuple[Nearest, ...]:
    try:
        return find_nearest(services.generations.current().search, text)
    except GenerationUnavailable:
        return ()


def _table(topics: Sequence[Topic], since: date) -> str:
    if not topics:
        return f"Nothing unanswered since {since}."
    lines = [f"{'visits':>6} {'searches':>8}  {'last':10}  {'state':8}  topic"]
    for topic in topics:
        label = topic.label
        if len(label) > _LABEL_WIDTH:
            label = label[: _LABEL_WIDTH - 1] + "…"
        near = f"  (nearest: {topic.nearest[0].slug})" if topic.nearest else ""
        lines.append(
            f"{topic.visits:6} {topic.searches:8}  {topic.last.date()}  {topic.state:8}"
            f"  {topic.id}. {label}{near}"
        )
    return "\n".join(lines)
