"""A company's own numbers are removed as its templates say, and nothing else."""

import time

import pytest

from kb.config import load_settings
from kb.errors import SettingsError
from kb.private_patterns import parse_private_patterns
from kb.search_log.privacy import redact

PATTERNS = parse_private_patterns("ORD-####, AC @@##, T***-##")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where is ORD-1234", "where is [number]"),
        ("ord1234?", "[number]?"),
        ("ord 1234 late", "[number] late"),
        ("account AC-bd77 locked", "account [number] locked"),
        ("t9z4/12", "[number]"),
        ("ORD-12345 is longer", "ORD-12345 is longer"),
        ("word-1234", "word-1234"),
        ("error E-42 on WH-1000XM4 17.4.1", "error E-42 on WH-1000XM4 17.4.1"),
    ],
)
def test_templates(text, expected):
    assert redact(text, ("US",), PATTERNS) == expected


@pytest.mark.parametrize(
    "value", ["##", "@@@@@", "*****", "* * *", "ORDER", "#" * 41, ",".join(["A###"] * 51)]
)
def test_templates_that_would_do_harm_are_refused(value):
    with pytest.raises(SettingsError, match="KB_PRIVATE_PATTERNS"):
        load_settings({"KB_PRIVATE_PATTERNS": value})


def test_no_template_is_slow():
    patterns = parse_private_patterns(
        ",".join(["* - * - * - * - # - # - #", "A# # # # # # # #"] * 25)
    )
    for text in ("1 " * 100, "a-" * 100, "a1" * 100, " - " * 66):
        started = time.thread_time()
        redact(text, (), patterns)
        assert time.thread_time() - started < 0.05
