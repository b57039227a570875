"""Failures: a page in words with a way on, never a trace."""

import logging
import re
from dataclasses import replace

import lxml.html
import pytest

from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.errors import DatabaseError, HelpshelfError

from .conftest import text_of


def test_a_missing_page_searches_for_the_words_of_its_address(client):
    answer = client.get("/hc/en-us/articles/360012-Track-your-order")
    assert answer.status_code == 404
    html = answer.get_data(as_text=True)
    assert 'value="Track your order"' in html
    assert "/articles/track-order" in html


@pytest.mark.parametrize("path", ("/wp-login.php", "/.env", "/a.css", "/%F0%9F%8E%89", "/x\x00y"))
def test_addresses_that_nobody_means_get_a_plain_answer(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Maybe you were looking for" not in answer.get_data(as_text=True)


def test_a_missing_page_shows_hostile_words_as_text(client):
    html = client.get("/articles/<script>alert(1)<%2Fscript>{{7*7}}").get_data(as_text=True)
    assert "<script>alert" not in html


def test_nothing_published_is_said_with_what_to_do(small_settings, clock, tmp_path):
    services = build_services(replace(small_settings, index_dir=tmp_path / "none"), clock)
    client = create_app(services).test_client()
    for path in ("/", "/articles/x", "/search?q=x", "/directory", "/feed.atom"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "kb index" in answer.get_data(as_text=True)
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert client.get("/nothing/here").status_code == 404
    assert client.post("/whats-new").status_code == 405
    found = client.get("/api/v1/search?q=x")
    assert (found.status_code, found.get_json()["error"]["code"]) == (503, "unavailable")
    services.generations.close()


@pytest.fixture
def failing(small):
    def fail(error):
        def view():
            raise error

        small.app.add_url_rule(f"/fails/{type(error).__name__}", view_func=view, endpoint="fails")
        return small.app.test_client().get(f"/fails/{type(error).__name__}")

    return fail


def test_an_unexpected_failure_shows_a_number_and_no_trace(failing, caplog):
    with caplog.at_level(logging.ERROR):
        answer = failing(ZeroDivisionError("secret detail"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "secret detail" not in html
    assert "Traceback" not in html
    number = answer.headers["X-Request-ID"]
    assert number in html
    assert number in caplog.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize("kind", (DatabaseError, HelpshelfError))
def test_our_own_errors_do_not_show_paths_to_customers(failing, kind):
    answer = failing(kind("The database /srv/helpshelf.db cannot be used"))
    assert answer.status_code == 500
    assert "/srv" not in answer.get_data(as_text=True)


def test_a_line_break_in_an_address_makes_no_line_in_the_log(small, caplog):
    def view(rest):
        raise ZeroDivisionError

    small.app.add_url_rule("/fails/<rest>", view_func=view)
    with caplog.at_level(logging.ERROR):
        small.app.test_client().get("/fails/a%0D%0AFAKE%20ENTRY")
    assert not any(line.startswith("FAKE") for line in caplog.text.splitlines())


def test_too_large_a_form_is_refused(client):
    answer = client.post("/articles/cancel-order/vote", data={"token": "x" * 2_000_000})
    assert answer.status_code == 413


def test_error_pages_carry_the_guards_of_every_page(client):
    for path in ("/nothing", "/articles/old-app", "/articles/cancel-order/vote"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"] == "text/html; charset=utf-8"


def test_public_pages_work_without_the_database(small_settings, clock, tmp_path):
    broken = tmp_path / "folder.db"
    broken.mkdir()
    try:
        services = build_services(replace(small_settings, database=broken), clock)
    except DatabaseError:
        pytest.fail("building the services must not need the database")
    client = create_app(services).test_client()
    for path in ("/", "/articles/track-order", "/search?q=order", "/directory"):
        assert client.get(path).status_code == 200, path
    assert client.get("/readyz").status_code == 503
    services.generations.close()


def test_text_of_the_missing_page(client):
    page = lxml.html.document_fromstring(client.get("/nowhere").get_data(as_text=True))
    assert "This page does not exist" in text_of(page)
    assert page.xpath("//main//form[@role='search']")


def test_who_is_refused_can_search_and_reach_a_person(client):
    refused = client.post("/whats-new")
    assert refused.status_code == 405
    assert "That did not work" in refused.text
    assert 'action="/search"' in refused.text
    assert "Still need help?" in refused.text
    assert 'name="robots" content="noindex"' in refused.text


def test_a_number_beyond_all_that_are_kept_leads_to_nothing(small, staff):
    rules = [rule for rule in small.app.url_map.iter_rules() if "GET" in rule.methods]
    paths = [re.sub(r"<int:\w+>", "9" * 21, rule.rule) for rule in rules if "<int:" in rule.rule]
    assert len(paths) > 3
    for path in paths:
        assert "<" not in path
        assert staff.get(path).status_code == 404, path
