"""The language of the interface: how it is chosen, and what stays in the content's."""

from dataclasses import replace

import lxml.html
import pytest
from flask import render_template_string

from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.errors import SettingsError
from kb.web.carried_language import carry_language

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


def test_the_address_is_cleaned_once_the_cookie_has_come_back(client):
    chosen = "/search?q=order+%26+more&lang=de"
    response, page = open_page(client, chosen)
    assert (response.status_code, page.get("lang")) == (200, "de")
    again = client.get(chosen)
    assert (again.status_code, again.location) == (302, "/search?q=order+%26+more")
    assert "Cookie" in again.vary
    assert language_of(client, again.location) == "de"
    other, page = open_page(client, "/?lang=es")
    assert (other.status_code, page.get("lang")) == (200, "es"), "another choice"


def test_without_cookies_the_choice_goes_along(small):
    client = small.app.test_client(use_cookies=False)
    _, page = open_page(client, "/?lang=de")
    links = {link for link in page.xpath("//a/@href") if link.startswith("/")}
    assert "/?lang=de" in links
    assert {link for link in links if "lang=" not in link} == set()
    assert "lang" not in page.xpath("//link[@rel='canonical']/@href")[0]
    (form,) = page.xpath("//form[.//input[@id='search']]")
    assert form.xpath(".//input[@name='lang']/@value") == ["de"]
    _, found = open_page(client, "/search?q=order&lang=de")
    hit = found.xpath("//h2[@class='hit__title']/a/@href")[0]
    assert language_of(client, hit) == "de"
    assert client.get("/?lang=de").status_code == 200, "no redirect in a circle"


def test_only_links_and_forms_of_ours_carry_it():
    kept = (
        '<a href="https://shop.example/">s</a><a href="//else.example">e</a><a href="#top">t</a>'
        '<a href="/?q=1&amp;lang=es">es</a><code>&lt;a href="/x"&gt;</code>'
        '<link rel="canonical" href="/x"><img src="/media/x.png"><a href="/static/x.css">x</a>'
    )
    assert carry_language(kept, "de") == kept
    assert carry_language('<a class="x" href="/a?b=1#c">', "de") == (
        '<a class="x" href="/a?b=1&amp;lang=de#c">'
    )
    assert carry_language('<a href="/">', "de") == '<a href="/?lang=de">'
    assert carry_language('<form method="post" action="/tell-me">', "de") == (
        '<form method="post" action="/tell-me?lang=de">'
    )
    assert carry_language('<form action="/search">', "de") == (
        '<form action="/search?lang=de"><input type="hidden" name="lang" value="de">'
    )


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


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "12,345 topics"), ("de", "12.345 Themen"), ("es", "12.345 temas")],
)
def test_counts_are_written_as_the_language_does(small, language, shown):
    template = "{% trans count=n %}{{ count }} topic{% pluralize %}{{ count }} topics{% endtrans %}"
    with small.app.test_request_context(f"/?lang={language}"):
        assert render_template_string(template, n=12_345) == shown
        assert render_template_string("{{ 999|amount }} {{ 2.25|amount(1) }}") in (
            "999 2.2",
            "999 2,2",
        )


def test_values_of_a_message_are_escaped_where_the_page_is(site):
    message = "{{ _('%(rest)s of 100%%', rest=text) }}{{ _('100%%') }}"
    source = f"{message} {{% autoescape false %}}{message}{{% endautoescape %}}"
    with site.app.test_request_context("/"):
        shown = site.app.jinja_env.from_string(source).render(text="<b>")
    assert shown == "&lt;b&gt; of 100%100% <b> of 100%100%"
