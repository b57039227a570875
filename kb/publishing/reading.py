"""Phase one of a publish: what lies in the source, parsed; what did not change, reused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kb.content.front_matter import ParsedArticle, parse_article
from kb.content.models import ContentFile, Problem, Severity
from kb.content.source import (
    MAX_FILE_BYTES,
    ContentSource,
    FileHistory,
    Scan,
    SourceFile,
    blob_digest,
)
from kb.content.yaml_document import MAX_SETTINGS_BYTES, YamlDocument, YamlError, parse_yaml
from kb.publishing.models import Catalogue

_MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "mp4": "video/mp4",
}


def media_type(name: str) -> str:
    """The media type by file name; whatever is not known is a download of bytes."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


@dataclass(frozen=True, slots=True)
class SettingsFiles:
    """The ``_*.yml`` files: parsed, and the texts to keep as last good ones."""

    site: YamlDocument
    contacts: YamlDocument
    synonyms: YamlDocument
    best_bets: YamlDocument
    collections: Mapping[str, YamlDocument]
    """By folder."""
    texts: Mapping[str, str]
    """By path, of those that could be parsed, or their last good text."""
    problems: tuple[Problem, ...]


def read_articles(
    source: ContentSource, files: Iterable[SourceFile]
) -> Iterable[tuple[SourceFile, ParsedArticle]]:
    """Parse files one after the other; a file that vanished meanwhile is a broken article."""
    wanted = {file.path: file for file in files}
    for path, data in source.read(wanted):
        file = wanted[path]
        if data is None:
            parsed = parse_article(path, b"")
            gone = Problem(
                path,
                0,
                "unreadable",
                Severity.ERROR,
                "cannot be read",
                "check that it exists and its permissions",
            )
            parsed = ParsedArticle(path, parsed.front_matter, "", 1, (gone,))
        else:
            parsed = parse_article(path, data)
        yield file, parsed


def read_settings(source: ContentSource, scan: Scan, previous: Catalogue | None) -> SettingsFiles:
    """Parse all settings files; one that is broken keeps its last good text."""
    kept = dict(previous.documents) if previous else {}
    paths = sorted(path for path, file in scan.files.items() if file.is_settings)
    documents: dict[str, YamlDocument] = {}
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path, data in source.read(paths):
        document, text, problem = _parse_settings(path, data, kept.get(path))
        if problem:
            problems.append(problem)
        if document is not None:
            documents[path], texts[path] = document, text
        elif path.rpartition("/")[2].startswith("_collection."):
            # Nobody can tell whether the folder was to be hidden, so it is until it is mended.
            documents[path] = YamlDocument(path, {"internal": "true"})
    collections = {
        path.rpartition("/")[0]: document
        for path, document in documents.items()
        if path.rpartition("/")[2].startswith("_collection.")
    }
    return SettingsFiles(
        _named(documents, "_site"),
        _named(documents, "_contacts"),
        _named(documents, "_synonyms"),
        _named(documents, "_best_bets"),
        collections,
        texts,
        tuple(problems),
    )


def parse_settings_text(path: str, text: str) -> YamlDocument:
    """Parse a text that was good when it was kept; an empty document if there is none."""
    return parse_yaml(text, path, max_bytes=MAX_SETTINGS_BYTES) if text else YamlDocument(path, {})


def read_content_files(
    source: ContentSource, scan: Scan, previous: Catalogue | None
) -> tuple[dict[str, ContentFile], list[Problem]]:
    """Images and attachments by path, each with its digest; unchanged ones are not read again."""
    found: dict[str, ContentFile] = {}
    problems: list[Problem] = []
    unread: list[str] = []
    for path, file in scan.files.items():
        if file.is_markdown or file.is_settings:
            continue
        if file.size > MAX_FILE_BYTES:
            problems.append(
                Problem(
                    path,
                    0,
                    "file-too-large",
                    Severity.WARNING,
                    f"has {file.size // 1_000_000} MB, at most {MAX_FILE_BYTES // 1_000_000} MB are published",
                    "make it smaller, or link to it elsewhere",
                )
            )
            continue
        digest = file.digest
        if not digest and previous and previous.fingerprints.get(path) == file.fingerprint:
            digest = previous.files[path].digest
        if digest:
            found[path] = ContentFile(path, digest, media_type(file.name), file.size, public=False)
        else:
            unread.append(path)
    for path, data in source.read(unread):
        if data is not None:
            found[path] = ContentFile(
                path, blob_digest(data), media_type(path), len(data), public=False
            )
    return found, problems


def merge_histories(
    source: ContentSource, scan: Scan, previous: Catalogue | None
) -> dict[str, FileHistory]:
    """Dates and authors of all articles: the last publish's, brought up to date."""
    since = previous.manifest.commit if previous else ""
    histories = source.histories(scan, since)
    merged: dict[str, FileHistory] = {}
    if not histories.complete and previous:
        merged = {
            path: FileHistory(a.summary.created_at, a.summary.updated_at, a.summary.authors)
            for path, a in previous.articles.items()
            if a.summary.created_at and a.summary.updated_at and path in scan.files
        }
    for path, history in histories.files.items():
        known = merged.get(path)
        if known is not None:
            authors = tuple(dict.fromkeys((*history.authors, *known.authors)))
            history = FileHistory(known.created_at, history.updated_at, authors)
        merged[path] = history
    return merged


def now_text(moment: datetime) -> str:
    """A moment as it is kept in the manifest."""
    return moment.astimezone(UTC).isoformat()


def _parse_settings(
    path: str, data: bytes | None, kept: str | None
) -> tuple[YamlDocument | None, str, Problem | None]:
    try:
        if data is None:
            raise YamlError(0, "cannot be read", "check its permissions")
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        return parse_yaml(text, path, max_bytes=MAX_SETTINGS_BYTES), text, None
    except UnicodeDecodeError:
        error = YamlError(0, "is not UTF-8 text", "save the file as UTF-8")
    except YamlError as raised:
        error = raised
    problem = Problem(
        path, error.line, "settings-file", Severity.ERROR, error.message, error.fix, error.field
    )
    if kept is None:
        return None, "", problem
    return parse_settings_text(path, kept), kept, problem


def _named(documents: Mapping[str, YamlDocument], stem: str) -> YamlDocument:
    for ending in (".yml", ".yaml"):
        if f"{stem}{ending}" in documents:
            return documents[f"{stem}{ending}"]
    return YamlDocument(f"{stem}.yml", {})
