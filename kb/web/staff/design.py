"""The living page of the design: tokens and components as they are in the files now."""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from flask import current_app, render_template

from kb.accounts.models import Permission
from kb.content.models import ArticleSummary, Product, State
from kb.search.models import BestPassage, Hit, Reasons, SearchPage
from kb.web.contact_cards import ContactCard, find_card
from kb.web.narrowing import Chosen, read_narrowing
from kb.web.opening_hours import WeekRow, list_week
from kb.web.pagination import Pages
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.charts import SPARKLINE_HEIGHT, Chart, build_chart

KINDS = ("color", "space", "font", "radius", "width", "shadow")
_TOKEN = re.compile(rf"^  --((?:{'|'.join(KINDS)})[a-z0-9-]*): ([^;]+);", re.MULTILINE)
_LONG = "x" * 80


@dataclass(frozen=True, slots=True)
class Examples:
    """Real content of this help center, and made-up states that it need not have now."""

    articles: tuple[ArticleSummary, ...]
    cards: tuple[tuple[object, int], ...]
    products: tuple[Product, ...]
    card: ContactCard | None
    closed: ContactCard | None
    week: tuple[WeekRow, ...]
    filters: tuple[Chosen, ...]
    corrected: SearchPage
    hit: Hit | None
    best: BestPassage
    pages: Pages
    chart: Chart


@blueprint.get("/design")
@requires(Permission.VIEW_REPORTS)
def design() -> str:
    """Every token, and every component with its states."""
    tokens = list_tokens(Path(current_app.static_folder or "") / "site.css")
    return render_template(
        "staff/design.html",
        groups=[(kind, [t for t in tokens if t[0].startswith(kind)]) for kind in KINDS],
        icons=sorted(
            vars(current_app.jinja_env.get_template("components.html").module)["icon_paths"]
        ),
        example=_build_examples(),
        narrowing=read_narrowing("late parcel"),
    )


@cache
def list_tokens(sheet: Path) -> tuple[tuple[str, str], ...]:
    """Names and values of the tokens in light colours, in the order of the style sheet."""
    light = sheet.read_text(encoding="utf-8").partition("@media")[0]
    return tuple(_TOKEN.findall(light))


def _build_examples() -> Examples:
    library = generation().library
    known = library.list_articles()[:2]
    long = tuple(
        replace(article, title=_LONG, summary=_LONG, state=state)
        for article, state in zip(known, (State.INTERNAL, State.ARCHIVED), strict=False)
    )
    card = find_card()
    page = generation().search.search(known[0].title if known else "help", limit=1)
    reasons = Reasons(words=("late",), synonyms=(("parcel", "package"),), pinned=True, meaning=0.8)
    text = "Most parcels come within <mark>five working days</mark>."
    collections = [c for c in library.collections.values() if c.slug][:2]
    return Examples(
        articles=(*known, *long),
        cards=tuple((collection, count) for count, collection in enumerate(collections)),
        products=(Product("example", "FC-45", 12), Product("long", _LONG, 1)),
        card=card,
        closed=card and replace(card, is_open=not card.is_open),
        week=tuple(list_week(card.department, services().clock.now())) if card else (),
        filters=(Chosen("Topic", "Care", "#parts"), Chosen("Product", _LONG, "#parts")),
        corrected=replace(page, correction="late parcel", degraded=True),
        hit=replace(page.hits[0], reasons=reasons) if page.hits else None,
        best=BestPassage("example", _LONG, "Where it is", "#parts", text),
        pages=Pages(2, 50, 10),
        chart=build_chart([(str(n), [("other", n)]) for n in (3, 1, 4, 1, 5)], SPARKLINE_HEIGHT),
    )
