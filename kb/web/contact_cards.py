"""A department as a page shows it: how to reach it, and whether anybody is there now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, urlencode

from kb.contacts.models import Department
from kb.contacts.opening import find_status
from kb.errors import GenerationUnavailable
from kb.web.formatting import list_languages
from kb.web.interface_language import interface
from kb.web.opening_hours import describe_reply, describe_status
from kb.web.services import generation, services

_ADDRESS_SAFE = "@!$&'*+-.=^_~"
"""Characters of an e-mail address that may stand in a mailto link as they are."""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """What a customer needs to know before calling or writing."""

    department: Department
    is_open: bool
    hours_known: bool
    status: str
    """In words: open until when, or closed until when."""
    reply: str
    """By when a mail sent now is answered; empty where that is not promised."""
    languages: str
    """Names of the languages that are spoken, as a list in words."""

    @property
    def phone_href(self) -> str:
        """The ``tel:`` link, empty without a phone."""
        return f"tel:{self.department.phone}" if self.department.phone else ""

    @property
    def mail_href(self) -> str:
        """The ``mailto:`` link, empty without an address."""
        return self.mail_href_about("")

    def mail_href_about(self, question: str) -> str:
        """The ``mailto:`` link with the question already written into the mail."""
        if not self.department.email:
            return ""
        address = quote(self.department.email, safe=_ADDRESS_SAFE)
        if not question:
            return f"mailto:{address}"
        fields = urlencode({"subject": question, "body": f"{question}\n\n"}, quote_via=quote)
        return f"mailto:{address}?{fields}"


def find_card(collection: str = "") -> ContactCard | None:
    """The department that looks after a collection; the general one for ""."""
    department = generation().directory.find_for_collection(collection)
    return None if department is None else build_card(department)


def has_departments() -> bool:
    """Whether there is anybody to contact; False while nothing is published."""
    try:
        return bool(generation().directory.departments)
    except GenerationUnavailable:
        return False


def list_cards() -> tuple[ContactCard, ...]:
    """All departments, in the directory's order."""
    return tuple(build_card(department) for department in generation().directory.departments)


def build_card(department: Department) -> ContactCard:
    """The department as it stands at this minute."""
    now = services().clock.now()
    minute = now - timedelta(seconds=now.second, microseconds=now.microsecond)
    language = interface().tag
    return _build_card(_Moment(generation().id, department.slug, minute, language, department))


@dataclass(frozen=True, slots=True)
class _Moment:
    generation: str
    slug: str
    minute: datetime
    language: str
    department: Department = field(compare=False)


@lru_cache(maxsize=256)
def _build_card(moment: _Moment) -> ContactCard:
    # Reading opening hours costs more than the rest of an article page, and every
    # article page of a collection shows the same department at the same minute.
    department, minute = moment.department, moment.minute
    status = find_status(department, minute)
    return ContactCard(
        department,
        is_open=status.is_open,
        hours_known=status.known,
        status=describe_status(department, status, minute),
        reply=describe_reply(department, minute),
        languages=list_languages(department.languages),
    )
