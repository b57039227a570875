"""Gives the images of a text their size and their smaller copy.

With a size the text below does not jump when an image arrives.  Browsers that know WebP
load the copy, all others the original.  An image that has more pixels than a browser can
keep in memory becomes a link to it.
"""

import re
from html import escape, unescape
from urllib.parse import quote, unquote

from babel.numbers import format_decimal
from markupsafe import Markup

from kb.content.models import ContentFile
from kb.web.interface_language import interface
from kb.web.services import generation
from kb.web.translation import gettext as _

_IMAGE = re.compile(r'<img\b[^>]*\bsrc="(/files/[^"]+)"[^>]*>')
"""As the sanitiser writes them: double quotes, no ``>`` inside."""
_ALT = re.compile(r'\balt="([^"]*)"')
_AT_ONCE = 1_500
"""Characters of HTML within which an image is likely to be seen first."""


def place_images(html: str) -> Markup:
    """Sanitised HTML with width, height and copies; an image at its beginning is not loaded late."""
    files = generation().library.files
    is_first = True

    def place(match: re.Match[str]) -> str:
        nonlocal is_first
        tag = match[0]
        if match.start() < _AT_ONCE:
            tag = tag.replace(' loading="lazy"', "", 1)
            if is_first:
                tag = f'<img fetchpriority="high"{tag.removeprefix("<img")}'
        is_first = False
        file = files.get(unquote(unescape(match[1])))
        if file is None:
            return tag
        if file.is_oversized:
            # Links do not nest.
            inside = html.rfind("<a ", 0, match.start()) > html.rfind("</a>", 0, match.start())
            return _link_to(tag, match[1], file, is_link=not inside)
        return _complete(tag, file)

    return Markup(_IMAGE.sub(place, html))  # noqa: S704 -- it was sanitised, and stays so


def _complete(tag: str, file: ContentFile) -> str:
    if file.width and " width=" not in tag and " height=" not in tag:
        tag = f'<img width="{file.width}" height="{file.height}"{tag.removeprefix("<img")}'
    copy = file.find_copy()
    if copy is None:
        return tag
    source = f'<source srcset="{escape(quote(copy.url))}" type="image/webp">'
    return f"<picture>{source}{tag}</picture>"


def _link_to(tag: str, url: str, file: ContentFile, *, is_link: bool) -> str:
    alt = _ALT.search(tag)
    text = alt[1] if alt and alt[1] else escape(file.name)
    width, height = (
        format_decimal(n, locale=interface().locale) for n in (file.width, file.height)
    )
    size = escape(
        _("large picture: %(width)s by %(height)s pixels") % {"width": width, "height": height}
    )
    shown = f'<a href="{url}">{text}</a>' if is_link else text
    return f'<span class="large-picture">{shown} ({size})</span>'
