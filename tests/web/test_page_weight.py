"""What a page costs to load: ready-made compression of assets, and a budget for all of it."""

import gzip

import lxml.html
import pytest

from tests.conftest import RunningSite

PAGES = ("/", "/search?q=battery+does+not+charge", "/articles/error-codes", "/directory")
MAX_BYTES, MAX_SCRIPT_BYTES = 100_000, 30_000


def fetch(site: RunningSite, path: str) -> bytes:
    answer = site.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, path
    data = answer.get_data()
    return data if answer.headers.get("Content-Encoding") == "gzip" else gzip.compress(data, 6)


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_their_budget(site: RunningSite, path: str) -> None:
    html = fetch(site, path)
    page = lxml.html.document_fromstring(gzip.decompress(html).decode())
    styles = [fetch(site, url) for url in page.xpath("//link[@rel='stylesheet']/@href")]
    scripts = [fetch(site, url) for url in page.xpath("//script/@src")]
    assert styles
    assert scripts
    assert sum(map(len, scripts)) <= MAX_SCRIPT_BYTES
    assert sum(map(len, (html, *styles, *scripts))) <= MAX_BYTES


def test_assets_are_sent_compressed_to_whoever_can_read_it(client):
    plain = client.get("/static/site.css")
    small = client.get("/static/site.css", headers={"Accept-Encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.get_data()) == plain.get_data()
    assert int(small.headers["Content-Length"]) == len(small.get_data()) < len(plain.get_data()) / 2
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    refused = client.get("/static/site.css", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_a_compressed_asset_is_confirmed_by_its_tag(client):
    headers = {"Accept-Encoding": "gzip"}
    tag = client.get("/static/site.js", headers=headers).headers["ETag"]
    again = client.get("/static/site.js", headers={**headers, "If-None-Match": tag})
    assert again.status_code == 304
    assert again.get_data() == b""


def test_parts_of_assets_are_parts_of_the_file(client):
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=0-9"}
    answer = client.get("/static/site.css", headers=headers)
    assert answer.status_code == 206
    assert "Content-Encoding" not in answer.headers
    assert len(answer.get_data()) == 10


@pytest.mark.parametrize("path", [*PAGES, "/sitemap.xml", "/feed.atom"])
def test_customers_pages_are_sent_compressed(site: RunningSite, path: str) -> None:
    small = site.client.get(path, headers={"Accept-Encoding": "br, gzip"})
    plain = site.client.get(path)
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.get_data())[:100] == plain.get_data()[:100]
    assert int(small.headers["Content-Length"]) == len(small.get_data()) < len(plain.get_data()) / 2
    assert "Content-Encoding" not in plain.headers
    for answer in (small, plain):
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_compressed_page_is_confirmed_by_the_tag_of_the_plain_one(site: RunningSite) -> None:
    tag = site.client.get("/").headers["ETag"]
    headers = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    again = site.client.get("/", headers=headers)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert "Content-Encoding" not in again.headers
    head = site.client.head("/", headers={"Accept-Encoding": "gzip"})
    assert (head.status_code, head.get_data()) == (200, b"")


def test_pages_of_staff_are_not_compressed(client, staff) -> None:
    """Their form tokens could be guessed from lengths."""
    for path in ("/", "/staff/", "/staff/unanswered"):
        answer = staff.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
