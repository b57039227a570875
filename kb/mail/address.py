"""E-mail addresses that people type: checked before anything is stored or sent."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from kb.errors import InvalidInput

MAX_LENGTH = 254
"""Of an address, RFC 5321. Longer input is not looked at."""


def parse_address(text: str) -> str:
    """The address as mail servers want it; an international domain in its ASCII form.

    Whether somebody reads it is not asked: that is what the confirmation mail is for.

    Raises:
        InvalidInput: it is empty, or not one address that every mail server can be given.
    """
    text = text.strip(" ")
    if not text:
        raise InvalidInput("Enter your e-mail address.", "email")
    # A line break (also U+2028) would begin a header of its own; none belongs in an address.
    is_plain = len(text) <= MAX_LENGTH and not any(unicodedata.category(c)[0] in "CZ" for c in text)
    try:
        if not is_plain:
            raise EmailNotValidError
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise InvalidInput(
            "This is not an e-mail address. It has to look like name@example.com.", "email"
        ) from error
    assert found.ascii_email is not None  # since allow_smtputf8 is off
    return found.ascii_email
