"""Reads ``_contacts.yml`` into the Directory and reports everything that is wrong with it.

A department with an error is left out, because a wrong number costs a customer more
than a missing one; the other departments stay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import phonenumbers

from kb.contacts.contact_points import read_email, read_hours, read_phone
from kb.contacts.models import Department, Directory
from kb.content.models import Problem, Severity
from kb.content.yaml_document import FieldReader, YamlDocument
from kb.text import slugify

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


@dataclass(frozen=True, slots=True)
class _Read:
    """One department as read, with what its place in the file is needed for."""

    department: Department
    reader: FieldReader


def parse_directory(
    document: YamlDocument, *, timezone: str = "UTC", country: str = ""
) -> tuple[Directory, tuple[Problem, ...]]:
    """The departments of the document's ``departments:`` and every problem in it.

    Args:
        document: ``_contacts.yml``, parsed.
        timezone: the site's zone, for departments that name none.
        country: the site's country, for departments that name none.
    """
    top = FieldReader(document)
    readers = top.children("departments")
    read = [
        _Read(_read_department(reader, timezone, country), reader)
        for reader in readers
        if not reader.problems
    ]
    _check_slugs(read)
    departments = [one.department for one in read if not _is_broken(one.reader)]
    departments.sort(key=lambda department: department.order)
    departments = _choose_default(departments, read, top)
    _report_unknown_keys([top, *readers])
    problems = [problem for reader in (top, *readers) for problem in reader.problems]
    return Directory(tuple(departments)), tuple(sorted(problems))


def _read_department(reader: FieldReader, site_timezone: str, site_country: str) -> Department:
    country = _read_country(reader) or site_country
    timezone = _read_timezone(reader) or site_timezone
    phone, phone_display = read_phone(reader, country)
    order = reader.whole("order")
    name = " ".join(reader.text("name", required=True).split())
    return Department(
        slug=_read_slug(reader, name),
        name=name,
        description=" ".join(reader.text("description").split()),
        collections=tuple(_folder_slug(path) for path in reader.texts("collections")),
        phone=phone,
        phone_display=phone_display,
        phone_note=reader.text("phone_note"),
        email=read_email(reader),
        hours=read_hours(reader, timezone, country),
        timezone=timezone,
        country=country,
        languages=_read_languages(reader),
        reply_time_hours=reader.whole("reply_time", 1),
        order=1000 if order is None else order,
        default=reader.flag("default"),
        address=reader.text("address"),
        extra=dict(reader.unread()),
    )


def _read_slug(reader: FieldReader, name: str) -> str:
    slug = reader.text("slug") or slugify(name)
    if slug != slugify(slug):
        reader.report(
            "invalid-value",
            "slug",
            f"`slug: {slug}` is not a slug",
            f"write `slug: {slugify(slug)}`",
        )
    return slug


def _folder_slug(path: str) -> str:
    return "/".join(filter(None, (slugify(part) for part in path.split("/"))))


def _read_country(reader: FieldReader) -> str:
    def parse(text: str) -> str:
        if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(text)
        return text.upper()

    return reader.parsed("country", parse, "a two-letter country code such as US") or ""


def _read_timezone(reader: FieldReader) -> str:
    # ZoneInfo raises an OSError for some names that are folders, such as "America".
    def parse(text: str) -> str:
        try:
            return ZoneInfo(text).key
        except OSError as error:
            raise ValueError(text) from error

    return reader.parsed("timezone", parse, "a time zone such as America/New_York") or ""


def _read_languages(reader: FieldReader) -> tuple[str, ...]:
    languages = reader.texts("languages")
    for language in languages:
        if not _LANGUAGE.match(language):
            reader.report(
                "invalid-value",
                "languages",
                f"`{language}` is not a language code",
                "write codes such as [en, es]",
            )
    return languages


def _is_broken(reader: FieldReader) -> bool:
    return any(problem.severity is Severity.ERROR for problem in reader.problems)


def _check_slugs(read: Sequence[_Read]) -> None:
    lines: dict[str, int] = {}
    for one in read:
        slug, reader = one.department.slug, one.reader
        line = reader.document.line_of(*reader.keys)
        if slug and lines.setdefault(slug, line) != line:
            reader.report(
                "duplicate-slug",
                "slug",
                f"the slug `{slug}` is used twice (first on line {lines[slug]})",
                "give each department its own slug",
            )


def _choose_default(
    departments: Sequence[Department], read: Sequence[_Read], top: FieldReader
) -> list[Department]:
    """The departments with exactly one default: the first that says so, else the first."""
    chosen = [d for d in departments if d.default] or list(departments[:1])
    marked = [one.reader for one in read if one.department.default]
    if departments and not marked and len(departments) > 1:
        top.report(
            "no-default",
            "departments",
            f"no department is the default; {departments[0].name!r} is used",
            "add `default: true` to one",
            Severity.WARNING,
        )
    for reader in marked[1:]:
        reader.report(
            "several-defaults",
            "default",
            "another department is the default already",
            "remove this `default: true`",
            Severity.WARNING,
        )
    return [replace(d, default=d is chosen[0]) for d in departments]


def _report_unknown_keys(readers: Sequence[FieldReader]) -> None:
    seen: set[str] = set()
    for reader in readers:
        for key in reader.unread():
            if key not in seen:
                seen.add(key)
                reader.report(
                    "unknown-key",
                    key,
                    f"`{key}` is not a key of a department",
                    "check its spelling; it is kept but not shown",
                    Severity.WARNING,
                )
