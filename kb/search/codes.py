"""Model names, error codes, versions and numbers with units: words that are not language.

A code is found whole and by its pieces, so that ``WH1000`` and ``xm4`` find
``WH-1000XM4``, and ``17.4`` finds ``17.4.1``.  A number and its unit are one thing,
however they are written: ``500ml``, ``500 ml``, ``30-day``, ``20 %``.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate

MAX_PIECES = 10
"""Pieces of one code; a pasted key of hundreds of groups must not fill the index."""
_SHORTEST_IDENTIFIER = 3
"""``v2`` and ``g3`` are too short to stand for one thing."""
_LONG_NUMBER = 5
"""Digits from which a plain number is an order, part or error number and no quantity."""

_UNITS = """
%: percent pct
$: usd dollar dollars
€: eur euro euros
£: gbp
°: degree degrees
bit: bits
cm: centimeter centimeters centimetre centimetres
day: days
ft: foot feet
g: gram grams
gb: gigabyte gigabytes gig gigs
ghz: gigahertz
hour: hours hr hrs h
hz: hertz
inch: inches
kb: kilobyte kilobytes
kbps:
kg: kilo kilos kilogram kilograms
khz:
km: kilometer kilometers kilometre kilometres
kw: kilowatt kilowatts
kwh:
l: liter liters litre litres
lb: lbs
m: meter meters metre metres
ma:
mah:
mb: megabyte megabytes
mbps:
mhz: megahertz
minute: minutes min mins
ml: milliliter milliliters millilitre millilitres
mm: millimeter millimeters millimetre millimetres
month: months
oz: ounce ounces
px: pixel pixels
second: seconds sec secs
tb: terabyte terabytes
v: volt volts
w: watt watts
week: weeks
year: years yr yrs
"""
UNITS: Mapping[str, str] = {
    form: unit
    for line in _UNITS.strip().splitlines()
    for unit, _, forms in [line.partition(":")]
    for form in (unit, *forms.split())
}
"""From the unit as written to one form. ``in`` and ``a`` are left out: they are words."""

_NUMBER_UNIT = re.compile(r"(\d+(?:[.,]\d+)*)([a-z]+|[%°$€£])")
_UNIT_NUMBER = re.compile(r"([$€£])(\d+(?:[.,]\d+)*)")
_VERSION = re.compile(r"v?(\d+(?:\.\d+)+)")
_CHUNK = re.compile(r"\d+|[^\W\d_]+")
_NAME_NUMBER = re.compile(r"([^\W\d_]{3,})(\d+)")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|x)")
_ORDINARY_WORDS = "mp3 mp4 2fa mfa2 h264 h265 b2b b2c 1080p 720p 4k 8k utf8 web2 x86 x64 wifi6"
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""Words with a digit that name no model and no error."""


def number_with_unit(word: str) -> tuple[str, str] | None:
    """The number and the unit of a folded word such as ``2.4ghz`` or ``$20``, else None."""
    if match := _NUMBER_UNIT.fullmatch(word):
        unit = UNITS.get(match[2])
        return (match[1], unit) if unit else None
    if match := _UNIT_NUMBER.fullmatch(word):
        return match[2], match[1]
    return None


def version_numbers(word: str) -> tuple[str, ...]:
    """``17.4.1``, ``17.4`` and ``17`` for ``v17.4.1``; empty for what is no version."""
    match = _VERSION.fullmatch(word)
    if match is None:
        return ()
    numbers = match[1].split(".")[:MAX_PIECES]
    return tuple(".".join(numbers[:length]) for length in range(len(numbers), 0, -1))


def code_pieces(parts: Sequence[str]) -> tuple[str, ...]:
    """What a code of these parts is found by besides the whole, the telling ones first.

    Its parts, beginnings, ends and single groups of letters or digits: for ``wh`` and
    ``1000xm4`` these are ``1000xm4``, ``wh1000``, ``xm4`` and so on.
    """
    chunks = [chunk for part in parts for chunk in _CHUNK.findall(part)][: MAX_PIECES + 1]
    beginnings = list(accumulate(chunks))[:-1]
    ends = ["".join(chunks[n:]) for n in range(1, len(chunks))]
    whole = "".join(parts)
    pieces = dict.fromkeys((*(parts if len(parts) > 1 else ()), *beginnings[::-1], *ends, *chunks))
    return tuple(p for p in pieces if len(p) > 1 and p != whole)[:MAX_PIECES]


def name_and_number(word: str) -> tuple[str, str] | None:
    """``iphone`` and ``15`` for ``iphone15``; None for codes such as ``e42``."""
    match = _NAME_NUMBER.fullmatch(word)
    return (match[1], match[2]) if match else None


def is_ordinal(word: str) -> bool:
    """Whether a folded word is ``1st``, ``30th`` or ``2x``."""
    return _ORDINAL.fullmatch(word) is not None


def has_digit(word: str) -> bool:
    """Whether a word is a number or may be a code, which no rule for words holds for."""
    return any(character.isdigit() for character in word)


def is_mixed(word: str) -> bool:
    """Whether letters and digits stand in one word."""
    return not word.isdigit() and not word.isalpha() and has_digit(word)


def is_identifier(word: str) -> bool:
    """Whether a folded word, joined if it had hyphens, names one model, error or version."""
    if len(word) < _SHORTEST_IDENTIFIER or word in _ORDINARY:
        return False
    if word.isdigit():
        return len(word) >= _LONG_NUMBER
    if _VERSION.fullmatch(word):
        return word.count(".") > 1
    if number_with_unit(word) or _ORDINAL.fullmatch(word):
        return False
    return is_mixed(word)


def tells_where(word: str) -> bool:
    """Whether an identifier says on what something happens rather than what does.

    That is a version (``76.0.1``) or a name with its number (``html5``, ``win7``).
    """
    return _VERSION.fullmatch(word) is not None or name_and_number(word) is not None
