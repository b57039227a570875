"""Takes personal data out of query texts before anything is stored or logged.

Redacted are e-mail addresses, links, bank accounts, payment cards, phone numbers, what
looks like the company's own order or account numbers (``KB_PRIVATE_PATTERNS``) and
every other number long enough to identify somebody.
Kept is what a support question needs: error codes, versions, model names, dates,
prices and short numbers.  When in doubt a number goes: a lost part number costs an
editor a guess, a stored account number costs a customer more.

Input has at most 200 characters (``kb.text.clean_query_text``) and every pattern is
linear in it.
"""

import re
from collections.abc import Iterable

from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn

from kb.private_patterns import PrivatePattern

EMAIL = "[email]"
URL = "[url]"
IBAN = "[iban]"
CARD = "[card]"
PHONE = "[phone]"
NUMBER = "[number]"
MARKERS = (EMAIL, URL, IBAN, CARD, PHONE, NUMBER)

LONG_NUMBER = 6
"""Digits from which a number is taken to identify a person, an order or an account."""

_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://\S+|\bwww\.\S+|\b(?:[\w-]{1,63}\.){1,4}[a-z]{2,18}[/?]\S+",
    re.IGNORECASE,
)
_EMAIL = re.compile(
    r"(?:\"[^\"@]{1,64}\"|[^\s@\"<>(),;:\[\]]{1,64})"
    r"(?:\s?(?:@|＠|%40|[(\[]\s?at\s?[)\]])\s?(?:[\w-]{1,63}\.){1,5}\w{2,24}|[@＠][^\W\d][\w.-]{1,190})",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,40}", re.IGNORECASE)
_HEX = re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE)
_STANDARD = re.compile(
    r"\b(?:din|en|iec|ieee|iso|rfc|ul|vde)[ /-](?:(?:en|iec|iso)[ /-]){0,2}\d{2,5}(?:-\d{1,3}){0,2}\b",
    re.IGNORECASE,
)
"""A norm, such as EN 60335-1; six digits and more are no norm."""
_PERCENT = re.compile(r"(?<![\d.,-])\d{1,3}(?:[.,]\d{1,2})? ?%")
_DIGIT = re.compile(r"\d")
_NUMERIC = re.compile(r"[+(]{0,2}\d[\d .,/()‐‑–−-]*")
_PART = re.compile(r"[^\s]+")
_LETTER_BEFORE = re.compile(r"[^\W\d_]-?\Z")
_CODE_END = re.compile(r"\d{1,5}(?:\.\d{1,3})*\s+")
_PLAIN_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?",
        r"(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:19|20)\d\d|\d\d)",
        r"(?:19|20)\d\d[-/–](?:(?:19|20)\d\d|\d\d)",
        r"\d{1,3}[.,]\d{3}(?:[.,]\d{1,2})?|\d{1,5}[.,]\d{1,2}",
        r"\d{1,3}(?:\.\d{1,3}){3}",
        r"\d{1,2}\.\d{1,2}\.\d{3,5}(?:\.\d{1,4})?",
        r"\d{1,2}(?:\.\d{1,2}){1,3}",
    )
)
"""Dates, spans of years, prices, addresses of routers, and versions, all as one word."""


def redact(text: str, regions: Iterable[str], private: Iterable[PrivatePattern] = ()) -> str:
    """The text with markers such as ``[email]`` in place of personal data.

    Args:
        text: a cleaned query text.
        regions: two-letter countries whose national phone numbers are recognised.
        private: the company's own numbers.
    """
    text = _EMAIL.sub(EMAIL, _URL.sub(URL, text))
    for pattern in private:
        text = pattern.regex.sub(NUMBER, text)
    if len(_DIGIT.findall(text)) < LONG_NUMBER:
        return text
    text = _IBAN.sub(_mark_iban, text)
    return _redact_numbers(_redact_phones(text, regions))


def _mark_iban(match: re.Match[str]) -> str:
    # The pattern runs on into the words behind the number: find where it ends.
    parts = re.split(r"([ -])", match[0])
    for end in range(len(parts), 0, -2):
        candidate = "".join(parts[:end])
        if iban.is_valid(candidate, check_country=False):
            return IBAN + "".join(parts[end:])
    return match[0]


def _redact_phones(text: str, regions: Iterable[str]) -> str:
    for region in regions:
        found = PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=20)
        for match in reversed(list(found)):
            if not _is_kept(match.raw_string) and not _is_card(match.raw_string):
                text = text[: match.start] + PHONE + text[match.end :]
    return text


def _redact_numbers(text: str) -> str:
    """Redact long numbers but not codes that are known to be none of anybody's."""
    kept = (_HEX, _STANDARD, _PERCENT)
    codes = sorted(match.span() for pattern in kept for match in pattern.finditer(text))
    done = 0
    parts: list[str] = []
    for start, end in codes:
        if start >= done:
            parts += [_redact_stretch(text[done:start]), text[start:end]]
            done = end
    return "".join([*parts, _redact_stretch(text[done:])])


def _redact_stretch(text: str) -> str:
    def mark(match: re.Match[str]) -> str:
        # A short number right behind letters is a model or an error, not the start of
        # the number that follows it: "E-42 220-240 V".
        code = _CODE_END.match(match[0]) if _LETTER_BEFORE.search(text[: match.start()]) else None
        kept = code[0] if code else ""
        return kept + _mark_long_numbers(match[0][len(kept) :])

    return _NUMERIC.sub(mark, text)


def _mark_long_numbers(cluster: str) -> str:
    """Redact what is long in a stretch of digits, spaces and separators."""
    if _count_digits(cluster) < LONG_NUMBER:
        return cluster
    marked: list[str] = []
    run_start = 0
    for part in _PART.finditer(cluster):
        if _is_kept(part[0]):
            marked += [_mark_run(cluster[run_start : part.start()]), part[0]]
            run_start = part.end()
    return "".join([*marked, _mark_run(cluster[run_start:])])


def _mark_run(run: str) -> str:
    groups = re.findall(r"\d+", run)
    digits = sum(map(len, groups))
    if digits < LONG_NUMBER or _is_short_pair(groups) or _are_years(groups):
        return run
    start = len(run) - len(run.lstrip(" ,./-"))
    end = len(run.rstrip(" .,/-("))
    return run[:start] + (CARD if _is_card(run) else NUMBER) + run[end:]


def _is_short_pair(groups: list[str]) -> bool:
    """Two short numbers side by side, such as the range 100-240."""
    return len(groups) == 2 and all(len(group) <= 3 for group in groups)


def _are_years(groups: list[str]) -> bool:
    """Years, alone or with the day and month before them."""
    year = re.compile(r"(?:19|20)\d\d")
    if len(groups) == 3 and len(groups[0]) <= 2 and len(groups[1]) <= 2:
        return bool(year.fullmatch(groups[2]))
    return len(groups) == 2 and all(year.fullmatch(group) or len(group) < 3 for group in groups)


def _is_kept(word: str) -> bool:
    word = word.strip("()+").rstrip(".,/-–")
    return any(pattern.fullmatch(word) for pattern in _PLAIN_NUMBERS)


def _is_card(text: str) -> bool:
    digits = "".join(str(int(character)) for character in text if character.isdecimal())
    return 13 <= len(digits) <= 19 and luhn.is_valid(digits)


def _count_digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)
