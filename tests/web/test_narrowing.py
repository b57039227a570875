"""Filters of the results page: what they offer, what they keep, and the way back."""

import lxml.html
import pytest

from .conftest import text_of

HITS = "//h2[@class='hit__title']/a/@href"


def options(page, field):
    return page.xpath(f"//select[@name='{field}']/option/@value")


def test_only_what_occurs_is_offered(read):
    page = read("/search?q=order")
    assert options(page, "collection") == ["", "orders", "news", "policies"]
    assert options(page, "kind") == ["", "faq", "how-to", "policy", "bulletin"]
    assert options(page, "product") == ["", "ac-1"]
    assert "AC-1" in text_of(page, "//select[@name='product']")


def test_staff_may_choose_what_is_theirs(read, staff):
    assert "notes" in options(read("/search?q=order", staff), "collection")


@pytest.mark.parametrize(
    ("narrowed", "found", "name"),
    (("kind=how-to", ["/articles/track-order"], "Type of article: How-to guides"),
     ("product=ac-1", ["/articles/track-order"], "Product: AC-1"),
     ("collection=orders%2Fexpress", ["/articles/same-day"], "Topic: Orders › Express")),
)  # fmt: skip
def test_a_filter_narrows_is_named_and_can_be_removed(read, narrowed, found, name):
    page = read(f"/search?q=order&{narrowed}")
    assert [url.partition("#")[0] for url in page.xpath(HITS)] == found
    assert name in text_of(page, "//*[@role='status' and contains(@class, 'results-count')]")
    assert page.xpath("//option[@selected and @value != '']/@value")
    (remove,) = page.xpath("//ul[@class='chosen']//a/@href")
    assert remove == "/search?q=order"
    assert len(read(remove).xpath(HITS)) > 1


def test_removing_one_filter_keeps_the_others(read):
    page = read("/search?q=order&collection=orders&kind=how-to&exact=1")
    assert page.xpath("//ul[@class='chosen']//a/@href") == [
        "/search?q=order&kind=how-to&exact=1",
        "/search?q=order&collection=orders&exact=1",
    ]
    assert "Narrow down (2)" in text_of(page, "//summary")


@pytest.mark.parametrize(
    "wrong", ("kind=essay", "kind=", "product=../..", "product=AC-2", "collection=notes",
              "kind=how-to%00", "collection=%F0%9F%8E%89"),
)  # fmt: skip
def test_a_wrong_value_is_ignored(read, wrong):
    page = read(f"/search?q=order&{wrong}")
    assert len(page.xpath(HITS)) > 1
    assert not page.xpath("//ul[@class='chosen']")


def test_corrections_keep_the_filters(read):
    page = read("/search?q=cancle+ordr&collection=orders")
    (back,) = page.xpath("//p[@class='correction']/a/@href")
    assert back == "/search?q=cancle%20ordr&collection=orders&exact=1"


def test_the_next_page_keeps_the_filters(site):
    answer = site.client.get("/search?q=water+power+button+display&kind=troubleshooting")
    page = lxml.html.document_fromstring(answer.get_data(as_text=True))
    assert page.xpath("//a[@rel='next']/@href") == [
        "/search?q=water+power+button+display&kind=troubleshooting&page=2"
    ]


def test_one_of_a_kind_is_no_choice(write, settings, clock, publish):
    from kb.app_factory import create_app
    from kb.bootstrap.services import build_services

    write("a.md", "---\ntitle: Kettle\n---\nx")
    publish()
    services = build_services(settings, clock)
    html = create_app(services).test_client().get("/search?q=kettle").get_data(as_text=True)
    assert "<select" not in html
    services.generations.close()


def test_a_long_list_of_products_is_cut_but_keeps_the_chosen_one(write, settings, clock, publish):
    from kb.app_factory import create_app
    from kb.bootstrap.services import build_services

    names = ", ".join(f"P-{number:03}" for number in range(150))
    write("a.md", f"---\ntitle: Kettle\nproduct: [{names}]\n---\nx")
    write("b.md", "---\ntitle: Pump\nproduct: [P-149]\n---\nx")
    publish()
    services = build_services(settings, clock)
    client = create_app(services).test_client()
    for path in ("/search?q=kettle", "/search?q=kettle&product=p-120"):
        html = client.get(path).get_data(as_text=True)
        assert html.count('<option value="p-') == 100
        assert '"p-149"' in html, "two articles name it"
    assert '<option value="p-120" selected>' in html
    services.generations.close()
