"""Titles, headings, tables, images and numbers of articles as nobody should write them."""

import json
import re

import lxml.etree
import lxml.html
import pytest
from click.testing import CliRunner

from kb.cli.main import main
from tests.awkward_content import COLUMNS, LONG_TITLE, MANY, UNBROKEN_TITLE
from tests.conftest import RunningSite


@pytest.fixture
def open_page(awkward: RunningSite):
    def read(path):
        answer = awkward.client.get(path)
        assert answer.status_code == 200, path
        return lxml.html.document_fromstring(answer.get_data(as_text=True))

    return read


def test_a_title_of_emoji_has_an_address_that_can_be_typed(awkward: RunningSite) -> None:
    library = awkward.services.generations.current().library
    slugs = {summary.path: slug for slug, summary in library.summaries.items()}
    assert slugs["odd/emoji-alone.md"] == "emoji-alone"
    assert re.fullmatch(r"article-[0-9a-f]{8}", slugs["odd/🧯🔥.md"])
    collection = next(c for c in library.collections.values() if c.path == "odd")
    assert collection.slug == "odd"
    assert collection.name == "🦄🌈"


def test_headings_of_emoji_have_anchors_of_their_own(open_page) -> None:
    page = open_page("/articles/emoji-alone")
    anchors = page.xpath("//div[@class='prose']//h2/@id")
    assert anchors == ["h-section", "h-section-1", "h-section-2"]
    links = page.xpath("//nav[contains(@class, 'contents')]//a/@href")
    assert links == [f"#{anchor}" for anchor in anchors]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_twelve_levels_of_headings_are_six(open_page) -> None:
    page = open_page("/articles/long")
    levels = [e.tag for e in page.xpath("//div[@class='prose']//*[re:match(name(), '^h[1-6]$')]",
              namespaces={"re": "http://exslt.org/regular-expressions"})]  # fmt: skip
    # The article's own h1 moves all others down, as the page has its title there.
    assert levels == ["h2", "h3", "h4", "h5", *["h6"] * 8]
    assert page.xpath("//div[@class='prose']//h6[last()]")[-1].text == "Level 12"
    assert len(page.xpath("//nav[contains(@class, 'contents')]//a")) <= 4


def test_a_table_of_many_columns_scrolls_by_itself_and_has_a_name(open_page) -> None:
    (region,) = open_page("/articles/long").xpath("//*[@role='region']")
    assert region.get("tabindex") == "0"
    assert region.get("aria-label") == "Column 1"
    assert len(region.xpath(".//th")) == COLUMNS


def test_pictures_too_small_too_large_and_lost(open_page) -> None:
    prose = open_page("/articles/pictures").xpath("//div[@class='prose']")[0]
    (image,) = prose.xpath(".//img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("One dot", "1", "1")
    alone, linked = prose.xpath(".//*[@class='large-picture']")
    assert alone.text_content() == "A wall of pixels (large picture: 10,000 by 10,000 pixels)"
    assert alone.xpath("./a/@href")[0].endswith("/wall.png")
    assert linked.getparent().get("href") == "/articles/long"
    assert linked.xpath(".//a") == []
    assert prose.xpath(".//*[@class='missing-file']")[0].text == "The lost picture"


def test_editors_are_told_file_and_line(awkward: RunningSite, monkeypatch) -> None:
    monkeypatch.setenv("KB_CONTENT_DIR", str(awkward.settings.content_dir))
    monkeypatch.setenv("KB_INDEX_DIR", str(awkward.settings.index_dir))
    monkeypatch.setenv("KB_SEMANTIC", "off")
    result = CliRunner().invoke(main, ["check", "--json", "--no-regression"])
    found = {(p["code"], p["path"], p["line"]) for p in json.loads(result.stdout)}
    assert ("missing-file", "odd/pictures.md", 10) in found
    assert ("image-too-many-pixels", "odd/pictures.md", 6) in found
    assert ("invalid-value", "_site.yml", 3) in found
    deep = sorted(
        line for code, path, line in found if (code, path) == ("heading-too-deep", "odd/long.md")
    )
    assert deep == [29, 33, 37, 41, 45, 49]


def test_a_heading_that_begins_with_a_hash_is_none_of_the_seventh_level(write, publish) -> None:
    write("a/one.md", "---\ntitle: One\n---\n###### #1 of all\n\n```\n####### code\n```\n")
    generation = publish()
    assert "#1 of all</h6>" in generation.library.find_article("one").html
    assert generation.problems == ()


def test_a_collection_of_thousands_is_paged(open_page, awkward: RunningSite) -> None:
    first = open_page("/collections/many")
    assert len(first.xpath("//ul[@class='article-list']/li")) == 100
    assert len(lxml.html.tostring(first)) < 60_000
    last = open_page(f"/collections/many?page={MANY // 100}")
    assert last.xpath("//ul[@class='article-list']/li[last()]/a")[0].text == (
        f"Question {MANY - 1} about a thing"
    )
    assert awkward.client.get(f"/collections/many?page={MANY // 100 + 1}").status_code == 404


@pytest.mark.parametrize("path", ("/sitemap.xml", "/feed.atom", "/opensearch.xml"))
def test_what_programs_read_is_well_formed(awkward: RunningSite, path: str) -> None:
    answer = awkward.client.get(path)
    root = lxml.etree.fromstring(answer.get_data())
    if path == "/sitemap.xml":
        assert sum("/articles/question-" in node.text for node in root.iter("{*}loc")) == MANY


@pytest.mark.parametrize("title", (LONG_TITLE, UNBROKEN_TITLE))
def test_long_titles_are_found_by_search_and_suggested(awkward: RunningSite, title: str) -> None:
    found = awkward.client.get("/api/v1/search", query_string={"q": title[:60]}).get_json()
    assert title in [hit["title"] for hit in found["hits"]]
    suggested = awkward.client.get("/api/v1/suggest", query_string={"q": title[:12]}).get_json()
    assert title in [entry["title"] for entry in suggested["suggestions"]]


def test_a_question_of_emoji_gets_a_page(open_page) -> None:
    page = open_page("/search?q=🧯🔥🫠")
    assert page.xpath("//h1")
