"""Smaller copies of pictures in WebP, made at publish; the originals stay as they are.

A picture is unpacked for it, so its number of pixels is bounded and one that is broken,
animated or of an uncommon kind simply has no copy: nothing here can fail a publish.
"""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PIL import Image, ImageOps

from kb.content.models import ContentFile
from kb.content.source import ContentSource, blob_digest
from kb.publishing.layout import IndexLayout
from kb.publishing.models import Catalogue

MAX_PIXELS = 20_000_000
"""A photograph of a phone has 12 million; unpacked this takes 80 MB."""
_MAX_SIDE = 16_383
"""Pixels; what the format allows."""
_WORTH_SHARE = 0.1
"""Share of the original's bytes that a copy must save to be worth keeping."""
_WORTH_BYTES = 500
"""And how many at least: less does not shorten the way over a network."""
_PHOTO_QUALITY = 80
_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA"))
"""Kinds of pixels that WebP keeps as they look; CMYK and 16 bits a channel are left alone."""
_SOURCES = frozenset(("image/png", "image/jpeg"))


@dataclass(frozen=True, slots=True)
class ImageCopies:
    """Makes the copies and keeps them beside the originals."""

    source: ContentSource
    layout: IndexLayout

    def add(
        self, files: Mapping[str, ContentFile], previous: Catalogue | None
    ) -> dict[str, ContentFile]:
        """The files, pictures with their copy; one that did not change is not made again."""
        found = dict(files)
        unread: list[str] = []
        for path, file in files.items():
            if file.media_type not in _SOURCES or not _is_fit(file):
                continue
            known = previous.files.get(path) if previous else None
            if known is not None and known.digest == file.digest and self._has_copy(known):
                found[path] = replace(
                    file, copy_digest=known.copy_digest, copy_size=known.copy_size
                )
            else:
                unread.append(path)
        for path, data in self.source.read(unread):
            copy = make_copy(data, found[path].media_type) if data else None
            if copy is not None:
                digest = blob_digest(copy)
                if not self.layout.content_file(digest).exists():
                    self.layout.write_content_file(digest, copy)
                found[path] = replace(found[path], copy_digest=digest, copy_size=len(copy))
        return found

    def _has_copy(self, known: ContentFile) -> bool:
        """Also when none was worth making."""
        return not known.copy_digest or self.layout.content_file(known.copy_digest).exists()


def make_copy(data: bytes, media_type: str) -> bytes | None:
    """The picture in WebP; None when it cannot be made or saves too little.

    Photographs lose what the eye does not miss; drawings and screenshots lose nothing.
    """
    try:
        with warnings.catch_warnings():
            # The number of pixels was looked at before.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                if image.mode not in _MODES or getattr(image, "is_animated", False):
                    return None
                copy = _encode(ImageOps.exif_transpose(image), lossless=media_type == "image/png")
    except (OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError):
        return None
    saves = len(data) - len(copy)
    return copy if saves >= max(_WORTH_SHARE * len(data), _WORTH_BYTES) else None


def _encode(image: Image.Image, *, lossless: bool) -> bytes:
    has_alpha = image.mode in ("LA", "RGBA") or "transparency" in image.info
    # The profile of grey levels would be wrong for colors.
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    written = io.BytesIO()
    image.convert("RGBA" if has_alpha else "RGB").save(
        written,
        "WEBP",
        lossless=lossless,
        quality=_PHOTO_QUALITY,
        icc_profile=profile,
    )
    return written.getvalue()


def _is_fit(file: ContentFile) -> bool:
    return 0 < file.width * file.height <= MAX_PIXELS and max(file.width, file.height) <= _MAX_SIDE
