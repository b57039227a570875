"""Which passwords are accepted, and how they are kept.

Length is what counts (no rules about digits and signs, which make people write
passwords down); what everybody tries first is refused.
"""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb.errors import InvalidInput

MIN_PASSWORD_LENGTH = 15
"""For accounts without a second factor (OWASP ASVS 6.2.1)."""
MAX_PASSWORD_LENGTH = 256
"""Room for any passphrase; longer input only costs time."""
_MIN_DIFFERENT_CHARACTERS = 5

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id as OWASP names it: about 26 ms and 19 MiB, where the library's own default takes
144 ms and 64 MiB of a small server for each attempt."""

UNKNOWN_ACCOUNT_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$LQGExE0TmKrL7TPI+qmMtg$"
    "+wzAG+8ks7FdEziyF7pwVSCQMs75/i17RggU6Pe+Qcg"
)
"""Of a password that nobody has: checked for unknown e-mail addresses, so that the time an
answer takes does not tell who has an account."""

_COMMON_TEXT = """
    passwordpassword password1234567 password12345678 password123456789 passwordpassword1
    123456789012345 1234567890123456 12345678901234567890 0123456789012345 987654321098765
    012345678901234 123456781234567 1234567812345678 1231231231231231 123123123123123
    qwertyuiopasdfgh qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwertyuiop123456
    qwertyuiop12345 qwerty123456789 1qaz2wsx3edc4rfv 1qaz2wsx3edc4rfv5tgb zaq12wsxcde34rfv
    1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8 asdfghjklasdfghjkl
    abcdefghijklmno abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abc123abc123abc
    iloveyouiloveyou iloveyouforever letmeinletmeinletmein welcomewelcome1 changemechangeme
    changeme1234567 administrator123 administratoradministrator adminadminadmin
    administrator1 administrator12 helpdeskhelpdesk customerservice customersupport
    supportsupport1 supportsupport123 letmeinplease123 thisismypassword thisisapassword
    mypasswordispassword passwordispassword correcthorsebatterystaple secretsecretsecret
    trustno1trustno1 superman1234567 football1234567 baseball1234567 princess1234567
    sunshine1234567 dragondragondragon monkeymonkeymonkey masterpassword1 p@ssw0rdp@ssw0rd
    passw0rdpassw0rd p@ssw0rd1234567 qazwsxedcrfvtgb qazwsxedcrfvtgbyhnujm helpshelfhelpshelf
"""
_COMMON = frozenset(_COMMON_TEXT.split())
"""Long enough, and on every list that is tried first."""


def check_password(password: str, email: str) -> None:
    """Refuse a password that would be guessed.

    Raises:
        InvalidInput: says what to change.
    """
    folded = "".join(_normalize(password).casefold().split())
    if len(password) < MIN_PASSWORD_LENGTH:
        raise InvalidInput(
            "Use at least %(count)s characters: a few words are easy to keep.",
            "password",
            count=MIN_PASSWORD_LENGTH,
        )
    if len(password) > MAX_PASSWORD_LENGTH:
        raise InvalidInput(
            "Use at most %(count)s characters.", "password", count=MAX_PASSWORD_LENGTH
        )
    if folded in (email.casefold(), email.casefold().partition("@")[0]):
        raise InvalidInput("The password must not be the e-mail address.", "password")
    if folded in _COMMON or len(set(folded)) < _MIN_DIFFERENT_CHARACTERS:
        raise InvalidInput(
            "This password is one of the first to be tried: use another.", "password"
        )


def hash_password(password: str) -> str:
    """The form in which a password is stored."""
    return _hasher.hash(_normalize(password))


def is_password(password_hash: str, password: str) -> bool:
    """Whether this is the password that was stored."""
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    try:
        return _hasher.verify(password_hash, _normalize(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether it was stored with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _normalize(password: str) -> str:
    # The same letters may arrive composed from one keyboard and decomposed from another.
    return unicodedata.normalize("NFC", password)
