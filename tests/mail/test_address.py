"""Which texts are e-mail addresses, and which mail links are ours."""

import pytest

from kb.errors import InvalidInput
from kb.mail.address import parse_address
from kb.mail.links import LinkSigner, make_key


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ben@example.com", "ben@example.com"),
        ("  ben@Example.COM ", "ben@example.com"),
        ("ben+help@mail.example.co.uk", "ben+help@mail.example.co.uk"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("ben@bücher.example.com", "ben@xn--bcher-kva.example.com"),
    ],
)
def test_addresses(text, address):
    assert parse_address(text) == address


HOSTILE = (
    "ben@example.com\r\nBcc: eve@example.com",
    "ben@example.com\nBcc: eve@example.com",
    "ben@example.com\r",
    "ben@example.com\u2028Bcc: eve@example.com",
    "ben@example.com\u2029",
    "ben@example.com\x00",
    "ben@example.com\x0bBcc: eve@example.com",
    "ben@example.com\u0085Bcc: eve@example.com",
    "ben@example.com,eve@example.com",
    "ben@example.com;eve@example.com",
    "ben@example.com eve@example.com",
    "Ben <ben@example.com>",
    '"Ben\r\n"@example.com',
    '"a b"@example.com',
    "ben@[127.0.0.1]",
    "ben@localhost",
    "ben@",
    "@example.com",
    "ben",
    "ben@exa mple.com",
    "ben@example..com",
    "bén@example.com",
    "\u202eben@example.com",
    "a" * 65 + "@example.com",
    "ben@" + "a" * 300 + ".com",
    "a@" * 100_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_is_no_address_is_refused_with_what_to_do(text):
    with pytest.raises(InvalidInput, match=r"like name@example\.com") as caught:
        parse_address(text)
    assert caught.value.field == "email"


def test_nothing_is_asked_for():
    with pytest.raises(InvalidInput, match="Enter your e-mail address"):
        parse_address("   ")


def test_a_link_fits_its_purpose_and_its_key_only():
    signer, other = LinkSigner("one"), LinkSigner("two")
    key = make_key()
    token = signer.make("confirm", key)
    assert signer.read("confirm", token) == key
    assert signer.read("withdraw", token) is None
    assert other.read("confirm", token) is None
    for forged in (token[:-1], token + "0", key, "", ".", f"{key}.", "é.é", "x" * 10_000,
                   token.replace(key, make_key())):  # fmt: skip
        assert signer.read("confirm", forged) is None
