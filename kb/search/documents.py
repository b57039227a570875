"""Articles as documents for the engine, and as sections for snippets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.content.models import Article, ArticleSummary, Section, State
from kb.search.analysis import Analyzer
from kb.search.engine import IndexDocument
from kb.search.filters import collection_path, products


@dataclass(frozen=True, slots=True)
class SearchSection:
    """A section with its analysed terms, made at publish so that no request analyses it."""

    anchor: str
    heading: str
    text: str
    terms: str
    """Terms of heading and text in order, separated and surrounded by single spaces."""

    def count(self, term: str) -> int:
        """How often a term occurs."""
        return self.terms.count(f" {term} ")


class SectionTexts(Protocol):
    """Loads the sections of one article as they were analysed at publish."""

    def load_search_sections(self, slug: str) -> Sequence[SearchSection]:
        """The sections in reading order."""
        ...


def build_search_sections(sections: Sequence[Section], analyzer: Analyzer) -> list[SearchSection]:
    """The sections of an article with their terms."""
    return [
        SearchSection(
            section.anchor,
            section.heading,
            section.text,
            f" {' '.join(analyzer.terms(f'{section.heading} {section.text}'))} ",
        )
        for section in sections
    ]


def build_document(
    article: Article, sections: Sequence[SearchSection], wordings: Sequence[str] = ()
) -> IndexDocument:
    """What the engine stores of an article. ``wordings`` are learned from the search log."""
    summary = article.summary
    analyzer = Analyzer.for_language(summary.language)
    headings = " \n ".join(section.heading for section in article.sections if section.heading)
    return IndexDocument(
        key=summary.slug,
        fields={
            # Short fields keep function words, so that "Who we are" can be found at all.
            "title": analyzer.terms(summary.title, keep_stop_words=True),
            "questions": analyzer.terms(" \n ".join(summary.questions), keep_stop_words=True),
            "wordings": analyzer.terms(" \n ".join(wordings), keep_stop_words=True),
            "headings": analyzer.terms(headings),
            "summary": analyzer.terms(summary.summary),
            "tags": analyzer.terms(
                " \n ".join((*summary.tags, *summary.product, *_number(summary)))
            ),
            "body": [term for section in sections for term in section.terms.split()],
        },
        collections=collection_path(summary.collection),
        internal=summary.state is State.INTERNAL,
        kind=summary.kind,
        products=products(summary),
    )


def _number(summary: ArticleSummary) -> tuple[str, ...]:
    # Customers read the article number out on the phone, and type it.
    return () if summary.number is None else (str(summary.number),)
