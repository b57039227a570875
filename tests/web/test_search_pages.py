"""The results page: what it says, and the ways on when results are weak or missing."""

from dataclasses import replace

import lxml.html
import pytest

from kb.app_factory import create_app
from kb.bootstrap.services import build_services

from .conftest import text_of


def test_results_say_what_was_searched_and_how_many(read):
    page = read("/search?q=track+order")
    status = text_of(page, "//*[@role='status' and contains(@class, 'results-count')]")
    assert "track order" in status
    assert "article" in status
    first = page.xpath("//ol[contains(@class, 'hits')]/li[1]")[0]
    assert first.xpath(".//h2/a/@href")[0].startswith("/articles/track-order")
    assert "Orders" in first.text_content()


def test_found_words_are_marked(read):
    assert read("/search?q=soon").xpath("//mark")


def test_a_corrected_search_says_so_and_can_be_undone(read):
    page = read("/search?q=cancle+ordr")
    assert "Showing results for" in text_of(page)
    (back,) = page.xpath("//a[contains(@href, 'exact=1')]/@href")
    assert back == "/search?q=cancle%20ordr&exact=1"
    assert "Showing results for" not in text_of(read(back))


def test_nothing_found_recovers(read):
    page = read("/search?q=xylophone")
    main = text_of(page)
    assert "No article was found for “xylophone”" in main
    assert "/contact?q=xylophone" in page.xpath("//main//a/@href")
    assert "Popular articles" in main
    assert "Front desk" in main


def test_nothing_found_in_a_collection_offers_the_rest(read):
    page = read("/search?q=overnight+outage&collection=policies")
    assert "Search in everything" in text_of(page)
    assert "/search?q=overnight%20outage" in page.xpath("//main//a/@href")


def test_a_collection_limits_the_search_and_stays_chosen(read):
    page = read("/search?q=order+noon&collection=orders")
    assert page.xpath("//select[@name='collection']/option[@selected]/@value") == ["orders"]
    for url in page.xpath("//h2[@class='hit__title']/a/@href"):
        assert "strike" not in url


def test_an_unknown_collection_is_left_out(read):
    assert read("/search?q=order&collection=../../etc").xpath("//ol[contains(@class, 'hits')]")


def test_an_empty_search_is_no_error(read):
    for path in ("/search", "/search?q=", "/search?q=%20%00%20"):
        page = read(path)
        assert "Search the help center" in text_of(page)
        assert page.xpath("//main//form[@role='search']")


@pytest.mark.parametrize(
    "query",
    ("a" * 100_000, "the of and", "?!...", "\x00\x1b[2J", "🎉🎉", "‮שלום‬", '"unbalanced', "title:",
     "*", "[a TO z]", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "NOT " * 300),
)  # fmt: skip
def test_no_query_breaks_the_page(client, query):
    answer = client.get("/search", query_string={"q": query})
    assert answer.status_code == 200
    html = answer.get_data(as_text=True)
    assert "<script>alert" not in html
    assert "‮" not in html


def test_what_was_asked_stays_in_the_box(read):
    page = read("/search?q=%3Cb%3Eorder%22")
    assert page.xpath("//input[@name='q']/@value") == ['<b>order"']


@pytest.mark.parametrize("page", ("0", "-1", "x", "99999999999999999999", "²"))
def test_strange_page_numbers_are_no_error(client, page):
    assert client.get(f"/search?q=order&page={page}").status_code == 200


def test_results_are_kept_by_nobody(client):
    answer = client.get("/search?q=track+my+order")
    assert "private" in answer.headers["Cache-Control"]
    page = lxml.html.document_fromstring(answer.get_data(as_text=True))
    assert page.xpath("//meta[@name='googlebot']/@content") == ["noindex"]


@pytest.mark.parametrize("path", ["/search?q=zeppelin", "/search"])
def test_what_answers_nothing_belongs_into_no_index_at_all(client, path):
    assert client.get(path).headers.getlist("X-Robots-Tag") == ["noindex"]


def test_too_many_searches_are_asked_to_wait(small_settings, clock):
    services = build_services(replace(small_settings, rate_limit=True), clock)
    client = create_app(services).test_client()
    answers = [client.get("/search?q=order") for _ in range(125)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Please wait" in answers[-1].get_data(as_text=True)
    services.generations.close()


def test_the_log_gets_each_search_of_a_customer_once(small, client):
    client.get("/search?q=track+order")
    client.get("/search?q=track+order&page=2")
    today = small.clock.now().date()
    found = small.services.search_log.list_top_searches(today, today)
    assert [(top.text, top.searches) for top in found] == [("track order", 1)]


def test_no_cookie_before_the_first_search(client):
    for path in ("/", "/articles/track-order", "/directory", "/collections/orders"):
        assert "Set-Cookie" not in client.get(path).headers, path
    answer = client.get("/search?q=order")
    assert "visit=" in answer.headers["Set-Cookie"]
    assert "private" in answer.headers["Cache-Control"]


def test_answers_while_typing_are_those_of_the_search_and_recorded_nowhere(client, small):
    found = client.get("/search/answers?q=order").get_json()["answers"]
    assert found and set(found[0]) == {"title", "section", "url", "snippet"}
    assert client.get("/search/answers?q=").get_json() == {"answers": []}
    day = small.clock.now().date()
    assert small.services.search_log.summary(day, day).total.searches == 0


def test_answers_while_typing_show_internal_articles_to_staff_only(client, staff):
    path = "/search/answers?q=zebra+vouchers"
    assert client.get(path).get_json() == {"answers": []}
    answer = staff.get(path)
    assert answer.get_json()["answers"]
    assert "no-store" in answer.headers["Cache-Control"]
