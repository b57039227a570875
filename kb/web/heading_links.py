"""A link beside each heading of an article, so that others can be sent to that very place.

Added when the page is made, not when the article is published: the label is in the language
of the interface, and neither search nor the API should see it.
"""

import re
from html import escape, unescape

from markupsafe import Markup

from kb.web.translation import gettext as _

_HEADING = re.compile(
    r'<(?P<tag>h[2-6])(?P<rest> (?:[^">]|"[^"]*")*)>(?P<inner>.*?)</(?P=tag)>', re.DOTALL
)
"""The sanitiser writes all attributes in double quotes and closes what it opens."""
_ID = re.compile(r' id="(h-[^"]*)"')
_TAG = re.compile(r'<(?:[^">]|"[^"]*")*>')


def link_headings(html: str) -> Markup:
    """Sanitised HTML in which every heading with an anchor has a link to itself after it."""
    return Markup(_HEADING.sub(_add_link, html))  # noqa: S704 -- it was sanitised, and stays so


def _add_link(found: re.Match[str]) -> str:
    anchor = _ID.search(found["rest"])
    text = " ".join(unescape(_TAG.sub("", found["inner"])).split())
    if anchor is None or not text:
        return found[0]
    label = escape(_("Link to “%(heading)s”") % {"heading": text})
    return (
        f'<div class="heading heading--{found["tag"]}">{found[0]}'
        f'<a class="heading__link" href="#{anchor[1]}" aria-label="{label}">#</a></div>'
    )
