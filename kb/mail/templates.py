"""The texts of mails: one template each, with a block for the subject and one for the text.

Plain text only: every mail program shows it, nothing in it can be loaded from elsewhere,
and no markup of whoever wrote a title can get in.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb.languages.catalogs import SOURCE_LANGUAGE, find_code, load_catalog
from kb.languages.interface import find_locale

_BLANK_LINES = re.compile(r"\n{3,}")
_MAX_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject and text of one mail."""

    subject: str
    text: str


class MailTemplates:
    """Renders the templates in a folder; values are text and never a template themselves."""

    def __init__(self, folder: Path, find_language: Callable[[], str]) -> None:
        """Read templates when they are first needed.

        Args:
            folder: of the templates.
            find_language: tag of the language of mails to whoever has chosen none.
        """
        self._folder = folder
        self._find_language = find_language
        self._environments: dict[str, Environment] = {}

    def render(self, name: str, language: str = "", **values: object) -> MailText:
        """The mail ``name`` with these values.

        Args:
            name: of the template.
            language: tag of the reader's; empty is that of whoever has chosen none.
            values: what the template shows.
        """
        code = find_code(language or self._find_language()) or SOURCE_LANGUAGE
        if code not in self._environments:
            self._environments[code] = self._make_environment(code)
        template = self._environments[code].get_template(f"{name}.txt")
        context = template.new_context(values)
        subject = one_line("".join(template.blocks["subject"](context)))
        text = "".join(template.blocks["text"](context)).strip()
        return MailText(subject[:_MAX_SUBJECT], _BLANK_LINES.sub("\n\n", text) + "\n")

    def _make_environment(self, code: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self._folder),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            autoescape=False,  # noqa: S701  # text, not HTML
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.install_gettext_translations(load_catalog(code), newstyle=True)  # type: ignore[attr-defined]
        environment.filters["one_line"] = one_line
        locale = find_locale(code)
        environment.filters["day"] = partial(format_date, format="long", locale=locale)
        environment.filters["percent"] = partial(format_percent, locale=locale)
        return environment


def one_line(text: str) -> str:
    """The text on one line, without control characters: fit for a header or a list."""
    visible = "".join(" " if unicodedata.category(c) in _BREAKING else c for c in text)
    return " ".join(visible.split())


_BREAKING = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
