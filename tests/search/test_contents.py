"""A table of contents inside a text is told from what answers."""

from kb.content.models import Section
from kb.search.analysis import Analyzer
from kb.search.contents import find_contents
from kb.search.documents import build_search_sections


def test_a_table_of_contents_lists_headings() -> None:
    entries = ["1 Turn it on", "1.1 By the menu", "2 Turn it off", "3 What was removed since"]
    entries += ["4 Sounds", "5 Colors"]
    headings = ["Turn it on", "By the menu", "Turn it off", "Sounds", "Colors"]
    cases = [
        Section("", "", 1, "In this article:\nTurn it on\nTurn it off\nSounds\nColors"),
        Section("toc", "Table of contents", 2, "\n".join(entries)),
        *(
            Section(f"h-{at}", heading, 2, "See here.\nMore.")
            for at, heading in enumerate(headings)
        ),
    ]
    assert [section.heading for section in find_contents(cases)] == ["Table of contents"]
    built = build_search_sections(cases, Analyzer.for_language("en"))
    assert [s.heading for s in built if s.is_contents] == ["Table of contents"]


def test_steps_that_name_other_headings_are_none() -> None:
    cases = [
        Section("how", "How to", 2, "Turn it on\nPress Start\nTurn it off"),
        Section("see", "See also", 2, "Turn it on"),
        Section("on", "Turn it on", 2, "Press I."),
        Section("off", "Turn it off", 2, ""),
    ]
    assert not find_contents(cases)
