"""Who sees what: drafts nobody, internal articles signed-in staff, archived ones a farewell."""

import pytest

from .conftest import text_of

PUBLIC_PATHS = (
    "/", "/collections/all", "/whats-new", "/policies", "/directory", "/feed.atom", "/sitemap.xml",
    "/search?q=refund+limit+zebra+vouchers", "/contact?q=refund+limit+zebra+vouchers",
    "/api/v1/search?q=refund+limit+zebra+vouchers", "/api/v1/suggest?q=refund",
    "/articles/cancel-order", "/articles/track-order", "/articles/refund-limit-moved",
)  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_internal_articles_and_drafts_are_nowhere_for_customers(client, path):
    html = client.get(path).get_data(as_text=True)
    for hidden in ("Refund limit", "Phone notes", "Coming soon", "100 dollars", "old ordering app"):
        assert hidden not in html


@pytest.mark.parametrize(
    "path",
    ("/articles/refund-limit", "/articles/limits", "/n/900", "/collections/notes",
     "/articles/coming", "/policies/coming", "/articles/refund-limit/thanks",
     "/api/v1/articles/refund-limit", "/api/v1/articles/coming", "/api/v1/articles/old-app"),
)  # fmt: skip
def test_their_addresses_do_not_exist_for_customers(client, path):
    assert client.get(path).status_code == 404


def test_staff_read_internal_articles_and_are_told_so(read, staff):
    page = read("/articles/refund-limit", staff)
    assert "Internal" in text_of(page)
    assert "Internal" in text_of(read("/collections/notes", staff))
    assert "Refund limit" in text_of(read("/search?q=zebra+vouchers", staff))


def test_staff_do_not_read_drafts_as_articles(staff):
    assert staff.get("/articles/coming").status_code == 404


def test_pages_of_staff_are_kept_by_no_shared_cache(staff):
    for path in ("/", "/articles/refund-limit", "/collections/notes", "/search?q=zebra"):
        assert "private" in staff.get(path).headers["Cache-Control"], path


def test_the_api_answers_staff_as_it_answers_customers(staff):
    assert staff.get("/api/v1/articles/refund-limit").status_code == 404
    found = staff.get("/api/v1/search?q=zebra+vouchers").get_json()
    assert "refund-limit" not in [hit["slug"] for hit in found["hits"]]


def test_an_archived_article_says_that_it_was_withdrawn(client):
    answer = client.get("/articles/old-app")
    assert answer.status_code == 410
    html = answer.get_data(as_text=True)
    assert "was withdrawn" in html
    assert 'role="search"' in html


def test_pictures_of_internal_articles_are_for_staff(small, client, staff):
    files = small.services.generations.current().library.files
    (url,) = [url for url in files if url.endswith("limit.png")]
    assert client.get(url).status_code == 404
    answer = staff.get(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
