"""Dates, numbers and addresses as readers of the interface's language write them."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, request
from jinja2 import pass_context
from jinja2.runtime import Context

from kb.languages.interface import find_locale
from kb.search_log.models import VoteReason
from kb.web.current_site import site
from kb.web.interface_language import interface
from kb.web.services import services
from kb.web.translation import gettext as _

_SEPARATED_FROM = 1_000
_COUNTS = frozenset({"count", "num"})
"""Names of what is counted in messages that have a plural."""


def init_formatting(app: Flask) -> None:
    """Offer the filters to templates."""
    app.jinja_env.filters["long_date"] = long_date
    app.jinja_env.filters["month"] = month
    app.jinja_env.filters["iso_time"] = iso_time
    app.jinja_env.filters["text_direction"] = text_direction
    app.jinja_env.filters["vote_reason_name"] = vote_reason_name
    app.jinja_env.filters["amount"] = amount
    app.jinja_env.globals["ngettext"] = _with_amounts(
        cast("Callable[..., str]", app.jinja_env.globals["ngettext"])
    )
    app.jinja_env.globals["site"] = site
    app.jinja_env.globals["absolute_url"] = absolute_url


def amount(value: float, digits: int = 0) -> str:
    """A number with separators: "12,345" in English, "12.345" in German.

    Not for numbers that something is called by, such as that of an inquiry.
    """
    if digits == 0 and abs(value) < _SEPARATED_FROM:
        return str(round(value))
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, pattern, locale=interface().locale)


def today() -> date:
    """The day it is where the company is."""
    return services().clock.now().astimezone(find_zone(site().timezone)).date()


def long_date(value: date | datetime | None) -> str:
    """The day in words, "October 26, 2026" in English; empty when there is none."""
    if value is None:
        return ""
    return _format_long(_local_day(value), interface().tag)


def month(value: date | datetime) -> str:
    """Month and year in words."""
    return format_skeleton("yMMMM", _local_day(value), locale=interface().locale)


def iso_time(value: date | datetime) -> str:
    """The machine-readable form for ``<time datetime>`` and feeds."""
    return value.isoformat()


def list_languages(codes: tuple[str, ...]) -> str:
    """The names of languages as a list in words: "English and French"."""
    locale = interface().locale
    names = [find_locale(code).get_language_name(str(locale)) or code for code in codes]
    return format_list(names, locale=locale)


def vote_reason_name(reason: str) -> str:
    """Why an article did not help, in a customer's words."""
    names = {
        VoteReason.OTHER_QUESTION: _("It is about something else"),
        VoteReason.UNCLEAR: _("I do not understand it"),
        VoteReason.DID_NOT_WORK: _("It did not work"),
        VoteReason.OUTDATED: _("It is out of date"),
    }
    return names[VoteReason(reason)]


def text_direction(language: str) -> str:
    """Which way a language is written, for the ``dir`` attribute: ``ltr`` or ``rtl``."""
    return str(find_locale(language).text_direction)


def absolute_url(path: str) -> str:
    """The full address of a path: below ``KB_BASE_URL``, else as the request came."""
    base = services().settings.base_url or request.url_root.rstrip("/")
    return base + quote(path, safe="/?=&#:~")


def _local_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return value.astimezone(find_zone(site().timezone)).date()
    return value


@lru_cache(maxsize=2048)
def _format_long(day: date, language: str) -> str:
    return format_date(day, format="long", locale=find_locale(language))


@lru_cache(maxsize=64)
def find_zone(name: str) -> tzinfo:
    """The time zone of this name, UTC if there is none."""
    # A name that does not exist is reported when the content is checked; a page
    # with dates in UTC is better than no page.
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def _with_amounts(ngettext: Callable[..., str]) -> Callable[..., str]:
    """Messages of templates that have a plural, with separators in what they count."""

    @pass_context
    def translate(
        context: Context, singular: str, plural: str, number: int, /, **values: object
    ) -> str:
        values.setdefault("num", number)
        shown = {
            name: amount(value) if name in _COUNTS and isinstance(value, int) else value
            for name, value in values.items()
        }
        return ngettext(context, singular, plural, number, **shown)

    return translate
