"""Gives the images of an article their size, so that the text below does not jump when they arrive."""

import re
from collections.abc import Mapping

from kb.content.models import ContentFile

_IMAGE = re.compile(r'<img\b[^>]*\bsrc="(/files/[^"]+)"[^>]*>')
"""As the sanitiser writes them: double quotes, no ``>`` inside."""
_AT_ONCE = 1_500
"""Characters of HTML within which an image is likely to be seen first."""


def with_image_sizes(html: str, files: Mapping[str, ContentFile]) -> str:
    """The article's HTML with width and height; an image at its beginning is not loaded late."""

    def size(match: re.Match[str]) -> str:
        tag = match[0]
        if match.start() < _AT_ONCE:
            tag = tag.replace(' loading="lazy"', "", 1)
        file = files.get(match[1])
        if file is None or not file.width or " width=" in tag or " height=" in tag:
            return tag
        return f'<img width="{file.width}" height="{file.height}"{tag.removeprefix("<img")}'

    return _IMAGE.sub(size, html)
