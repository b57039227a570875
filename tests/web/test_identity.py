"""The company's own logo, colours and font on the pages."""

import re

import lxml.html
import pytest

from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services

SITE = """\
name: Acme Help
logo: brand/logo.svg
font: brand/own.woff2
colors:
  light:
    accent: "#7a1f5c"
    hero: "#f4d35e"
  dark:
    accent: "#f0a6d8"
"""


@pytest.fixture
def branded(settings, clock, write):
    write("_site.yml", SITE)
    write("brand/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 40'/>")
    write("brand/own.woff2", b"wOF2 not really")
    write("a/one.md", "---\ntitle: One\n---\nText.\n")
    build_publisher(settings, clock).publish()
    services = build_services(settings, clock)
    yield create_app(services).test_client()
    services.generations.close()


def page(client):
    return lxml.html.document_fromstring(client.get("/").get_data(as_text=True))


def test_the_sheet_holds_the_colors_and_is_kept_for_ever(branded):
    sheets = page(branded).xpath("//link[@rel='stylesheet']/@href")
    assert [sheet.partition("?")[0] for sheet in sheets] == ["/static/site.css", "/identity.css"]
    answer = branded.get(sheets[1])
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in branded.get("/identity.css?v=other").headers["Cache-Control"]
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    assert "--color-accent: #7a1f5c;" in light
    assert "--color-hero-text: #000000;" in light
    assert "--color-accent: #f0a6d8;" in dark


def test_logo_and_font_come_from_this_site(branded):
    (logo,) = page(branded).xpath("//a[@class='brand']/img")
    assert (logo.get("width"), logo.get("height")) == ("120", "40")
    assert branded.get(logo.get("src")).mimetype == "image/svg+xml"
    text = branded.get("/identity.css").get_data(as_text=True)
    (font,) = re.findall(r'url\("([^"]+)"\)', text)
    assert font.startswith("/files/")
    assert branded.get(font).get_data() == b"wOF2 not really"


def test_without_choices_there_is_no_sheet(client):
    document = lxml.html.document_fromstring(client.get("/").get_data(as_text=True))
    assert len(document.xpath("//link[@rel='stylesheet']")) == 1
    assert document.xpath("//span[@class='brand__mark']")
    assert client.get("/identity.css").get_data() == b""


def test_a_logo_that_is_not_there_is_reported_and_the_pages_do_without(settings, clock, write):
    write("_site.yml", "name: Acme\nlogo: brand/logo.svg\n")
    write("a/one.md", "---\ntitle: One\n---\nText.\n")
    report = build_publisher(settings, clock).publish()
    (problem,) = [p for p in report.problems if p.path == "_site.yml"]
    assert (problem.code, problem.line, problem.field) == ("missing-file", 2, "logo")
    services = build_services(settings, clock)
    assert page(create_app(services).test_client()).xpath("//span[@class='brand__mark']")
    services.generations.close()
