"""What search engines and assistants read of a page: schema.org objects, as JSON-LD.

Every statement is also on the page for people; nothing internal gets here, since the
templates ask for it on public pages only.
"""

from collections.abc import Iterable, Mapping

from flask import Flask

from kb.contacts.models import Department
from kb.content.models import Article, ArticleSummary, Collection, Kind, State
from kb.errors import GenerationUnavailable
from kb.web.current_site import site
from kb.web.formatting import absolute_url, iso_time
from kb.web.services import generation
from kb.web.translation import gettext as _

Thing = Mapping[str, object]

LONGEST_ANSWER = 2_000
"""Characters: beyond it the text would double the page for nobody who reads it there."""
LONGEST_DESCRIPTION = 155
"""Characters that search engines show of a description."""
_CONTEXT = "https://schema.org"


def init_structured_data(app: Flask) -> None:
    """Offer the objects to templates."""
    for make in (organization, breadcrumb_list, article_object, describe):
        app.jinja_env.globals[make.__name__] = make


def organization() -> Thing:
    """Who runs the help center and how to reach each of its departments."""
    return {
        "@context": _CONTEXT,
        "@type": "Organization",
        "name": site().company or site().name,
        "url": site().shop_url or absolute_url("/"),
        "contactPoint": [_contact_point(d) for d in _departments() if d.phone or d.email],
    }


def breadcrumb_list(collections: Iterable[Collection], last: str = "") -> Thing:
    """The way from the home page to this page, as it stands on its top."""
    steps = [(_("Home"), "/"), *((c.name, c.url) for c in collections)]
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": absolute_url(path)}
        for place, (name, path) in enumerate(steps, 1)
    ]
    if last:  # the page itself needs no address
        items.append({"@type": "ListItem", "position": len(items) + 1, "name": last})
    return {"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def article_object(article: Article) -> Thing | None:
    """The article: a question with its answer where it is one; None when it is not public."""
    summary = article.summary
    if summary.state is not State.PUBLISHED:
        return None
    answer = _answer_text(article)
    if summary.kind is Kind.FAQ and answer:
        return _faq_page(summary, answer)
    return {
        "@context": _CONTEXT,
        "@type": "Article",
        "headline": summary.title,
        "description": describe(article),
        "author": _publisher(),
        "publisher": _publisher(),
        **_page(summary),
    }


def describe(article: Article) -> str:
    """The summary, or the beginning of the text, for the page's description."""
    text = article.summary.summary or " ".join(s.text for s in article.sections[:3])
    words = " ".join(text.split())
    if article.summary.summary or len(words) <= LONGEST_DESCRIPTION:
        return words
    return words[: LONGEST_DESCRIPTION - 1].rpartition(" ")[0] + "…"


def _faq_page(summary: ArticleSummary, answer: str) -> Thing:
    question = {
        "@type": "Question",
        "name": summary.title,
        "acceptedAnswer": {"@type": "Answer", "text": answer},
    }
    return {
        "@context": _CONTEXT,
        "@type": "FAQPage",
        "name": summary.title,
        "mainEntity": [question],
        "publisher": _publisher(),
        **_page(summary),
    }


def _page(summary: ArticleSummary) -> Thing:
    url = absolute_url(summary.url)
    dates = {"datePublished": summary.created_at, "dateModified": summary.updated_at}
    return {
        "url": url,
        "mainEntityOfPage": url,
        "inLanguage": summary.language,
        **{name: iso_time(day) for name, day in dates.items() if day is not None},
    }


def _publisher() -> Thing:
    return {"@type": "Organization", "name": site().company or site().name}


def _answer_text(article: Article) -> str:
    """The whole answer; of a long one, its sections up to the limit."""
    kept: list[str] = []
    for section in article.sections:
        text = "\n".join(part for part in (section.heading, section.text) if part)
        if kept and sum(map(len, kept)) + len(text) > LONGEST_ANSWER:
            break
        kept.append(text)
    return "\n\n".join(kept)[:LONGEST_ANSWER]


def _contact_point(department: Department) -> Thing:
    given = {
        "telephone": department.phone,
        "email": department.email,
        "availableLanguage": list(department.languages),
    }
    point: dict[str, object] = {
        "@type": "ContactPoint",
        "contactType": "customer service",
        "name": department.name,
        "url": absolute_url(f"/directory#{department.slug}"),
    }
    return point | {name: value for name, value in given.items() if value}


def _departments() -> tuple[Department, ...]:
    try:
        return generation().directory.departments
    except GenerationUnavailable:
        return ()
