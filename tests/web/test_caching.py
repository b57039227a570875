"""What browsers and proxies may keep, and when they learn of a change."""

from datetime import timedelta

import pytest

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
