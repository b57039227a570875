"""A generation's articles in one SQLite file that is written once and then only read.

Texts are compressed, since a page needs one of them at a time; everything else is
JSON that msgspec turns into the frozen values themselves, checked against their types.
"""

import os
import queue
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from kb.content.front_matter import FrontMatter
from kb.content.links import ResolvedLink
from kb.content.models import (
    Article,
    ArticleSummary,
    ArticleVersion,
    Collection,
    ContentFile,
    Problem,
    Section,
)
from kb.errors import GenerationUnavailable, PublishError
from kb.publishing.models import (
    ArticleText,
    BrokenFile,
    Catalogue,
    Manifest,
    Published,
    StoredArticle,
)
from kb.search.documents import AnalysedText, HeadTerms, SearchSection
from kb.storage.shared_values import SharedValues
from kb.storage.sqlite_library import Connection, SqliteError, connect, connect_read_only

FILE_NAME = "library.sqlite"
FORMAT = 5
"""Raise when tables or values change: files of another format are rebuilt, not migrated,
since everything in them comes from the content."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, front_matter BLOB NOT NULL,
    summary BLOB NOT NULL, problems BLOB NOT NULL, links BLOB NOT NULL, anchors BLOB NOT NULL,
    questions BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE texts (
    path TEXT PRIMARY KEY, html BLOB NOT NULL, sections BLOB NOT NULL, versions BLOB NOT NULL
);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, articles INTEGER NOT NULL) WITHOUT ROWID;
"""

T = TypeVar("T")


class SqliteLibraryFiles:
    """Library files on SQLite."""

    def open(self, directory: Path) -> "LibraryFileReader":
        """Open the file of a generation."""
        return LibraryFileReader(directory / FILE_NAME)

    def create(self, directory: Path, base: Path | None) -> "LibraryFileWriter":
        """Start the file of a new generation."""
        path = directory / FILE_NAME
        if base is not None:
            shutil.copyfile(base / FILE_NAME, path)
        return LibraryFileWriter(path, is_copy=base is not None)


class LibraryFileReader:
    """Reads one library file.

    A server's threads come and go, so connections are kept in a pool and not by thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self._summaries: Mapping[str, ArticleSummary] = {}
        with self._connection() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != FORMAT:
            raise GenerationUnavailable(
                f"{path} has format {version}, this version reads {FORMAT}: run `kb index --full`."
            )

    def load_catalogue(self) -> Catalogue:
        """Everything but the texts."""
        with self._connection() as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
            rows = connection.execute(
                "SELECT path, digest, front_matter, summary, problems, links, anchors FROM articles"
            )
            articles = {row[0]: _stored(row) for row in rows}
            self._summaries = {a.summary.slug: a.summary for a in articles.values()}
            return Catalogue(
                manifest=_load(meta["manifest"], Manifest),
                articles=articles,
                broken=_load(meta["broken"], dict[str, BrokenFile]),
                collections=_load(meta["collections"], tuple[Collection, ...]),
                files=_load(meta["files"], dict[str, ContentFile]),
                fingerprints=_load(meta["fingerprints"], dict[str, str]),
                documents=_load(meta["documents"], dict[str, str]),
                problems=_load(meta["problems"], tuple[Problem, ...]),
                # Absent in files of earlier versions, which need not be rebuilt for it.
                wordings=_load(meta.get("wordings", b"{}"), dict[str, tuple[str, ...]]),
            )

    def load_published(self) -> Published:
        """What serving needs of the catalogue; a fraction of its time and memory."""
        with self._connection() as connection:
            # Fingerprints of all files are for the next publish.
            meta = dict(
                connection.execute("SELECT key, value FROM meta WHERE key != 'fingerprints'")
            )
            rows = connection.execute("SELECT summary, questions FROM articles")
            share = SharedValues()
            loaded = [(share(_load(summary, ArticleSummary)), packed) for summary, packed in rows]
            self._summaries = summaries = {summary.slug: summary for summary, _ in loaded}
        return Published(
            manifest=_load(meta["manifest"], Manifest),
            summaries=summaries,
            questions={summary.slug: packed for summary, packed in loaded},
            collections=_load(meta["collections"], tuple[Collection, ...]),
            files=tuple(_load(meta["files"], dict[str, ContentFile]).values()),
            documents=_load(meta["documents"], dict[str, str]),
            problems=_load(meta["problems"], tuple[Problem, ...]),
            wordings=_load(meta.get("wordings", b"{}"), dict[str, tuple[str, ...]]),
        )

    def load_vocabulary(self) -> Mapping[str, int]:
        """Every folded word with the number of articles it occurs in."""
        with self._connection() as connection:
            return dict(connection.execute("SELECT word, articles FROM vocabulary"))

    def load_text(self, path: str) -> ArticleText:
        """The text of the article made from this file."""
        html, sections, versions = self._row("html, sections, versions", path)
        text = _unpack_text(sections)
        return ArticleText(
            zlib.decompress(html).decode(),
            text.head,
            text.sections,
            text.levels,
            _load(zlib.decompress(versions), tuple[ArticleVersion, ...]),
        )

    def load_article(self, summary: ArticleSummary) -> Article:
        """The article with its HTML, sections and earlier versions."""
        text = self.load_text(summary.path)
        sections = tuple(
            Section(section.anchor, section.heading, level, section.text)
            for section, level in zip(text.sections, text.levels, strict=True)
        )
        return Article(summary, text.html, sections, text.versions)

    def load_analysed_text(self, slug: str) -> AnalysedText:
        """The text of an article with its terms."""
        summary = self._summaries.get(slug)
        (sections,) = self._row("sections", summary.path if summary else "")
        text = _unpack_text(sections)
        return AnalysedText(text.head, text.sections)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _row(self, columns: str, path: str) -> tuple[Any, ...]:
        # `columns` is one of the constants above, never text from outside.
        query = f"SELECT {columns} FROM texts WHERE path = ?"  # noqa: S608
        with self._connection() as connection:
            row = connection.execute(query, (path,)).fetchone()
        if row is None:
            raise GenerationUnavailable(f"{self._path} lacks {path!r}: run `kb index --full`.")
        return tuple(row)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                connection = connect_read_only(self._path)
            try:
                yield connection
            finally:
                self._idle.put(connection)
        except (SqliteError, OSError, msgspec.MsgspecError, KeyError) as error:
            raise GenerationUnavailable(
                f"{self._path} cannot be read ({type(error).__name__}: {error}): run `kb index --full`."
            ) from error


class LibraryFileWriter:
    """Writes one library file; nobody reads it before it is finished."""

    def __init__(self, path: Path, *, is_copy: bool) -> None:
        self._path = path
        # Nothing to protect while it is being made: an unfinished file is thrown away.
        self._connection = connect(path, journal_mode="OFF", synchronous="OFF")
        if not is_copy:
            self._connection.executescript(_SCHEMA)
            self._connection.execute(f"PRAGMA user_version = {FORMAT}")
        self._connection.execute("BEGIN")

    def save_article(
        self, article: StoredArticle, questions: bytes, text: ArticleText | None
    ) -> None:
        """Insert or replace an article; without ``text`` the one it has stays."""
        self._connection.execute(
            "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.path, article.digest, *(
                    msgspec.json.encode(value)
                    for value in (article.front_matter, article.summary, article.problems, article.links, article.anchors)
                ),
                questions,
            ),
        )  # fmt: skip
        if text is not None:
            packed = _PackedText(text.head, list(text.sections), list(text.levels))
            self._connection.execute(
                "INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?)",
                (
                    article.path,
                    _compress(text.html.encode()),
                    _compress(msgspec.msgpack.encode(packed)),
                    _compress(msgspec.json.encode(text.versions)),
                ),
            )

    def remove_article(self, path: str) -> None:
        """Take an article out."""
        self._connection.execute("DELETE FROM articles WHERE path = ?", (path,))
        self._connection.execute("DELETE FROM texts WHERE path = ?", (path,))

    def count_words(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Adjust the vocabulary by the distinct words of one article."""
        for words, step in ((added, 1), (removed, -1)):
            self._connection.executemany(
                "INSERT INTO vocabulary VALUES (?, ?) "
                "ON CONFLICT (word) DO UPDATE SET articles = articles + excluded.articles",
                ((word, step) for word in words),
            )

    def finish(self, catalogue: Catalogue) -> None:
        """Write everything but the articles, check, sync to disk and close."""
        meta = {
            "manifest": catalogue.manifest,
            "broken": catalogue.broken,
            "collections": catalogue.collections,
            "files": catalogue.files,
            "fingerprints": catalogue.fingerprints,
            "documents": catalogue.documents,
            "problems": catalogue.problems,
            "wordings": catalogue.wordings,
        }
        self._connection.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [(key, msgspec.json.encode(value)) for key, value in meta.items()],
        )
        self._connection.execute("DELETE FROM vocabulary WHERE articles <= 0")
        self._connection.execute("COMMIT")
        articles = self._connection.execute("SELECT count(*) FROM articles").fetchone()[0]
        texts = self._connection.execute("SELECT count(*) FROM texts").fetchone()[0]
        self._connection.close()
        if not articles == texts == len(catalogue.articles):
            raise PublishError(
                f"{self._path} holds {articles} articles and {texts} texts instead of "
                f"{len(catalogue.articles)}: run `kb index --full`."
            )
        with self._path.open("rb") as file:
            os.fsync(file.fileno())

    def abandon(self) -> None:
        """Close without finishing."""
        self._connection.close()


def _stored(row: tuple[Any, ...]) -> StoredArticle:
    path, digest, front_matter, summary, problems, links, anchors = row
    return StoredArticle(
        path, digest, _load(front_matter, FrontMatter), _load(summary, ArticleSummary),
        _load(problems, tuple[Problem, ...]), _load(links, tuple[ResolvedLink, ...]),
        _load(anchors, tuple[str, ...]),
    )  # fmt: skip


_decoders: dict[Any, "msgspec.json.Decoder[Any]"] = {}


def _load(data: bytes, kind: type[T]) -> T:
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    decoded: T = decoder.decode(data)
    return decoded


class _PackedText(NamedTuple):
    """What the column ``sections`` holds."""

    head: HeadTerms
    sections: list[SearchSection]
    levels: list[int]


_text_decoder = msgspec.msgpack.Decoder(_PackedText)


def _unpack_text(data: bytes) -> _PackedText:
    return _text_decoder.decode(zlib.decompress(data))


def _compress(data: bytes) -> bytes:
    return zlib.compress(data, 1)
