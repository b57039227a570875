"""Feed, sitemap, browser search, crawler rules and health."""

from dataclasses import replace

import lxml.etree
import pytest

from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.web import machines
from tests.conftest import RunningSite

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def parse(answer):
    assert answer.status_code == 200
    return lxml.etree.fromstring(answer.get_data())


def test_the_feed_holds_what_changed_last(client):
    feed = parse(client.get("/feed.atom"))
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    for entry in entries:
        for part in ("title", "id", "updated", "summary"):
            assert entry.find(f"{ATOM}{part}").text
        assert client.get(entry.find(f"{ATOM}link").get("href")).status_code == 200


def test_every_address_of_the_sitemap_is_a_public_page(client):
    addresses = [loc.text for loc in parse(client.get("/sitemap.xml")).iter(f"{SITEMAP}loc")]
    assert "http://localhost/articles/track-order" in addresses
    assert len(addresses) == len(set(addresses))
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_a_long_sitemap_comes_in_parts(client, monkeypatch):
    whole = len(list(parse(client.get("/sitemap.xml")).iter(f"{SITEMAP}loc")))
    monkeypatch.setattr(machines, "SITEMAP_ADDRESSES", 5)
    parts = [loc.text for loc in parse(client.get("/sitemap.xml")).iter(f"{SITEMAP}loc")]
    assert len(parts) == -(-whole // 5)
    found = [len(list(parse(client.get(part)).iter(f"{SITEMAP}loc"))) for part in parts]
    assert sum(found) == whole


def test_the_base_url_is_used_where_it_is_set(small_settings, clock):
    services = build_services(replace(small_settings, base_url="https://help.acme.example"), clock)
    client = create_app(services).test_client()
    for path in ("/feed.atom", "/sitemap.xml", "/opensearch.xml", "/robots.txt"):
        text = client.get(path).get_data(as_text=True)
        assert "https://help.acme.example/" in text, path
        assert "localhost" not in text, path
    services.generations.close()


def test_a_browser_can_add_the_search(client):
    description = parse(client.get("/opensearch.xml"))
    kinds = {
        u.get("type"): u for u in description.iter("{http://a9.com/-/spec/opensearch/1.1/}Url")
    }
    url = kinds["text/html"]
    found = client.get(url.get("template").replace("{searchTerms}", "order"))
    assert found.status_code == 200


def test_a_browsers_search_field_gets_suggestions_that_lead_to_articles(client):
    description = parse(client.get("/opensearch.xml"))
    kinds = {
        u.get("type"): u for u in description.iter("{http://a9.com/-/spec/opensearch/1.1/}Url")
    }
    template = kinds["application/x-suggestions+json"].get("template")
    answer = client.get(template.replace("{searchTerms}", "cancel"))
    assert answer.mimetype == "application/x-suggestions+json"
    text, titles, summaries, addresses = answer.get_json(force=True)
    assert (text, titles) == ("cancel", ["Cancel an order"])
    assert summaries == ["Stop an order before it ships."]
    assert client.get(addresses[0]).status_code == 200
    nothing = client.get(template.replace("{searchTerms}", "")).get_json(force=True)
    assert nothing == ["", [], [], []]


def test_completions_never_name_internal_articles(client):
    assert client.get("/search/completions?q=refund+limit").get_json(force=True)[1] == []


def test_crawlers_stay_out_of_what_pages_fetch_and_may_read_that_results_are_not_for_them(client):
    rules = client.get("/robots.txt").get_data(as_text=True).splitlines()
    assert "Disallow: /search/" in rules
    assert "Disallow: /search" not in rules
    assert "Sitemap: http://localhost/sitemap.xml" in rules


def test_health(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("path", "media_type"),
    (("/feed.atom", "application/atom+xml"), ("/sitemap.xml", "application/xml"),
     ("/opensearch.xml", "application/opensearchdescription+xml"), ("/robots.txt", "text/plain")),
)  # fmt: skip
def test_media_types(client, path, media_type):
    answer = client.get(path)
    assert answer.mimetype == media_type
    assert answer.content_type.endswith("charset=utf-8")


def test_ready_means_that_the_first_search_need_not_load_anything(site: RunningSite) -> None:
    assert site.client.get("/readyz").status_code == 200
    cache = site.app.jinja_env.cache
    assert cache is not None
    loaded = set(cache.keys())
    assert site.client.get("/search?q=refnd").status_code == 200
    assert set(cache.keys()) == loaded
