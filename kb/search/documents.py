"""Articles as documents for the engine, and as sections for snippets."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from kb.content.models import Article, ArticleSummary, Section, State
from kb.search.analysis import Analyzer
from kb.search.contents import find_contents
from kb.search.engine import IndexDocument
from kb.search.filters import collection_path, products
from kb.search.places import Place, find_places, pack_places


class HeadTerms(NamedTuple):
    """What an article is called: terms, separated and surrounded by single spaces."""

    title: str
    """Function words included, as in ``questions``."""
    questions: tuple[str, ...]
    """Those of each question."""
    tags: str


class SearchSection(NamedTuple):
    """A section with its analysed terms."""

    anchor: str
    heading: str
    text: str
    """In NFC: lines without white space at their ends, between single line breaks."""
    terms: str
    """Terms of heading and text in order, separated and surrounded by single spaces."""
    heading_end: int
    """Where in ``terms`` those of the heading end: at the space that the next one begins with."""
    places: bytes
    """Where in ``text`` its terms are said, for ``find_places``."""
    is_contents: bool
    """It is a table of contents: searched, but never shown as what answers."""

    def find_places(self, wanted: Iterable[str]) -> list[Place]:
        """Where in ``text`` some terms are said, in order and apart."""
        return find_places(self.terms, self.heading_end, self.places, wanted)


class AnalysedText(NamedTuple):
    """The text of an article, analysed at publish so that no request has to.

    Named tuples, because a search reads a dozen of these and msgspec makes them of what the library
    file has, with no code of Python for each.
    """

    head: HeadTerms
    sections: Sequence[SearchSection]
    """In reading order."""


class AnalysedTexts(Protocol):
    """Loads the texts of articles as they were analysed at publish."""

    def load_analysed_text(self, slug: str) -> AnalysedText:
        """That of one article."""
        ...


def build_head_terms(summary: ArticleSummary, analyzer: Analyzer) -> HeadTerms:
    """The terms of what an article is called."""
    questions = (analyzer.terms(text, keep_stop_words=True) for text in summary.questions)
    return HeadTerms(
        spaced(analyzer.terms(summary.title, keep_stop_words=True)),
        tuple(map(spaced, questions)),
        spaced(analyzer.terms(" \n ".join(summary.tags))),
    )


def spaced(terms: Sequence[str]) -> str:
    """Terms separated and surrounded by single spaces, to be looked for with a space around."""
    return f" {' '.join(terms)} "


def build_search_sections(sections: Sequence[Section], analyzer: Analyzer) -> list[SearchSection]:
    """The sections of an article with their terms."""
    contents = find_contents(sections)
    return [_build(section, analyzer, section in contents) for section in sections]


def _build(section: Section, analyzer: Analyzer, is_contents: bool) -> SearchSection:
    text = unicodedata.normalize("NFC", section.text)
    in_heading = analyzer.terms(section.heading)
    in_text = list(analyzer.placed_terms(text))
    return SearchSection(
        section.anchor,
        section.heading,
        text,
        spaced([*in_heading, *(term for term, _, _ in in_text)]),
        sum(len(term) + 1 for term in in_heading),
        pack_places((start, end) for _, start, end in in_text),
        is_contents,
    )


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
