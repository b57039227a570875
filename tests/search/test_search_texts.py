"""What an article is called is analysed at publish; what customers called it, when it is read."""

from collections.abc import Callable

from kb.config import Settings
from kb.publishing.generation import Generation
from kb.search.analysis import Analyzer
from kb.search.search_texts import SearchText, SearchTexts
from kb.storage.library_file import SqliteLibraryFiles
from tests.conftest import Write

ENGLISH = Analyzer.for_language("en")
KETTLE = """---
title: {title}
questions: [Who are you, Is it on]
tags: [water, descaling agents]
---
It is boiling.
"""


def load(generation: Generation, settings: Settings, *wordings: str) -> SearchText:
    reader = SqliteLibraryFiles().open(settings.index_dir / "generations" / generation.id)
    reader.load_published()
    try:
        text = SearchTexts(generation.library, reader, {"kettle": wordings}).load("kettle")
    finally:
        reader.close()
    assert text is not None
    return text


def test_head_terms_come_from_the_publish_and_wordings_are_added(
    settings: Settings, write: Write, publish: Callable[[], Generation]
) -> None:
    write("kettle.md", KETTLE.format(title="Who we are"))
    text = load(publish(), settings, "the boiler")
    assert text.title == " who we are "
    assert text.questions == (" who are you ", " is it on ")
    told = f" {' '.join(ENGLISH.terms('water descaling agents'))} "
    assert text.head == text.title + "".join(text.questions) + told + " boiler "
    assert [section.text for section in text.sections] == ["It is boiling."]


def test_a_new_title_is_read_after_the_next_publish(
    settings: Settings, write: Write, publish: Callable[[], Generation]
) -> None:
    write("kettle.md", KETTLE.format(title="Who we are"))
    write("lamp.md", "# Lamp\n\nIt shines.\n")
    publish()
    write("kettle.md", KETTLE.format(title="Our kettle"))
    text = load(publish(), settings)
    assert text.title == f" {' '.join(ENGLISH.terms('Our kettle', keep_stop_words=True))} "
    assert text.head.startswith(text.title)


def test_another_language_of_the_site_is_read_after_the_next_publish(
    settings: Settings, write: Write, publish: Callable[[], Generation]
) -> None:
    write("kettle.md", KETTLE.format(title="Running kettles"))
    write("lamp.md", "---\ntitle: Lamp\nlanguage: en\n---\nIt shines.\n")
    publish()
    write("_site.yml", "language: de\n")
    german = Analyzer.for_language("de")
    text = load(publish(), settings)
    assert text.title.split() == german.terms("Running kettles", keep_stop_words=True)
    assert text.sections[0].terms.split() == german.terms("It is boiling.")
    assert german.terms("running boiling") == ["running", "boiling"]
