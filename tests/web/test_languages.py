"""The language of the interface: how it is chosen, and what stays in the content's."""

from dataclasses import replace

import lxml.html
import pytest

from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.errors import SettingsError

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def open_page(client, path="/", **headers):
    response = client.get(path, headers=headers)
    return response, lxml.html.fromstring(response.get_data(as_text=True))


def language_of(client, path="/", **headers):
    return open_page(client, path, **headers)[1].get("lang")


def test_the_browser_asks_and_a_choice_goes_before(client):
    assert language_of(client) == "en"
    assert language_of(client, **GERMAN) == "de"
    response, page = open_page(client, "/?lang=es", **GERMAN)
    assert page.get("lang") == "es"
    assert "lang=es" in response.headers["Set-Cookie"]
    assert "private" in response.headers["Cache-Control"]
    assert language_of(client, "/collections/orders", **GERMAN) == "es"


@pytest.mark.parametrize("accept", ["xx", "*", "de;q=nonsense", ";;,,=", "\xff", "en-" * 500])
def test_nonsense_gets_a_page_in_the_language_of_the_site_or_what_it_names(client, accept):
    assert language_of(client, **{"Accept-Language": accept}) in ("en", "de")


@pytest.mark.parametrize("chosen", ["xx", "", "../de", "ar-XB"])
def test_what_is_not_offered_cannot_be_chosen(client, chosen):
    response, page = open_page(client, f"/?lang={chosen}")
    assert page.get("lang") == "en"
    assert "lang=" not in response.headers.get("Set-Cookie", "")


def test_caches_keep_the_languages_apart(client):
    english, _ = open_page(client)
    german, _ = open_page(client, **GERMAN)
    assert {"Accept-Language", "Cookie"} <= set(german.vary)
    assert english.headers["ETag"] != german.headers["ETag"]
    crossed = client.get("/", headers={**GERMAN, "If-None-Match": english.headers["ETag"]})
    assert crossed.status_code == 200
    again = client.get("/", headers={**GERMAN, "If-None-Match": german.headers["ETag"]})
    assert again.status_code == 304


def test_an_article_keeps_its_language(client):
    _, page = open_page(client, "/articles/cancel-order", **GERMAN)
    assert page.get("lang") == "de"
    (prose,) = page.xpath("//div[@class='prose']")
    assert prose.get("lang") == "en"


def test_the_chooser_names_each_language_in_its_own_words(client):
    _, page = open_page(client, "/search?q=order&page=1")
    links = page.xpath("//nav[@class='languages']//a")
    assert [(a.get("lang"), a.text) for a in links] == [
        ("en", "English"), ("de", "Deutsch"), ("es", "Español"),
    ]  # fmt: skip
    assert links[1].get("href") == "/search?q=order&page=1&lang=de"
    assert links[0].get("aria-current") == "true"


def test_what_programs_read_keeps_to_the_language_of_the_site(client):
    for path in ("/feed.atom", "/opensearch.xml"):
        german = client.get(path, headers=GERMAN)
        assert german.data == client.get(path).data
        assert "Accept-Language" not in german.vary


def test_a_page_from_right_to_left_that_nobody_is_offered(small_settings, clock):
    settings = replace(small_settings, languages=("en", "ar-XB"))
    services = build_services(settings, clock)
    client = create_app(services).test_client()
    assert language_of(client, **{"Accept-Language": "ar-XB,ar"}) == "en"
    _, page = open_page(client, "/?lang=ar-XB")
    assert (page.get("lang"), page.get("dir")) == ("ar-XB", "rtl")
    services.generations.close()


def test_a_language_without_a_catalog_is_refused(small_settings, clock):
    services = build_services(replace(small_settings, languages=("xx",)), clock)
    with pytest.raises(SettingsError, match=r"translations/xx\.po"):
        create_app(services)
    services.generations.close()
