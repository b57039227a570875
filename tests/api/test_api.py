"""The JSON API: the promised shapes, and errors that programs understand."""

from urllib.parse import quote

import pytest

from kb.api.openapi import build_openapi
from tests.conftest import ROOT

SEARCH_KEYS = {
    "query", "outcome", "confidence", "total", "mode", "degraded", "correction", "took_ms", "hits",
    "searched", "stage", "offset", "best",
}  # fmt: skip
HIT_KEYS = {
    "slug", "title", "collection", "section", "anchor", "url", "score", "snippet", "reasons",
}  # fmt: skip


@pytest.fixture
def client(site):
    return site.client


def test_search_answers_the_search_object(client):
    found = client.get("/api/v1/search?q=track+a+parcel&limit=3").get_json()
    assert set(found) >= SEARCH_KEYS
    assert found["query"] == "track a parcel"
    assert found["outcome"] in ("confident", "weak", "none")
    assert 0 <= found["confidence"] <= 1
    assert 1 <= len(found["hits"]) <= 3
    assert set(found["hits"][0]) == HIT_KEYS
    assert client.get(found["hits"][0]["url"]).status_code == 200


def test_search_goes_on_where_it_stopped(client):
    both = client.get("/api/v1/search?q=parcel&limit=4").get_json()["hits"]
    rest = client.get("/api/v1/search?q=parcel&limit=2&offset=2").get_json()["hits"]
    assert [hit["slug"] for hit in rest] == [hit["slug"] for hit in both[2:]]


def test_search_stays_in_a_collection(client):
    hits = client.get("/api/v1/search?q=parcel&collection=returns&limit=50").get_json()["hits"]
    assert {hit["collection"].split("/")[0] for hit in hits} == {"returns"}


def test_search_stays_with_a_kind_and_a_product(client):
    def slugs(path):
        return {hit["slug"] for hit in client.get(path).get_json()["hits"]}

    policies = slugs("/api/v1/search?q=warranty&kind=policy&limit=50")
    assert policies
    assert policies < slugs("/api/v1/search?q=warranty&limit=50")
    for slug in policies:
        assert client.get(f"/api/v1/articles/{slug}").get_json()["kind"] == "policy"
    printed = slugs("/api/v1/search?q=clean+it&product=FV-300X&limit=50")
    assert printed
    assert printed == slugs("/api/v1/search?q=clean+it&product=fv-300x&limit=50")
    for slug in printed:
        assert "FV-300X" in client.get(f"/api/v1/articles/{slug}").get_json()["product"]


@pytest.mark.parametrize(
    ("query", "field"),
    (("", "q"), ("q=", "q"), ("q=%20", "q"), ("q=a&limit=0", "limit"), ("q=a&limit=51", "limit"),
     ("q=a&limit=x", "limit"), ("q=a&limit=%C2%B2", "limit"), ("q=a&offset=-1", "offset"),
     ("q=a&offset=99999999999", "offset"), ("q=a&collection=nowhere", "collection"),
     ("q=a&kind=essay", "kind"), ("q=a&kind=FAQ", "kind"), ("q=a&product=toaster", "product"),
     ("q=a&product=%21", "product"), ("q=a&product=" + "x" * 5000, "product")),
)  # fmt: skip
def test_a_parameter_that_cannot_be_used_is_named(client, query, field):
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == 400
    error = answer.get_json()["error"]
    assert error["field"] == field
    assert error["code"] == "bad-parameter"
    assert error["message"]


@pytest.mark.parametrize("query", ("[a TO z]", "*", '"', "\x00", "NOT " * 500, "🎉", "title:x"))
def test_no_query_breaks_the_search(client, query):
    assert client.get(f"/api/v1/search?q={quote(query)}").status_code in (200, 400)
    assert client.get(f"/api/v1/suggest?q={quote(query)}").status_code == 200


def test_suggestions_lead_to_articles(client):
    found = client.get("/api/v1/suggest?q=track").get_json()
    assert set(found) == {"suggestions"}
    assert found["suggestions"]
    for suggestion in found["suggestions"]:
        assert set(suggestion) == {"title", "url"}
        assert client.get(suggestion["url"]).status_code == 200


@pytest.mark.parametrize("typed", ("track a", "track a parcel", "track a par"))
def test_single_letters_do_not_end_the_suggestions(client, typed):
    found = client.get("/api/v1/suggest", query_string={"q": typed}).get_json()["suggestions"]
    assert "/articles/track-a-parcel" in [suggestion["url"] for suggestion in found]


def test_nothing_typed_suggests_nothing(client):
    for path in ("/api/v1/suggest", "/api/v1/suggest?q="):
        assert client.get(path).get_json() == {"suggestions": []}


def test_an_article_with_its_text(client):
    article = client.get("/api/v1/articles/descale-a-kettle").get_json()
    assert article["title"] == "Descale a kettle"
    assert article["number"] == 1501
    assert "<ol>" in article["html"]
    assert article["url"] == "/articles/descale-a-kettle"


def test_an_old_slug_leads_to_the_article(client):
    answer = client.get("/api/v1/articles/send-it-back")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/api/v1/articles/return-an-item"


@pytest.mark.parametrize(
    "path", ("/api/v1/articles/nothing", "/api/v1/nothing", "/api/", "/api/v2/x")
)
def test_what_is_not_there_says_so_in_json(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "not-found"


def test_other_methods_are_refused_in_json(client):
    answer = client.post("/api/v1/search?q=a")
    assert answer.status_code == 405
    assert answer.get_json()["error"]["code"] == "method-not-allowed"
    assert "GET" in answer.headers["Allow"]


def test_other_sites_may_read_but_not_with_cookies(client):
    headers = client.get("/api/v1/search?q=parcel").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


def test_failures_are_json_and_say_nothing_of_the_inside(site):
    site.app.add_url_rule("/api/v1/fails", view_func=lambda: 1 / 0)
    answer = site.app.test_client().get("/api/v1/fails")
    assert answer.status_code == 500
    assert answer.get_json()["error"]["code"] == "internal-error"
    assert "division" not in answer.get_data(as_text=True)


def test_searches_of_programs_are_not_logged(site):
    site.client.get("/api/v1/search?q=parcel", headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"})
    today = site.clock.now().date()
    assert not site.services.search_log.list_top_searches(today, today)


def test_every_route_is_described_and_every_description_is_a_route(site):
    routes = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert routes == set(build_openapi()["paths"])
    assert site.client.get("/api/v1/openapi.json").get_json() == build_openapi()


def test_answers_have_the_described_keys(site):
    schemas = build_openapi()["components"]["schemas"]
    found = site.client.get("/api/v1/search?q=parcel").get_json()
    assert set(found) == set(schemas["Search"]["required"]) == set(schemas["Search"]["properties"])
    assert set(found["hits"][0]) == set(schemas["Hit"]["required"])
    assert set(found["hits"][0]["reasons"]) == set(schemas["Reasons"]["required"])
    assert found["stage"] in schemas["Search"]["properties"]["stage"]["enum"]
    article = site.client.get("/api/v1/articles/descale-a-kettle").get_json()
    assert set(article) == set(schemas["Article"]["required"])
    error = site.client.get("/api/v1/search").get_json()
    assert set(error["error"]) == set(schemas["Error"]["properties"]["error"]["required"])


def test_the_guide_names_every_route_and_error():
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for path, operations in build_openapi()["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path.replace('{', '<').replace('}', '>')}`" in guide
    for code in ("bad-parameter", "not-found", "method-not-allowed", "too-many-requests"):
        assert f"`{code}`" in guide
