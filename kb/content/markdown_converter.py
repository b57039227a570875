"""Python-Markdown with what our articles may use."""

import re
from functools import cache

import markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, STX

_EXTENSIONS = (
    "tables",
    "attr_list",
    "def_list",
    "footnotes",
    "sane_lists",
    "admonition",
    "md_in_html",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.quotes",
    "pymdownx.tilde",
)
_ESCAPED = r"""(?<!\\)\\([\"'&,/:;=?^]|(?<![\w:]\\)[<$%~@])"""
"""Some not after a letter: paths such as ``C:\\Users\\<name>`` keep their backslashes."""


@cache
def markdown_converter() -> markdown.Markdown:
    """The converter of this process; to be reset before each article."""
    converter = markdown.Markdown(
        extensions=list(_EXTENSIONS),
        extension_configs={
            "pymdownx.highlight": {"use_pygments": False},
            "pymdownx.quotes": {"callouts": True},
            "pymdownx.tilde": {"subscript": False},
        },
        output_format="html",
    )
    # Above HTML and links, which would take what an author has escaped.
    converter.inlinePatterns.register(_Escaped(_ESCAPED, converter), "escaped", 182)
    return converter


class _Escaped(InlineProcessor):
    """Takes what Markdown lets authors escape and Python-Markdown does not know."""

    def handleMatch(  # type: ignore[override]  # the base returns less
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        return f"{STX}{ord(m[1])}{ETX}", m.start(0), m.end(0)
