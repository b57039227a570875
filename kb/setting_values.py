"""How the values of settings are read: each function takes a text and says what else to use.

All of them raise ``ValueError`` with advice such as "use on or off", to which ``kb/config.py``
adds the name of the setting and what it was set to.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


def to_path(value: str) -> Path:
    """An absolute path; ``~`` is the home of whoever runs the product."""
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise ValueError("use a path; nobody here has such a home") from None


def to_optional_path(value: str) -> Path | None:
    """The same, or nothing."""
    return to_path(value) if value else None


def to_switch(value: str) -> bool:
    """Whether something is on."""
    if value.lower() in ("on", "1", "true", "yes"):
        return True
    if value.lower() in ("off", "0", "false", "no"):
        return False
    raise ValueError("use on or off")


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words as it is."""

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"use one of: {', '.join(choices)}")
        return value

    return parse


def whole_number(minimum: int, maximum: int) -> Callable[[str], int]:
    """A whole number between these two, both included."""

    def parse(value: str) -> int:
        number = int(value) if re.fullmatch("-?[0-9]{1,9}", value) else None
        if number is None or not minimum <= number <= maximum:
            raise ValueError(f"use a whole number from {minimum} to {maximum}")
        return number

    return parse


def to_share(value: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise ValueError("use a number from 0 to 1")
    return number


def to_base_url(value: str) -> str:
    """The address of the site without a slash at its end, or nothing."""
    parts = _split(value)
    if value and (parts is None or parts.query or parts.fragment):
        raise ValueError("use an address such as https://help.example.com")
    return value.rstrip("/")


def to_webhook_url(value: str) -> str:
    """An address to post to, or nothing; without a password that logs would show."""
    parts = _split(value)
    if value and (parts is None or parts.username):
        raise ValueError("use an address such as https://hooks.example.com/help")
    return value


def _split(value: str) -> SplitResult | None:
    """The parts of an address of the web; None if it is none."""
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        return None
    return parts if is_address else None


def to_regions(value: str) -> tuple[str, ...]:
    """Countries by their two letters, in capitals."""
    regions = tuple(part.strip().upper() for part in value.split(",") if part.strip())
    if not regions or any(len(region) != 2 or not region.isalpha() for region in regions):
        raise ValueError("use two-letter countries separated by commas, such as US,GB")
    return regions


def to_languages(value: str) -> tuple[str, ...]:
    """Tags of languages."""
    tags = tuple(part.strip() for part in value.split(",") if part.strip())
    if not tags or not all(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})*", tag) for tag in tags):
        raise ValueError("use language tags separated by commas, such as en,de,pt-BR")
    return tags


def to_ref(value: str) -> str:
    """The name of a branch; nothing that git takes for an option."""
    if value.startswith("-") or any(c.isspace() or ord(c) < 32 for c in value):
        raise ValueError("use the name of a branch, such as main")
    return value


def to_remote(value: str) -> str:
    """The name of a remote; nothing that git takes for an address or an option."""
    if value and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._/-]*", value):
        raise ValueError("use the name of a remote as `git remote` lists it, such as origin")
    return value
