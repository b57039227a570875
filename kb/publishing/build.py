"""Turns compiled articles into rows of the library file and documents of the engine."""

from collections.abc import Iterator
from dataclasses import replace

from kb.content.models import Article, ArticleSummary, Audience, Section
from kb.publishing.models import ArticleText, Catalogue, StoredArticle
from kb.publishing.revision import CompiledArticle, Revision, searchable
from kb.publishing.store import LibraryReader, LibraryWriter
from kb.search.analysis import Analyzer
from kb.search.documents import build_document
from kb.search.engine import IndexDocument


class Build:
    """One generation in the making.

    ``last`` gives the texts of articles that are kept; ``base`` is what the file being
    written already holds, None when it starts empty.
    """

    def __init__(
        self,
        revision: Revision,
        writer: LibraryWriter,
        last: LibraryReader | None,
        base: Catalogue | None,
    ) -> None:
        self.revision = revision
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
            changed = self._save(compiled)
            self.indexed += changed
            if (changed or everything) and searchable(compiled.stored.summary):
                yield self._document(compiled)
        self._remove_gone()

    def _save(self, compiled: CompiledArticle) -> bool:
        """Write what differs; tells whether what is searched may have changed."""
        stored = compiled.stored
        before = self.base.articles.get(stored.path) if self.base else None
        if before is None:
            text = self._text(compiled)
            self.writer.save_article(stored, text)
            self.writer.count_words(_words(stored, text), ())
            return True
        if compiled.text is None and before == stored:
            return False
        self.writer.save_article(stored, compiled.text)
        if compiled.text is None and _searched(before.summary) == _searched(stored.summary):
            return False
        old = _words(before, self._last_text(before.path))
        new = _words(stored, self._text(compiled))
        self.writer.count_words(new - old, old - new)
        return True

    def _document(self, compiled: CompiledArticle) -> IndexDocument:
        text = self._text(compiled)
        sections = tuple(
            Section(s.anchor, s.heading, level, s.text)
            for s, level in zip(text.sections, text.levels, strict=True)
        )
        return build_document(Article(compiled.stored.summary, "", sections), text.sections)

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
    """What the index depends on: dates and authors change without a word being different."""
    return replace(summary, created_at=None, updated_at=None, authors=(), extra={})
