"""The results page, and the ways on when there are no good results."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from kb.content.models import ArticleSummary, Audience
from kb.search.service import MAX_RESULTS
from kb.text import clean_query_text
from kb.web import visits
from kb.web.audience import audience
from kb.web.begun_page import BegunPage
from kb.web.contact_cards import find_card
from kb.web.help_center import POPULAR, choose_articles, list_collection_counts
from kb.web.limits import check_limit
from kb.web.narrowing import read_narrowing
from kb.web.pagination import Pages, page_number
from kb.web.services import generation
from kb.web.turns import find_pause

blueprint = Blueprint("search", __name__)

HITS_PER_PAGE = 10
MAX_RESULT_PAGE = MAX_RESULTS // HITS_PER_PAGE
NEAREST = 5
ANSWERS = 3
ANSWER_SECONDS = 60
"""How long a browser may reuse the answers to the same letters."""


@blueprint.get("/search")
def results() -> Response:
    """What a search found; a page to search from when nothing was asked."""
    text = clean_query_text(request.args.get("q", ""))
    if not text:
        html = render_template(
            "help_center/search_empty.html",
            collections=list_collection_counts(""),
            popular=choose_articles(POPULAR),
        )
        return _answer(html, has_hits=False)
    check_limit("search")
    number = min(page_number(), MAX_RESULT_PAGE)
    narrowing = read_narrowing(text)
    begun = BegunPage("help_center/search.html", query=text, narrowing=narrowing)
    pause = find_pause()
    page = generation().search.search(
        text,
        limit=HITS_PER_PAGE,
        offset=(number - 1) * HITS_PER_PAGE,
        filters=narrowing.filters,
        exact=narrowing.exact,
        meanwhile=begun.begin,
        pause=pause,
    )
    pause()
    visits.record_search(page)
    pause()
    pages = Pages(number, min(page.total, MAX_RESULT_PAGE * HITS_PER_PAGE), HITS_PER_PAGE)
    html = begun.finish(
        page=page,
        pages=pages,
        card=find_card(page.hits[0].collection if page.hits else ""),
        nearest=() if page.hits else list_nearest(page.query),
        popular=None if page.hits else choose_articles(POPULAR),
    )
    return _answer(html, has_hits=bool(page.hits))


@blueprint.get("/search/answers")
def answers() -> Response:
    """The sections that may answer what has been typed so far, for the list below the field.

    Not recorded: half a question is nobody's search.  It counts as a suggestion, since it
    comes with typing, and takes its turn as a search, since it is one.
    """
    check_limit("suggest")
    text = clean_query_text(request.args.get("q", ""))
    found = read_narrowing(text).filters
    # As many as the results page shows, which then has its hits ready.
    search = generation().search.search
    hits = search(text, limit=HITS_PER_PAGE, filters=found, pause=find_pause()).hits if text else ()
    response = jsonify(
        answers=[
            {"title": h.title, "section": h.section, "url": h.url, "snippet": h.snippet}
            for h in hits[:ANSWERS]
        ]
    )
    response.cache_control.private = True
    response.cache_control.no_store = audience() is Audience.STAFF
    response.cache_control.max_age = ANSWER_SECONDS
    return response


@blueprint.post("/search/suggestion")
def suggestion_chosen() -> tuple[str, int]:
    """A customer took a suggestion instead of searching; sent by the page as they leave it.

    It changes nothing but the search log, so it needs no token beyond the check of origin.
    """
    check_limit("suggest")
    text = clean_query_text(request.form.get("q", ""))
    summary = generation().library.find_summary(request.form.get("slug", ""))
    if text and summary is not None:
        visits.record_suggestion_chosen(text, summary.slug)
    return "", 204


def _answer(html: str, *, has_hits: bool) -> Response:
    response = make_response(html)
    # Each answer is recorded and depends on who asks; no copy of it is kept.
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.cache_control.no_store = audience() is Audience.STAFF
    if not has_hits:
        # Whoever wants their words on our pages links to searches that find nothing.
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def list_nearest(text: str) -> tuple[ArticleSummary, ...]:
    """Articles whose title or question resembles a part of what was asked."""
    current = generation()
    found: dict[str, ArticleSummary] = {}
    for part in (text, *sorted(text.split(), key=len, reverse=True)[:3]):
        for suggestion in current.search.suggest(part, limit=NEAREST, audience=audience()):
            summary = current.library.find_summary(suggestion.slug, audience())
            if summary is not None:
                found.setdefault(summary.slug, summary)
        if len(found) >= NEAREST:
            break
    return tuple(found.values())[:NEAREST]
