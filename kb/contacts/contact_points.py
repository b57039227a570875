"""Reads the contact points of one department: phone, e-mail address and opening hours.

Each is checked as far as it can be without a network, and stored in one form.
"""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from kb.contacts.opening import HoursError, knows_holidays, load_hours
from kb.content.models import Severity
from kb.content.yaml_document import FieldReader

MAX_HOURS_LENGTH = 500
"""Longer texts are no hours that a person could read."""

_SUN = re.compile(r"sunrise|sunset|dawn|dusk")
_HOLIDAYS = re.compile(r"\bPH\b")
_HOURS_EXAMPLE = "Mo-Fr 08:00-20:00; Sa 09:00-17:00; PH off"


def read_phone(reader: FieldReader, country: str) -> tuple[str, str]:
    """The number as E.164 and as it is shown; both empty when absent or unusable."""
    text = reader.text("phone")
    if not text:
        return "", ""
    example = "write it with its country, such as +1 800 555 0199"
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        reader.report(
            "invalid-phone", "phone", f"`{text}` cannot be read as a phone number", example
        )
        return "", ""
    if not phonenumbers.is_possible_number(number):
        reader.report("invalid-phone", "phone", f"`{text}` has too few or too many digits", example)
        return "", ""
    if not phonenumbers.is_valid_number(number):
        # Numbering plans change faster than the library, so this does not unpublish a number.
        reader.report(
            "doubtful-phone",
            "phone",
            f"`{text}` lies outside the known numbering plan",
            "check the number by calling it",
            Severity.WARNING,
        )
    national = phonenumbers.region_code_for_number(number) == country
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if national
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.format_number(number, form),
    )


def read_email(reader: FieldReader) -> str:
    """The normalised address; empty when absent or unusable."""
    text = reader.text("email")
    if not text:
        return ""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        reader.report(
            "invalid-email",
            "email",
            f"`{text}` is not an e-mail address: {error}",
            "write an address such as help@example.com",
        )
        return ""


def read_hours(reader: FieldReader, timezone: str, country: str) -> str:
    """The hours in one line; empty when absent or unusable."""
    hours = " ".join(reader.text("hours").split())
    if not hours:
        return ""
    fix = f"write them as in `{_HOURS_EXAMPLE}`"
    if len(hours) > MAX_HOURS_LENGTH:
        reader.report(
            "invalid-hours", "hours", f"`hours` is longer than {MAX_HOURS_LENGTH} characters", fix
        )
        return ""
    try:
        load_hours(hours, timezone, "")
    except HoursError as error:
        reader.report("invalid-hours", "hours", f"`{hours}` cannot be read{error}", fix)
        return ""
    if _SUN.search(hours):
        reader.report(
            "invalid-hours",
            "hours",
            "hours that follow the sun need a place, which a department has not",
            "write clock times",
        )
        return ""
    if _HOLIDAYS.search(hours) and not knows_holidays(country):
        missing = (
            f"no public holidays are known for {country}" if country else "`country` is missing"
        )
        reader.report(
            "unknown-holidays",
            "hours",
            f"`PH` has no effect: {missing}",
            "name the country, or write out the dates",
            Severity.WARNING,
        )
    return hours
