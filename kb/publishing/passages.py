"""Lists the passages of a generation, taking over those of articles that did not change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kb.publishing.models import Catalogue, StoredArticle
from kb.publishing.revision import searchable
from kb.publishing.store import LibraryReader
from kb.search.passage_table import DIGEST, UNKNOWN, PassageTable
from kb.search.passages import Passage, build_passages


@dataclass(frozen=True, slots=True)
class LastPassages:
    """What an earlier generation had."""

    catalogue: Catalogue
    table: PassageTable


@dataclass
class _Lists:
    """A table in the making."""

    slugs: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    kinds: bytearray = field(default_factory=bytearray)
    anchors: list[str] = field(default_factory=list)
    digests: bytearray = field(default_factory=bytearray)

    def add(self, slug: str, kinds: bytes, anchors: Iterable[str], digests: bytes) -> None:
        self.slugs.append(slug)
        self.counts.append(len(kinds))
        self.kinds += kinds
        self.anchors += anchors
        self.digests += digests

    def finish(self) -> PassageTable:
        return PassageTable(
            slugs=self.slugs,
            counts=np.array(self.counts, np.int32),
            kinds=np.frombuffer(bytes(self.kinds), np.uint8),
            anchors=self.anchors,
            digests=np.frombuffer(bytes(self.digests), DIGEST),
            rows=np.full(len(self.kinds), UNKNOWN, np.int32),
        )


def build_table(
    catalogue: Catalogue, reader: LibraryReader, last: LastPassages | None
) -> PassageTable:
    """The passages of all searchable articles, in the order of their slugs, without vectors."""
    kept = _kept_slices(catalogue, last) if last else {}
    lists = _Lists()
    kinds = last.table.kinds.tobytes() if last else b""
    digests = last.table.digests.tobytes() if last else b""
    size = DIGEST.itemsize
    for article in sorted(_searchable(catalogue), key=lambda article: article.summary.slug):
        slug = article.summary.slug
        if last and slug in kept:
            start, end = kept[slug]
            anchors = last.table.anchors[start:end]
            lists.add(slug, kinds[start:end], anchors, digests[start * size : end * size])
        else:
            passages = load_passages(article, reader, catalogue.wordings.get(slug, ()))
            lists.add(
                slug,
                bytes(passage.kind for passage in passages),
                (passage.anchor for passage in passages),
                b"".join(passage.digest for passage in passages),
            )
    return lists.finish()


def load_missing_texts(
    table: PassageTable, catalogue: Catalogue, reader: LibraryReader
) -> dict[bytes, str]:
    """The texts, by digest, of all passages that have no vector."""
    assert table.rows is not None
    missing = set(table.digests[table.rows == UNKNOWN].tolist())
    articles = {article.summary.slug: article for article in _searchable(catalogue)}
    found: dict[bytes, str] = {}
    starts = np.concatenate(([0], np.cumsum(table.counts)))[:-1]
    lacks = np.minimum.reduceat(table.rows, starts) == UNKNOWN if len(starts) else ()
    for slug, lacking in zip(table.slugs, lacks, strict=True):
        if lacking and slug in articles:
            wordings = catalogue.wordings.get(slug, ())
            for passage in load_passages(articles[slug], reader, wordings):
                if (digest := passage.digest) in missing:
                    found[digest] = passage.text
    return found


def load_passages(
    article: StoredArticle, reader: LibraryReader, wordings: Sequence[str]
) -> tuple[Passage, ...]:
    """The passages of one article; ``wordings`` are customers' questions that led to it."""
    return build_passages(article.summary, reader.load_text(article.path).sections, wordings)


def _kept_slices(catalogue: Catalogue, last: LastPassages) -> Mapping[str, tuple[int, int]]:
    """Where the passages of articles that are the same stand in the last table."""
    if catalogue.manifest.renderer != last.catalogue.manifest.renderer:
        return {}
    before = {article.summary.slug: article for article in _searchable(last.catalogue)}
    now = {article.summary.slug: article for article in _searchable(catalogue)}
    ends = np.cumsum(last.table.counts).tolist()
    return {
        slug: (end - count, end)
        for slug, end, count in zip(last.table.slugs, ends, last.table.counts.tolist(), strict=True)
        if slug in now
        and slug in before
        and _says_the_same(before[slug], now[slug])
        and last.catalogue.wordings.get(slug, ()) == catalogue.wordings.get(slug, ())
    }


def _searchable(catalogue: Catalogue) -> list[StoredArticle]:
    return [article for article in catalogue.articles.values() if searchable(article.summary)]


def _says_the_same(before: StoredArticle, now: StoredArticle) -> bool:
    if before is now:
        return True
    old, new = before.summary, now.summary
    return (before.digest, before.links, old.title, old.summary, old.questions) == (
        now.digest,
        now.links,
        new.title,
        new.summary,
        new.questions,
    )
