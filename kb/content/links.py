"""Where links in articles lead: from paths between files to addresses of the site.

Editors link files (``../returns/return-an-item.md#by-post``) because that works in
their editor and on GitHub; customers get pages.  Resolving is pure: the map holds
every target of one revision, so that a worker process can use it and a later
publish can tell whether an unchanged article would come out differently.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from kb.content.source import COLLECTION_TEXTS, MARKDOWN_ENDINGS

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SAFE_SCHEMES = ("http", "https", "mailto", "tel")
_PUNCTUATION = re.compile(r"[^\w\- ]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Fate(StrEnum):
    """What becomes of a link."""

    KEPT = "kept"
    """Resolved, or outside and harmless."""
    BROKEN = "broken-link"
    """Nothing is there."""
    OUTSIDE = "outside-link"
    """Leads out of the content folder."""
    UNSAFE = "unsafe-link"
    """A scheme that can run code or read files."""
    MISSING_FILE = "missing-file"
    """An image or attachment that is not there."""


@dataclass(frozen=True, slots=True)
class ResolvedLink:
    """One link of an article: as written, and where it leads."""

    raw: str
    url: str
    """Empty when the link must not be followed."""
    fate: Fate
    target: str = ""
    """Path of the article or file it leads to, when it is one of ours."""
    fragment: str = ""
    """The heading it points at, as it is in the target page."""
    external: bool = False
    image: bool = False
    line: int = 0
    """Line of the file on which it stands, 0 if unknown."""
    near: str = ""
    """Where nothing is there: path of the one article or file that has the same name in another
    folder, or in other letters."""


@dataclass(frozen=True, slots=True)
class LinkMap:
    """All targets of one revision, by path below the content folder."""

    articles: Mapping[str, str] = field(default_factory=dict)
    """Path of each article -> its URL."""
    collections: Mapping[str, str] = field(default_factory=dict)
    """Path of each folder -> the collection's URL."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Path of each image and attachment -> its URL."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """URL of each article and alias -> the article's path, for links written as addresses."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Name of each article's file, image and attachment -> its path; without names that several have."""

    def resolve(self, raw: str, path: str, *, image: bool = False) -> ResolvedLink:
        """Where ``raw``, written in the article at ``path``, leads."""
        resolved = self._resolve(raw, path, image)
        return replace(resolved, image=True) if image else resolved

    def _resolve(self, raw: str, path: str, image: bool) -> ResolvedLink:
        # Browsers drop these characters wherever they stand, so a scheme could hide among them.
        cleaned = _CONTROL.sub("", raw).strip().replace("\\", "/")
        if cleaned.startswith("//"):
            return ResolvedLink(raw, "https:" + cleaned, Fate.KEPT, external=True)
        if _SCHEME.match(cleaned):
            scheme = cleaned.partition(":")[0].lower()
            if scheme not in _SAFE_SCHEMES:
                return ResolvedLink(raw, "", Fate.UNSAFE)
            return ResolvedLink(raw, cleaned, Fate.KEPT, external=scheme in ("http", "https"))
        try:
            parts = urlsplit(cleaned)
        except ValueError:
            return ResolvedLink(raw, "", Fate.BROKEN)
        fragment = anchor_id(unquote(parts.fragment)) if parts.fragment else ""
        if not parts.path:
            return ResolvedLink(raw, f"#{fragment}", Fate.KEPT, path, fragment)
        if parts.path.startswith("/"):
            return self._resolve_address(raw, parts.path, cleaned, fragment, image)
        return self._resolve_path(raw, unquote(parts.path), path, fragment, image)

    def _resolve_address(
        self, raw: str, address: str, cleaned: str, fragment: str, image: bool
    ) -> ResolvedLink:
        # On GitHub and in most editors the top is that of the content folder.
        below = self._resolve_path(raw, unquote(address.lstrip("/")), "", fragment, image)
        if below.target and below.url:
            return below
        if image:
            return ResolvedLink(raw, "", Fate.OUTSIDE)
        target = self.addresses.get(address.rstrip("/"))
        if target is not None:
            suffix = f"#{fragment}" if fragment else ""
            return ResolvedLink(raw, self.articles[target] + suffix, Fate.KEPT, target, fragment)
        if address.startswith(("/articles/", "/policies/")) or address.endswith(MARKDOWN_ENDINGS):
            return ResolvedLink(raw, "", Fate.BROKEN)
        return ResolvedLink(raw, cleaned, Fate.KEPT)

    def _resolve_path(
        self, raw: str, relative: str, path: str, fragment: str, image: bool
    ) -> ResolvedLink:
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))
        if joined == ".." or joined.startswith(("../", "/")):
            return ResolvedLink(raw, "", Fate.OUTSIDE)
        suffix = f"#{fragment}" if fragment else ""
        if joined in self.files:
            return ResolvedLink(raw, self.files[joined], Fate.KEPT, joined)
        if not image:
            for candidate in (joined, f"{joined}.md", f"{joined}.markdown"):
                if candidate in self.articles:
                    url = self.articles[candidate] + suffix
                    return ResolvedLink(raw, url, Fate.KEPT, candidate, fragment)
            folder = "" if joined == "." else joined
            stem, ending = posixpath.splitext(posixpath.basename(joined).lower())
            if stem in COLLECTION_TEXTS and ending in MARKDOWN_ENDINGS:
                folder = posixpath.dirname(joined)
            if folder in self.collections:
                return ResolvedLink(raw, self.collections[folder], Fate.KEPT)
        is_file = image or posixpath.splitext(joined)[1].lower() not in ("", *MARKDOWN_ENDINGS)
        fate = Fate.MISSING_FILE if is_file else Fate.BROKEN
        near = self.names.get(posixpath.basename(joined).casefold(), "")
        return ResolvedLink(raw, "", fate, joined, near=near)


def anchor_id(text: str) -> str:
    """The id under which a heading is found in a page, by GitHub's rule.

    Lower case, punctuation dropped, spaces to hyphens: so that links which work on
    GitHub and in editors work here.  The prefix keeps authors' ids apart from those of the page itself, and from names
    that scripts could mistake for their own.
    """
    bare = text.strip().lower().removeprefix("h-")
    return f"h-{_PUNCTUATION.sub('', bare).replace(' ', '-') or 'section'}"
