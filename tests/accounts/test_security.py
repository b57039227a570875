"""Every answer carries the guards, and no other website can send our forms."""

from datetime import timedelta

import pytest

from kb.accounts.rate_limits import NullRateLimiter
from kb.web.security import check_form_token, make_form_token


@pytest.fixture
def app(make_app, accounts, clock):
    return make_app(accounts, NullRateLimiter(), clock)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.mark.parametrize(
    "path", ["/", "/nothing-here", "/staff/", "/account/sign-in", "/static/site.css"]
)
def test_headers_are_on_every_answer(client, path):
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_https_is_remembered_by_browsers(client):
    header = client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert int(header.split(";")[0].removeprefix("max-age=")) >= 31_536_000


def test_a_failure_carries_the_headers_too(app):
    @app.get("/fails")
    def fails():
        raise RuntimeError

    answer = app.test_client().get("/fails")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_stricter_policy_of_a_view_stays(app):
    @app.get("/drawing.svg")
    def drawing():
        return "<svg/>", 200, {"Content-Security-Policy": "default-src 'none'; sandbox"}

    assert (
        app.test_client().get("/drawing.svg").headers["Content-Security-Policy"].endswith("sandbox")
    )


def test_pages_of_staff_are_kept_nowhere(client):
    assert client.get("/staff/").headers["Cache-Control"] == "no-store"
    assert client.get("/account/sign-in").headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")


def vote(client, token, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/test/vote", data={"token": token}, headers=headers).status_code


def test_a_form_token_is_good_today_and_tomorrow(client, clock):
    token = client.get("/test/token").text
    assert vote(client, token) == 200
    clock.advance(timedelta(days=1))
    assert client.get("/test/token").text != token
    assert vote(client, token) == 200
    clock.advance(timedelta(days=1))
    assert vote(client, token) == 400


@pytest.mark.parametrize("token", ["", "x", "\u00e9\ud800", "0" * 64, "0" * 100_000])
def test_made_up_form_tokens(client, token):
    assert vote(client, token.encode("utf-8", "replace").decode()) == 400


def test_a_form_token_fits_one_purpose(app):
    with app.test_request_context():
        token = make_form_token("vote:kettle")
        assert check_form_token("vote:kettle", token)
        assert not check_form_token("vote:toaster", token)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://localhost"}, 200),
        ({"Origin": "https://help.example.com"}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "http://localhost.evil.example"}, 400),
        ({"Origin": "http://localhost:81"}, 400),
        ({"Origin": "null"}, 400),
        ({"Origin": "http://[bad"}, 400),
        ({"Origin": ""}, 400),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "http://localhost"}, 400),
        ({"Sec_Fetch_Site": "same-site"}, 400),
    ],
)
def test_forms_sent_from_elsewhere_are_refused(make_app, accounts, clock, headers, status):
    settings = {"KB_BASE_URL": "https://help.example.com"}
    client = make_app(accounts, NullRateLimiter(), clock, settings).test_client()
    assert vote(client, client.get("/test/token").text, **headers) == status


def test_a_request_of_many_megabytes_is_refused(client):
    assert client.post("/test/vote", data={"token": "x" * 2_000_000}).status_code == 413


def address_of(app, remote, **headers):
    client = app.test_client()
    text = client.get("/test/address", environ_base={"REMOTE_ADDR": remote}, headers=headers).text
    address, _, host = text.partition(" at ")
    assert host == "localhost"
    return address


def test_a_forged_forwarded_address_changes_nothing(app):
    assert address_of(app, "192.0.2.1", **{"X-Forwarded-For": "198.51.100.9"}) == "192.0.2.1"


def test_a_declared_proxy_is_believed_once(make_app, accounts, clock):
    app = make_app(accounts, NullRateLimiter(), clock, {"KB_TRUSTED_PROXIES": "1"})
    forwarded = {
        "X-Forwarded-For": "203.0.113.5, 198.51.100.9",
        "X-Forwarded-Host": "evil.example",
    }
    assert address_of(app, "127.0.0.1", **forwarded) == "198.51.100.9"
    answer = app.test_client().get("/", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in answer.headers


def test_one_ipv6_network_is_one_address(app):
    assert address_of(app, "2001:db8:1:2:aaaa::1") == address_of(app, "2001:db8:1:2:bbbb::2")
    assert address_of(app, "2001:db8:1:3::1") != address_of(app, "2001:db8:1:2::1")
    assert address_of(app, "::ffff:192.0.2.1") == "192.0.2.1"
