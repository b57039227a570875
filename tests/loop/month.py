"""A made-up month of a help center: who comes when, what they type, and what they do next.

Everything follows from a seed.  Three questions rise in the last weeks that the demo content
has no answer to; the rest is what its customers ask, with slips of the keyboard, machines
and people who type personal data into the search box.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

DAYS = 28
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MACHINES = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "curl/8.5.0",
)


class Do(StrEnum):
    """What a visitor does."""

    SEARCH = "search"
    OPEN = "open"
    """The first hit of the last search."""
    VOTE_NO = "vote-no"
    VOTE_YES = "vote-yes"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a visitor does, so many seconds after the one before."""

    do: Do
    text: str = ""
    after: int = 8


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visit, or one call of a machine."""

    at: datetime
    agent: str
    steps: tuple[Step, ...]


RISING: dict[str, tuple[str, ...]] = {
    "coffee pods": (
        "can i use coffee pods", "does the espresso machine take pods", "coffee pods",
        "use capsules in the coffee machine", "pods for coffee machine", "can it take coffee pods",
        "coffee pod holder", "are coffee pods possible",
    ),
    "student discount": (
        "student discount", "do you give students a discount", "discount for students",
        "student discount code", "students discount", "is there a student discount",
    ),
    "alexa": (
        "works with alexa", "alexa", "connect to alexa", "control the purifier with alexa",
        "does it work with alexa", "alexa skill",
    ),
}  # fmt: skip
"""What is asked more and more and has no answer, by the wording that names it."""

SECRETS = (
    "jane.roe@mail.example.org", "4111 1111 1111 1111", "GB33BUKB20201555555555",
    "+1 415 555 2671", "(212) 555-0187", "https://shop.example.com/cart?token=s3cr3t",
)  # fmt: skip
"""Personal data that must not be found in any file afterwards."""

_BEFORE_SECRETS = ("where is my order ", "refund to ", "call me back on ", "late parcel ")
_CLOSED_HOURS = (7, 23)


def make_month(start: datetime, visits: int, seed: int = 7) -> list[Visitor]:
    """The visits of four weeks in the order of time.

    Args:
        start: midnight of the first day, in UTC.
        visits: how many people come, roughly; machines come on top.
        seed: another one makes another month.
    """
    chance = random.Random(seed)
    questions = tuple(_list_questions())
    unanswered = tuple(_list_unanswered())
    made = [_make_person(chance, start, questions, unanswered) for _ in range(visits)]
    made += [_make_machine(chance, start, questions) for _ in range(visits // 10)]
    # So that no kind of secret is left to chance, however short the month.
    made += [_make_careless(chance, start, secret) for secret in SECRETS]
    return sorted(made, key=lambda visitor: visitor.at)


def _make_person(
    chance: random.Random, start: datetime, questions: tuple[str, ...], unanswered: tuple[str, ...]
) -> Visitor:
    day = chance.randrange(DAYS)
    at = _moment(chance, start, day)
    # A rising question comes from nowhere and is a tenth of all in the last week.
    if chance.random() < 0.3 * (day / DAYS) ** 2:
        return _make_failing(chance, at, RISING[chance.choice(tuple(RISING))])
    if chance.random() < 0.06:
        return _make_failing(chance, at, (chance.choice(unanswered),))
    return Visitor(at, PERSON, _make_answered(chance, chance.choice(questions)))


def _make_answered(chance: random.Random, question: str) -> tuple[Step, ...]:
    text = _slip(chance, question) if chance.random() < 0.15 else question
    steps = [Step(Do.SEARCH, text)]
    if chance.random() < 0.2 and len(text) > 12:
        steps.insert(0, Step(Do.SEARCH, text[: len(text) // 2], after=2))
    if chance.random() < 0.12:
        return tuple(steps)
    steps.append(Step(Do.OPEN))
    kind = chance.random()
    if kind < 0.08:
        steps.append(Step(Do.VOTE_YES, after=60))
    elif kind < 0.12:
        steps.append(Step(Do.VOTE_NO, after=60))
    elif kind < 0.15:
        steps.append(Step(Do.CONTACT, after=90))
    return tuple(steps)


def _make_failing(chance: random.Random, at: datetime, wordings: tuple[str, ...]) -> Visitor:
    first = chance.choice(wordings)
    steps = [Step(Do.SEARCH, _slip(chance, first) if chance.random() < 0.1 else first)]
    if len(wordings) > 1 and chance.random() < 0.25:
        again = chance.choice([wording for wording in wordings if wording != first])
        steps.append(Step(Do.SEARCH, again, after=45))
    if chance.random() < 0.2:
        steps.append(Step(Do.CONTACT, after=40))
    return Visitor(at, PERSON, tuple(steps))


def _make_machine(chance: random.Random, start: datetime, questions: tuple[str, ...]) -> Visitor:
    at = _moment(chance, start, chance.randrange(DAYS))
    return Visitor(at, chance.choice(MACHINES), (Step(Do.SEARCH, chance.choice(questions)),))


def _make_careless(chance: random.Random, start: datetime, secret: str) -> Visitor:
    at = _moment(chance, start, chance.randrange(DAYS))
    text = chance.choice(_BEFORE_SECRETS) + secret
    return Visitor(at, PERSON, (Step(Do.SEARCH, text),))


def _moment(chance: random.Random, start: datetime, day: int) -> datetime:
    first, last = _CLOSED_HOURS
    at = time(chance.randrange(first, last), chance.randrange(60), chance.randrange(60))
    midnight = (start + timedelta(days=day)).date()
    return datetime.combine(midnight, at, start.tzinfo)


def _slip(chance: random.Random, text: str) -> str:
    """The text with two neighboring letters of a longer word swapped."""
    places = [m.start() for m in re.finditer(r"(?<=\w)\w\w(?=\w)", text)]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


_JUDGED = Path(__file__).resolve().parents[1] / "relevance" / "demo"


def _list_questions() -> Iterator[str]:
    for line in (_JUDGED / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["text"]


def _list_unanswered() -> Iterator[str]:
    rising = {word for wording in RISING for word in wording.split()}
    for line in (_JUDGED / "unanswered.txt").read_text(encoding="utf-8").splitlines():
        if line and not rising & set(line.split()):
            yield line
