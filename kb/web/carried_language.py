"""A language that was chosen goes along in the links of a page until its cookie has come back.

Browsers may refuse the cookie, and nobody is to choose again on every page.  With the cookie
the address needs no language: links lead on without it.
"""

import re
from urllib.parse import quote

_FIELD = "lang"
_PLACE = re.compile(
    r'(<(?:a|form)\b[^>]*?\s(?:href|action)=")(/(?![/"]|static/|api/)[^"#]*|/(?="))'
)
"""The address of a link or form that leads to another page of ours; text has no bare ``<``."""
_FORM = re.compile(r"<form\b[^>]*>")


def carry_language(page: str, tag: str) -> str:
    """The HTML of a page whose links and forms lead on in the language ``tag``."""
    value = quote(tag)

    def add(found: re.Match[str]) -> str:
        before, address = found.groups()
        if f"{_FIELD}=" in address:
            return found[0]  # the chooser's own
        return f"{before}{address}{'&amp;' if '?' in address else '?'}{_FIELD}={value}"

    def fill(found: re.Match[str]) -> str:
        # Browsers drop the query of the address that such a form has.
        is_query = 'method="post"' not in found[0]
        field = f'<input type="hidden" name="{_FIELD}" value="{value}">'
        return found[0] + field if is_query else found[0]

    return _FORM.sub(fill, _PLACE.sub(add, page))
