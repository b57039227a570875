"""The texts of mails: one template each, with a block for the subject and one for the text.

Plain text only: every mail program shows it, nothing in it can be loaded from elsewhere,
and no markup of whoever wrote a title can get in.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_BLANK_LINES = re.compile(r"\n{3,}")
_MAX_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject and text of one mail."""

    subject: str
    text: str


class MailTemplates:
    """Renders the templates in a folder; values are text and never a template themselves."""

    def __init__(self, folder: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            autoescape=False,  # noqa: S701  # text, not HTML
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # The catalogs come with the languages, as for pages (kb/web/translation.py).
        self._environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
        self._environment.filters["one_line"] = one_line

    def render(self, name: str, **values: object) -> MailText:
        """The mail ``name`` with these values."""
        template = self._environment.get_template(f"{name}.txt")
        context = template.new_context(values)
        subject = one_line("".join(template.blocks["subject"](context)))
        text = "".join(template.blocks["text"](context)).strip()
        return MailText(subject[:_MAX_SUBJECT], _BLANK_LINES.sub("\n\n", text) + "\n")


def one_line(text: str) -> str:
    """The text on one line, without control characters: fit for a header or a list."""
    visible = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in text)
    return " ".join(visible.split())


_BREAKING = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
