"""Articles offered while the customer is still typing: every word is a beginning.

Title and question words lie in one sorted list, so a prefix is two bisections away.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kb.content.models import ArticleSummary, Audience, State
from kb.search.analysis import Analyzer
from kb.search.models import Suggestion
from kb.text import clean_query_text, fold

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class _Entry:
    text: str
    article: ArticleSummary
    is_title: bool


class SuggestionIndex:
    """Suggestions over the articles of one generation."""

    def __init__(self, articles: Iterable[ArticleSummary], analyzer: Analyzer) -> None:
        """Index titles and questions; ``analyzer`` is that of the language customers type in."""
        self._analyzer = analyzer
        self._entries: list[_Entry] = []
        postings: dict[str, list[int]] = {}
        for article in articles:
            analyzer = Analyzer.for_language(article.language)
            for text in (article.title, *article.questions):
                number = len(self._entries)
                self._entries.append(_Entry(fold(text), article, text is article.title))
                for word in {*analyzer.words(text), *_squashed(text)}:
                    postings.setdefault(word, []).append(number)
        self._words = sorted(postings)
        self._postings = [postings[word] for word in self._words]
        self._cached = lru_cache(maxsize=4096)(self._suggest)

    def suggest(self, text: str, limit: int, audience: Audience) -> tuple[Suggestion, ...]:
        """The best articles for what has been typed so far."""
        return self._cached(fold(clean_query_text(text)), limit, audience)

    def _suggest(self, typed: str, limit: int, audience: Audience) -> tuple[Suggestion, ...]:
        words = _typed_words(typed, self._analyzer)
        if not words:
            return ()
        matching = self._with_prefix(words[-1])
        for word in words[:-1]:
            matching = matching & self._with_prefix(word)
            if not matching:
                return ()
        ranked = sorted(matching, key=lambda number: self._rank(number, typed))
        found: dict[str, Suggestion] = {}
        for number in ranked:
            article = self._entries[number].article
            if article.slug not in found and article.is_visible_to(audience):
                found[article.slug] = Suggestion(article.title, article.url, article.slug)
                if len(found) >= limit:
                    break
        return tuple(found.values())

    def _with_prefix(self, prefix: str) -> set[int]:
        low = bisect_left(self._words, prefix)
        high = bisect_left(self._words, prefix + _LAST, low)
        return set().union(*self._postings[low:high])

    def _rank(self, number: int, typed: str) -> tuple[bool, bool, bool, int, str]:
        entry = self._entries[number]
        return (
            entry.article.state is State.INTERNAL,
            not entry.text.startswith(typed),
            not entry.is_title,
            len(entry.text),
            entry.text,
        )


def _typed_words(typed: str, analyzer: Analyzer) -> list[str]:
    """The words that suggestions must have; the last one may be unfinished."""
    words: list[str] = []
    for token in typed.split():
        # Single letters are in no entry, so they must not narrow down what the others find.
        words += _squashed(token) or analyzer.words(token)
    telling = [word for word in words[:-1] if word not in analyzer.stop_words] + words[-1:]
    return telling or typed.split()


def _squashed(text: str) -> set[str]:
    """Model names as one word, so that ``wh1000`` finds ``WH-1000XM4``."""
    return {
        fold(word).replace("-", "")
        for word in text.split()
        if "-" in word and any(c.isdigit() for c in word)
    }
