"""The excerpt shows the words that were found, wherever in a section they stand."""

from kb.content.models import Section
from kb.search.analysis import Analyzer
from kb.search.documents import build_search_sections
from kb.search.snippets import build_snippet

ENGLISH = Analyzer.for_language("en")


def snippet(text: str, question: str) -> str:
    (section,) = build_search_sections([Section("a", "Question", 2, text.strip())], ENGLISH)
    return build_snippet(section.text, section.find_places(ENGLISH.terms(question)))


def test_a_row_far_down_a_long_table_is_shown() -> None:
    table = "".join(f"E-{number} pump {number} failed\n" for number in range(3000))
    assert "<mark>E-2999</mark>" in snippet(table, "E-2999")
    assert "<mark>E-7</mark>" in snippet(table, "E-7")


def test_without_a_match_the_text_begins_at_its_beginning() -> None:
    assert snippet("Descale it. " * 2000, "kettle").startswith("Descale it. Descale")


def test_cells_and_items_are_told_apart() -> None:
    table = "It switches off\nLikely cause\nAfter a few seconds\nLever not down.\nOne more try"
    assert snippet(table, "kettle") == (
        "It switches off · Likely cause · After a few seconds · Lever not down. One more try"
    )
    assert snippet("onestep\n" * 100, "kettle").endswith(" · onestep …")


def test_the_excerpt_goes_on_behind_the_last_word() -> None:
    text = (
        "Open gift cards in the shop and choose a sum. " * 3
        + "At checkout, select the gift card and type the characters without spaces. "
        + "Check the balance. Go to the page of cards and enter the code. "
        + "More about it is below. " * 20
    )
    found = snippet(text, "gift card balance")
    assert "<mark>balance</mark>. Go to the page of" in found
    assert "<mark>gift</mark>" in found
    assert len(found.replace("<mark>", "").replace("</mark>", "")) < 230


def test_an_excerpt_at_the_end_is_filled_with_what_stands_before() -> None:
    short = "Put the filter in. The kettle does not start without a filter."
    assert snippet(short, "start").startswith("Put the filter in.")
    long = "One more sentence. " * 30 + "The kettle does not start."
    found = snippet(long, "start")
    assert found.startswith("… One more sentence.")
    assert found.endswith("The kettle does not <mark>start</mark>.")
    assert len(found) > 150


def test_a_text_without_spaces_is_shown_from_a_sentence_on_and_as_long_as_others() -> None:
    text = (
        "送料は 無料です。"
        + "商品は七日以内に届きます。" * 30
        + "返品は電話で申請します。"
        + "返金は後日です。" * 30
    )
    found = snippet(text, "返品")
    assert found.startswith("… ")
    assert (
        "。<mark>返品</mark>は電話で申請します。返金は" in found
        or "… <mark>返品</mark>は電話で" in found
    )
    assert 200 < len(found.replace("<mark>", "").replace("</mark>", "")) < 230
