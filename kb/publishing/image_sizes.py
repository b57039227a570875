"""Measures the images that are published, so that pages keep a place of the right shape for them.

Only the head of a file is looked at: a picture of 10,000 by 10,000 pixels takes no longer
than a small one and is never unpacked.  What cannot be measured is shown without a size.
"""

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import lxml.etree
from PIL import Image

from kb.content.links import ResolvedLink
from kb.content.models import MAX_SHOWN_PIXELS, ContentFile, Problem, Severity
from kb.content.source import ContentSource
from kb.publishing.models import Catalogue

_SVG = "image/svg+xml"
_ALWAYS_MEASURED = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
"""Kinds of which any that browsers show can be measured."""
_MAX_SVG_BYTES = 1_000_000
_LARGEST = 100_000
"""Pixels a side; what says more of itself is not believed."""
_PIXELS = re.compile(r"(\d+(?:\.\d+)?)(?:px)?\Z")
_UPRIGHT_FROM = 5
"""From this EXIF orientation on a picture lies on its side."""
_ORIENTATION = 0x0112


def measure_images(
    source: ContentSource, files: Mapping[str, ContentFile], previous: Catalogue | None
) -> dict[str, ContentFile]:
    """The files, images with their size in pixels; those that did not change are not read."""
    measured = dict(files)
    unread: list[str] = []
    for path, file in files.items():
        if not file.media_type.startswith("image/"):
            continue
        known = previous.files.get(path) if previous else None
        if known is not None and known.digest == file.digest and known.width:
            measured[path] = replace(file, width=known.width, height=known.height)
        else:
            unread.append(path)
    for path, data in source.read(unread):
        if data is not None:
            width, height = measure(data, measured[path].media_type)
            measured[path] = replace(measured[path], width=width, height=height)
    return measured


def check_images(
    links: Iterable[tuple[str, ResolvedLink]], files: Mapping[str, ContentFile]
) -> Iterator[Problem]:
    """Report what is no picture, or too large to be shown; ``links`` with their texts' paths."""
    for path, link in links:
        file = files.get(link.target)
        if not link.image or file is None:
            continue
        if file.is_oversized:
            yield Problem(
                path,
                link.line,
                "image-too-many-pixels",
                Severity.WARNING,
                f"the image {file.name} has {file.width:,} by {file.height:,} pixels "
                "and is shown as a link",
                f"make it smaller: at most {MAX_SHOWN_PIXELS // 1_000_000} million pixels are shown, "
                "and 2,000 on the longer side are plenty",
            )
        elif not file.width and file.media_type in _ALWAYS_MEASURED:
            yield Problem(
                path,
                link.line,
                "image-unreadable",
                Severity.WARNING,
                f"the file {file.name} is no picture, or a damaged one: browsers show nothing",
                "save it anew; if Git LFS keeps it, run `git lfs pull` where the content is published",
            )


def measure(data: bytes, media_type: str) -> tuple[int, int]:
    """Width and height in pixels as they are shown; zeros when they cannot be told."""
    width, height = _measure_svg(data) if media_type == _SVG else _measure_pixels(data)
    fits = 0 < width <= _LARGEST and 0 < height <= _LARGEST
    return (width, height) if fits else (0, 0)


def _measure_pixels(data: bytes) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            # It warns of sizes that would fill the memory when unpacked; nothing is.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                lies = image.getexif().get(_ORIENTATION, 1) >= _UPRIGHT_FROM
    except (OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError):
        # Broken, or of a kind that Pillow does not know: the browser may still show it.
        return 0, 0
    return (height, width) if lies else (width, height)


def _measure_svg(data: bytes) -> tuple[int, int]:
    if len(data) > _MAX_SVG_BYTES:
        return 0, 0
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = lxml.etree.fromstring(data, parser)
    except lxml.etree.XMLSyntaxError:
        return 0, 0
    given = [_PIXELS.match(root.get(name, "").strip()) for name in ("width", "height")]
    if all(given):
        return tuple(round(float(m[1])) for m in given if m)  # type: ignore[return-value]
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    if len(box) == 4 and all(_PIXELS.match(part) for part in box[2:]):
        return round(float(box[2])), round(float(box[3]))
    return 0, 0
