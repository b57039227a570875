"""What customers typed is in no log and on no error page when it is personal."""

import logging
import re

import pytest

from kb.search.service import SearchService
from kb.text import clean_query_text
from tests.search_log.test_privacy import make_personal_data

PAIRS = make_personal_data(200)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def customer(site):
    client = site.app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return client


def test_two_hundred_secrets_leave_no_trace_in_database_and_logs(site, customer, caplog):
    caplog.set_level(logging.DEBUG)
    for query, secret in PAIRS:
        customer.get("/search", query_string={"q": query})
        customer.get("/contact", query_string={"q": query})
        customer.post("/search/suggestion", data={"q": query, "slug": "none"})
        customer.get("/api/v1/search", query_string={"q": query, "limit": secret})
    database = site.services.search_log._store._file
    rows = list(database.connection().query("SELECT text, searched, correction FROM searches"))
    stored = [str(value) for row in rows for value in row.values()]
    assert len(rows) > 30  # equal texts of a visit are one search
    assert [text for text in stored if "@" in text or re.search(r"\d{4}", text)] == []
    database.connection().conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = (p for p in site.settings.database.parent.rglob("*") if p.is_file())
    data = b"".join(p.read_bytes() for p in files)
    assert [secret for _, secret in PAIRS if secret.encode() in data] == []
    assert [secret for _, secret in PAIRS if secret in caplog.text] == []


def test_secrets_in_addresses_are_on_no_error_page(site, customer):
    site.app.testing = False
    for query, secret in PAIRS:
        path = clean_query_text(query).replace("/", " ")
        page = customer.get(f"/articles/{path}")
        assert page.status_code in (404, 308)
        shown = page.text.partition("<main")[2].partition("</main")[0]
        assert secret not in shown


def test_an_exception_that_quotes_its_input_is_redacted(site, customer, caplog, monkeypatch):
    def fail(self, text, *args, **options):
        raise ValueError(f"cannot parse {text!r}")

    # The index answers whatever is asked, so its failure has to be made.
    monkeypatch.setattr(SearchService, "search", fail)
    site.app.testing = False
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.ERROR):
        page = customer.get("/search", query_string={"q": "refund jane.doe@example.com"})
    assert page.status_code == 500
    assert "jane.doe" not in page.text
    assert "cannot parse 'refund [email]" in caplog.text
    assert "jane.doe" not in caplog.text
    assert page.headers["X-Request-ID"] in caplog.text


def test_an_address_in_the_log_is_redacted(site, customer, caplog):
    def view(rest):
        raise ZeroDivisionError

    site.app.add_url_rule("/fails/<rest>", view_func=view)
    site.app.testing = False
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.ERROR):
        assert customer.get("/fails/jane.doe@example.com").status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert "jane.doe" not in caplog.text
