"""Who to call or write to: the directory, and the way to the right department."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request

from kb.content.models import ArticleSummary
from kb.errors import InvalidInput
from kb.search.filters import SearchFilters
from kb.text import clean_query_text
from kb.web import visits
from kb.web.audience import audience
from kb.web.contact_cards import find_card, list_cards
from kb.web.formatting import today
from kb.web.limits import check_limit
from kb.web.opening_hours import list_week
from kb.web.page_cache import cached_page
from kb.web.security import make_form_token
from kb.web.services import generation, services
from kb.web.translation import describe_error

blueprint = Blueprint("directory", __name__)

ANSWERS_OFFERED = 3
INQUIRY_PURPOSE = "inquiry"
"""Of the token in the form."""


@dataclass(frozen=True, slots=True)
class InquiryForm:
    """What a customer has typed so far."""

    question: str = ""
    article: str = ""
    name: str = ""
    email: str = ""
    message: str = ""
    shares: bool = False
    """Whether what was searched and read is sent along."""


@blueprint.get("/directory")
def departments() -> Response:
    """All departments with phone, mail, hours, and whether each is open."""
    cards = list_cards()
    now = services().clock.now()
    return cached_page(
        lambda: render_template(
            "help_center/directory.html",
            cards=cards,
            weeks={card.department.slug: list_week(card.department, now) for card in cards},
        ),
        [(card.status, card.reply) for card in cards],
        today(),
    )


@blueprint.get("/contact")
def contact() -> Response:
    """The department for a question: articles that may answer it first, then the people."""
    visits.record_contact()
    asked = request.args
    return show_contact(InquiryForm(question=asked.get("q", ""), article=asked.get("article", "")))


def show_contact(
    form: InquiryForm, error: InvalidInput | None = None, status: int = 200
) -> Response:
    """The page, with what was typed into its form and what was wrong with it."""
    question = clean_query_text(form.question)
    article = find_article(form.article)
    answers, collection = _find_answers(question)
    card = find_card(article.collection if article else collection)
    others = tuple(c for c in list_cards() if card is None or c.department != card.department)
    is_offered = services().inquiries.is_offered
    library = generation().library
    searches, opened = visits.list_tried() if is_offered else ((), ())
    page = render_template(
        "help_center/contact.html",
        question=question,
        subject=question or (article.title if article else ""),
        article=article,
        answers=answers,
        card=card,
        week=list_week(card.department, services().clock.now()) if card else (),
        others=others,
        is_form_offered=is_offered,
        form=form,
        form_token=make_form_token(INQUIRY_PURPOSE) if is_offered else "",
        error=error,
        message=describe_error(error) if error else "",
        tried_searches=searches,
        tried_articles=[a for slug in opened if (a := library.find_summary(slug, audience()))],
    )
    response = make_response(page, status)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


@blueprint.post("/contact/link")
def contact_link() -> tuple[str, int]:
    """A customer took a phone or mail link; sent by the page, which knows no other way.

    It changes nothing but the search log, so it needs no token beyond the check of origin.
    """
    check_limit("suggest")
    visits.record_contact()
    return "", 204


def find_article(slug: str) -> ArticleSummary | None:
    """The article with this slug, if the reader may see it."""
    return generation().library.find_summary(slug, audience()) if slug else None


def _find_answers(question: str) -> tuple[tuple[object, ...], str]:
    """Articles for the question, and the collection that it seems to belong to."""
    if not question:
        return (), ""
    check_limit("search")
    page = generation().search.search(
        question, limit=ANSWERS_OFFERED, filters=SearchFilters(audience())
    )
    return page.hits, page.hits[0].collection if page.hits else ""
