"""The excerpt shows the words that were found, wherever in a section they stand."""

from kb.search.analysis import Analyzer
from kb.search.snippets import build_snippet

ENGLISH = Analyzer.for_language("en")


def snippet(text: str, question: str) -> str:
    return build_snippet(text, frozenset(ENGLISH.terms(question)), ENGLISH)


def test_a_row_far_down_a_long_table_is_shown() -> None:
    table = "".join(f"E-{number} pump {number} failed\n" for number in range(3000))
    assert "<mark>E-2999</mark>" in snippet(table, "E-2999")
    assert "<mark>E-7</mark>" in snippet(table, "E-7")


def test_without_a_match_the_text_begins_at_its_beginning() -> None:
    assert snippet("Descale it. " * 2000, "kettle").startswith("Descale it. Descale")
