"""What browsers and proxies may keep, and when they learn of a change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import template_rendered

from kb.app_factory import create_app
from kb.web.page_cache import KeptPages

PAGES = (
    "/",
    "/articles/track-order",
    "/collections/orders",
    "/policies",
    "/directory",
    "/whats-new",
)


@pytest.mark.parametrize("path", PAGES)
def test_an_unchanged_page_is_not_sent_again(client, path):
    first = client.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""


def test_a_page_is_sent_again_when_the_department_closes(client, clock):
    tag = client.get("/articles/track-order").headers["ETag"]
    clock.advance(timedelta(hours=12))
    again = client.get("/articles/track-order", headers={"If-None-Match": tag})
    assert again.status_code == 200


def test_a_page_is_sent_again_on_the_next_day_for_its_form(client, clock):
    tag = client.get("/articles/track-order").headers["ETag"]
    clock.advance(timedelta(days=1))
    assert client.get("/articles/track-order", headers={"If-None-Match": tag}).status_code == 200


def test_a_page_is_sent_again_when_a_setting_was_changed(client, small):
    tag = client.get("/").headers["ETag"]
    other = create_app(replace(small.services, settings=replace(small.settings, offline=True)))
    answer = other.test_client().get("/", headers={"If-None-Match": tag})
    assert answer.status_code == 200


def test_staff_never_get_a_customers_copy(client, staff):
    tag = client.get("/collections/orders").headers["ETag"]
    answer = staff.get("/collections/orders", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["/collections/orders", "/search?q=order", "/search"])
def test_going_back_after_signing_out_shows_nothing_of_staff(client, staff, path):
    assert "no-store" in staff.get(path).headers["Cache-Control"]
    assert "no-store" not in client.get(path).headers["Cache-Control"]


def test_pages_linked_files_are_kept_for_ever_under_their_content(client):
    html = client.get("/").get_data(as_text=True)
    (sheet,) = [part for part in html.split('"') if part.startswith("/static/site.css")]
    assert "immutable" in client.get(sheet).headers["Cache-Control"]
    assert client.get("/static/site.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/site.css?v=old").headers["Cache-Control"] == "no-cache"


def test_an_answer_with_a_cookie_is_private(client):
    client.get("/search?q=order")
    article = client.get("/articles/track-order")
    assert "Set-Cookie" in article.headers
    assert "private" in article.headers["Cache-Control"]


@contextmanager
def count_rendered(app) -> Iterator[list[str]]:
    """The names of the templates that are rendered meanwhile."""
    names: list[str] = []

    def note(sender, template, context, **more):
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


@pytest.mark.parametrize("path", PAGES)
def test_the_next_customer_gets_a_page_that_is_not_rendered_again(client, path):
    with count_rendered(client.application) as names:
        first = client.get(path)
        assert len(names) == 1
        second = client.application.test_client().get(path)
        assert len(names) == 1
    assert second.get_data() == first.get_data()
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.content_type == "text/html; charset=utf-8"


def test_a_kept_page_is_in_the_language_of_whoever_asks(client):
    page = client.get("/policies", headers={"Accept-Language": "en"}).get_data(as_text=True)
    other = client.get("/policies", headers={"Accept-Language": "de"}).get_data(as_text=True)
    assert 'lang="en"' in page.split("<head>")[0]
    assert 'lang="de"' in other.split("<head>")[0]


def test_a_page_that_staff_saw_is_not_kept_for_customers(client, staff):
    of_staff = staff.get("/collections/orders").get_data()
    of_customer = client.get("/collections/orders").get_data()
    assert b"/staff/" in of_staff
    assert b"/staff/" not in of_customer
    assert b"/staff/" in staff.get("/collections/orders").get_data()


def test_only_so_many_bytes_are_kept_and_the_page_unseen_for_longest_goes_first():
    kept, rendered = KeptPages(size=10), []

    def show(tag: str, text: str) -> bytes:
        return kept.find_or_render(tag, lambda: rendered.append(tag) or text)

    show("a", "four")
    show("b", "four")
    show("a", "four")
    show("c", "four")
    assert rendered == ["a", "b", "c"]
    show("a", "four")
    show("b", "four")
    assert rendered == ["a", "b", "c", "b"]
    assert show("long", "longer than all") == b"longer than all"
    assert show("long", "longer than all") == b"longer than all"
    assert rendered[-2:] == ["long", "long"]
