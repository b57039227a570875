"""Gives the images of an article their size and their smaller copy.

With a size the text below does not jump when an image arrives.  Browsers that know WebP
load the copy, all others the original.
"""

import html
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from markupsafe import escape

from kb.content.models import ContentFile

_IMAGE = re.compile(r'<img\b[^>]*\bsrc="(/files/[^"]+)"[^>]*>')
"""As the sanitiser writes them: double quotes, no ``>`` inside."""
_AT_ONCE = 1_500
"""Characters of HTML within which an image is likely to be seen first."""


def with_image_sizes(text: str, files: Mapping[str, ContentFile]) -> str:
    """The article's HTML with width, height and copies; images at its beginning are not loaded late."""
    is_first = True

    def complete(match: re.Match[str]) -> str:
        nonlocal is_first
        tag = match[0]
        if match.start() < _AT_ONCE:
            tag = tag.replace(' loading="lazy"', "", 1)
            if is_first:
                tag = f'<img fetchpriority="high"{tag.removeprefix("<img")}'
        is_first = False
        file = files.get(unquote(html.unescape(match[1])))
        if file is None:
            return tag
        if file.width and " width=" not in tag and " height=" not in tag:
            tag = f'<img width="{file.width}" height="{file.height}"{tag.removeprefix("<img")}'
        copy = file.find_copy()
        if copy is None:
            return tag
        source = f'<source srcset="{escape(quote(copy.url))}" type="image/webp">'
        return f"<picture>{source}{tag}</picture>"

    return _IMAGE.sub(complete, text)
