"""What search engines read of a page: titles, descriptions, canonical addresses, JSON-LD."""

import json

import lxml.html
import pytest

PAGES = (
    "/", "/collections/all", "/collections/orders", "/policies", "/directory", "/whats-new",
    "/articles/track-order", "/articles/cancel-order", "/policies/returns",
)  # fmt: skip


def things(page: lxml.html.HtmlElement) -> dict[str, dict]:
    """The JSON-LD objects of a page by their type."""
    found = [json.loads(e.text) for e in page.xpath("//script[@type='application/ld+json']")]
    assert all(one["@context"] == "https://schema.org" for one in found)
    return {one["@type"]: one for one in found}


@pytest.mark.parametrize("path", PAGES)
def test_pages_name_themselves_once(read, path):
    page = read(path)
    assert page.xpath("//link[@rel='canonical']/@href") == [f"http://localhost{path}"]
    assert len(page.xpath("//title")) == 1
    assert "noindex" not in "".join(page.xpath("//meta[@name='robots']/@content"))
    assert read(f"{path}?utm_source=mail").xpath("//link[@rel='canonical']/@href") == [
        f"http://localhost{path}"
    ]


@pytest.mark.parametrize("path", ["/whats-new", "/policies", "/directory", "/search?q=order"])
def test_lists_say_what_they_are_about(read, path):
    (description,) = read(path).xpath("//meta[@name='description']/@content")
    assert 15 <= len(description) <= 160


def test_titles_differ_and_end_in_the_site(read):
    titles = [read(path).xpath("string(//title)") for path in PAGES]
    assert len(set(titles)) == len(titles)
    assert all(title.endswith(" · Acme Help") for title in titles)


@pytest.mark.parametrize("path", ("/search?q=order", "/search", "/contact", "/articles/gone"))
def test_searches_forms_and_errors_are_not_indexed(client, path):
    answer = client.get(path)
    page = lxml.html.document_fromstring(answer.get_data(as_text=True))
    if answer.status_code == 200:
        told = page.xpath("//meta[@name='robots' or @name='googlebot']/@content")
        assert "noindex" in [*told, answer.headers.get("X-Robots-Tag")]
    assert not things(page)
    assert not page.xpath("//link[@rel='canonical']")


def test_the_home_page_says_who_it_is_and_how_to_reach_them(read):
    company = things(read("/"))["Organization"]
    assert (company["name"], company["url"]) == ("Acme Inc.", "https://shop.example.com/")
    front, shipping = company["contactPoint"]
    assert front["email"] == "hello@acme.example.com"
    assert "telephone" not in front
    assert shipping["telephone"] == "+18005550199"
    assert shipping["availableLanguage"] == ["en", "fr"]
    assert shipping["url"] == "http://localhost/directory#shipping"
    assert read("/directory").xpath("//li[@id='shipping']")


def test_an_answer_is_a_question_and_its_answer(read):
    found = things(read("/articles/cancel-order"))["FAQPage"]
    (question,) = found["mainEntity"]
    assert question["name"] == "Cancel an order"
    assert question["acceptedAnswer"]["text"].startswith("Select Cancel.")
    assert found["inLanguage"] == "en"
    assert found["dateModified"]


@pytest.mark.parametrize("path", ("/articles/track-order", "/policies/returns"))
def test_other_kinds_are_articles(read, path):
    page = read(path)
    found = things(page)["Article"]
    assert found["headline"] == page.xpath("string(//h1)")
    assert found["mainEntityOfPage"] == f"http://localhost{path}"
    assert found["description"] == page.xpath("string(//meta[@name='description']/@content)")
    assert found["publisher"] == {"@type": "Organization", "name": "Acme Inc."}


def test_the_way_to_an_article_is_that_on_the_page(read):
    page = read("/articles/same-day")
    items = things(page)["BreadcrumbList"]["itemListElement"]
    assert [item["position"] for item in items] == [1, 2, 3, 4]
    assert [item["name"] for item in items] == ["Home", "Orders", "Express", "Same-day delivery"]
    shown = page.xpath("//nav[@class='breadcrumbs']//a/@href")
    assert [item["item"] for item in items[:-1]] == [f"http://localhost{path}" for path in shown]


def test_the_description_is_the_summary_or_the_beginning_of_the_text(read):
    assert describing(read("/articles/cancel-order")) == "Stop an order before it ships."
    assert describing(read("/articles/same-day")) == "Order before noon."


def describing(page: lxml.html.HtmlElement) -> str:
    return page.xpath("string(//meta[@name='description']/@content)")


def test_hostile_titles_stay_data(client, read):
    text = client.get("/articles/hostile").get_data(as_text=True)
    assert "<script>alert" not in text
    assert things(read("/articles/hostile"))["FAQPage"]["name"] == "Braces {{7*7}} & <b>tags</b>"


def test_nothing_internal_is_told(read, staff):
    page = read("/articles/refund-limit", staff)
    assert not things(page)
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
