"""Turns compiled articles into rows of the library file and documents of the engine."""

from collections.abc import Iterator
from dataclasses import replace

from kb.content.models import Article, ArticleSummary, Audience, Section
from kb.content.renderer import RENDERER_VERSION
from kb.publishing.learned import Wordings
from kb.publishing.models import ArticleText, Catalogue, StoredArticle
from kb.publishing.revision import CompiledArticle, Revision, searchable
from kb.publishing.store import LibraryReader, LibraryWriter
from kb.search.analysis import Analyzer
from kb.search.documents import build_document
from kb.search.engine import IndexDocument
from kb.search.written_questions import pack_questions


class Build:
    """One generation in the making.

    ``last`` gives the texts of articles that are kept; ``base`` is what the file being
    written already holds, None when it starts empty. ``wordings`` are the learned ones.
    """

    def __init__(
        self,
        revision: Revision,
        writer: LibraryWriter,
        last: LibraryReader | None,
        base: Catalogue | None,
        wordings: Wordings,
    ) -> None:
        self.revision = revision
        self.wordings = wordings
        self.writer = writer
        self.last = last
        self.base = base
        self.indexed = 0
        self.removed = 0

    def removed_keys(self) -> list[str]:
        """Slugs that the last generation's index holds and the new one must not."""
        if self.base is None:
            return []
        wanted = {a.slug for a in self.revision.arrangement.articles.values() if searchable(a)}
        old = {a.summary.slug for a in self.base.articles.values() if searchable(a.summary)}
        return sorted(old - wanted)

    def documents(self, *, everything: bool) -> Iterator[IndexDocument]:
        """Save every article and yield those that the engine has to index."""
        for compiled in self.revision.compile():
            changed = self._is_searched_differently(compiled)
            self._save(compiled, count_words=changed)
            self.indexed += changed or compiled.text is not None
            if (changed or everything) and searchable(compiled.stored.summary):
                yield self._document(compiled)
        self._remove_gone()

    def _before(self, compiled: CompiledArticle) -> StoredArticle | None:
        return self.base.articles.get(compiled.stored.path) if self.base else None

    def _is_searched_differently(self, compiled: CompiledArticle) -> bool:
        """Whether the index has to take it anew; a new date or boost alone changes no word."""
        before, summary = self._before(compiled), compiled.stored.summary
        if before is None:
            return True
        if before.summary != summary and _searched(before.summary) != _searched(summary):
            return True
        assert self.base is not None
        slug = compiled.stored.summary.slug
        if self.wordings.get(slug, ()) != self.base.wordings.get(slug, ()):
            return True
        if compiled.text is None:
            return False
        if self.base.manifest.renderer != RENDERER_VERSION:
            return True  # other terms may be made of the same words
        last = self._last_text(before.path)
        return (last.sections, last.levels) != (compiled.text.sections, compiled.text.levels)

    def _save(self, compiled: CompiledArticle, *, count_words: bool) -> None:
        """Write what differs."""
        stored, before = compiled.stored, self._before(compiled)
        if before is None:
            text = self._text(compiled)
            self.writer.save_article(stored, pack_questions(stored.summary), text)
            self.writer.count_words(_words(stored, text), ())
            return
        if compiled.text is not None or before != stored:
            self.writer.save_article(stored, pack_questions(stored.summary), compiled.text)
        if count_words:
            old = _words(before, self._last_text(before.path))
            new = _words(stored, self._text(compiled))
            self.writer.count_words(new - old, old - new)

    def _document(self, compiled: CompiledArticle) -> IndexDocument:
        text = self._text(compiled)
        sections = tuple(
            Section(s.anchor, s.heading, level, s.text)
            for s, level in zip(text.sections, text.levels, strict=True)
        )
        summary = compiled.stored.summary
        wordings = self.wordings.get(summary.slug, ())
        return build_document(Article(summary, "", sections), text.sections, wordings)

    def _remove_gone(self) -> None:
        for path, article in (self.base.articles if self.base else {}).items():
            if path not in self.revision.stored:
                self.writer.count_words((), _words(article, self._last_text(path)))
                self.writer.remove_article(path)
                self.removed += 1

    def _text(self, compiled: CompiledArticle) -> ArticleText:
        return compiled.text or self._last_text(compiled.stored.path)

    def _last_text(self, path: str) -> ArticleText:
        assert self.last is not None, "a kept article has a last version"
        return self.last.load_text(path)


def _words(article: StoredArticle, text: ArticleText) -> set[str]:
    # Words of articles that customers cannot see must not be offered to them.
    summary = article.summary
    if not summary.is_visible_to(Audience.PUBLIC):
        return set()
    analyzer = Analyzer.for_language(summary.language)
    head = (summary.title, summary.summary, *summary.questions, *summary.tags)
    words = set(analyzer.words(" \n ".join(head)))
    for section in text.sections:
        words.update(analyzer.words(f"{section.heading} \n {section.text}"))
    return words


def _searched(summary: ArticleSummary) -> ArticleSummary:
    """What the index depends on: much else changes without a word being different."""
    return replace(
        summary, created_at=None, updated_at=None, reviewed=None, review_by=None,
        effective_from=None, effective_until=None, related=(), aliases=(), authors=(), boost=1.0,
        regression_queries=(), regression_lines=(), extra={}, topic=None,
    )  # fmt: skip
