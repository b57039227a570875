"""Staff sign in, stay signed in, and are really signed out; nobody is led elsewhere."""

import re
from datetime import timedelta

import pytest

from kb.accounts.models import Role
from kb.accounts.rate_limits import NullRateLimiter
from kb.storage.rate_limits import SqliteRateLimiter
from kb.web.sign_in import is_local_path

from .conftest import EMAIL, PASSWORD

NEW_PASSWORD = "seven green toasters sing"


@pytest.fixture
def app(make_app, accounts, ada, clock):
    return make_app(accounts, NullRateLimiter(), clock)


@pytest.fixture
def client(app):
    return app.test_client()


def send(client, path, base_url="http://localhost", **fields):
    page = client.get(path, base_url=base_url).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    headers = {"Origin": base_url}
    data = fields | {"csrf_token": token}
    return client.post(path.partition("?")[0], data=data, base_url=base_url, headers=headers)


def sign_in(client, password=PASSWORD, **others):
    return send(client, "/account/sign-in", email=EMAIL, password=password, **others)


def sign_out(client):
    return send_sign_out(client, client.get("/account/password").get_data(as_text=True))


def send_sign_out(client, page):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    return client.post("/account/sign-out", data={"csrf_token": token})


def test_a_page_for_staff_leads_to_sign_in_and_back(client):
    asked = client.get("/staff/?since=30d")
    assert (asked.status_code, asked.location) == (303, "/account/sign-in?next=/staff/?since%3D30d")
    page = client.get(asked.location).get_data(as_text=True)
    assert 'value="/staff/?since=30d"' in page
    assert sign_in(client, next="/staff/?since=30d").location == "/staff/?since=30d"
    assert client.get("/staff/").status_code == 200


def test_wrong_password_and_unknown_address_look_the_same(client):
    wrong = sign_in(client, "wrong")
    unknown = send(client, "/account/sign-in", email="bob@example.com", password="wrong")
    assert wrong.status_code == unknown.status_code == 422
    assert "The e-mail address or the password is wrong." in wrong.text
    hide = re.compile(r'value="[^"]*"')
    assert hide.sub("", wrong.text) == hide.sub("", unknown.text)
    assert client.get("/staff/").status_code == 303


def test_errors_can_be_heard(client):
    page = send(client, "/account/sign-in", email="", password="").text
    assert "<title>Error: Sign in" in page
    assert 'role="alert"' in page
    assert '<a href="#email">Enter your e-mail address.</a>' in page
    assert 'aria-describedby="email-error-1"' in page
    assert 'id="email-error-1"' in page
    assert page.count('aria-invalid="true"') == 2


def test_what_was_typed_is_shown_as_text(client):
    page = send(client, "/account/sign-in", email='"><script>alert(1)</script>', password="x").text
    assert "<script>alert" not in page
    assert PASSWORD not in sign_in(client, PASSWORD + "x").text


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app, client):
    sign_in(client)
    thief = app.test_client()
    thief.set_cookie("session", client.get_cookie("session").value)
    assert thief.get("/staff/").status_code == 200
    assert sign_out(client).location == "/"
    assert client.get("/staff/").status_code == 303
    assert thief.get("/staff/").status_code == 303


def test_signing_in_again_ends_the_session_before(app, client):
    sign_in(client)
    old = client.get_cookie("session").value
    send_while_signed_in(client)
    assert client.get_cookie("session").value != old
    thief = app.test_client()
    thief.set_cookie("session", old)
    assert thief.get("/staff/").status_code == 303
    assert client.get("/staff/").status_code == 200


def send_while_signed_in(client):
    page = client.get("/account/password").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    data = {"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    assert client.post("/account/sign-in", data=data).status_code == 303


def test_a_session_ends_by_itself(client, clock):
    sign_in(client)
    clock.advance(timedelta(hours=13))
    assert client.get("/staff/").status_code == 303


def test_a_disabled_account_is_out_at_once(client, accounts):
    sign_in(client)
    accounts.disable(EMAIL)
    assert client.get("/staff/").status_code == 303


def test_roles_decide_what_is_shown(app, client, accounts):
    sign_in(client)
    assert client.get("/test/accounts").status_code == 403
    accounts.add("root@example.com", Role.ADMINISTRATOR, NEW_PASSWORD)
    other = app.test_client()
    send(other, "/account/sign-in", email="root@example.com", password=NEW_PASSWORD)
    assert other.get("/test/accounts").text == "all accounts"


def test_a_new_password_keeps_this_browser_and_ends_the_others(app, client):
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    fields = {"current": PASSWORD, "password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    done = send(client, "/account/password", **fields)
    assert done.location == "/account/password?changed=1"
    assert "Your password was changed" in client.get(done.location).text
    assert client.get("/staff/").status_code == 200
    assert other.get("/staff/").status_code == 303
    assert sign_in(app.test_client(), NEW_PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"current": "wrong", "password": NEW_PASSWORD, "repeated": NEW_PASSWORD},
            "current password is wrong",
        ),
        (
            {"current": "", "password": NEW_PASSWORD, "repeated": NEW_PASSWORD},
            "Enter your current password",
        ),
        (
            {"current": PASSWORD, "password": NEW_PASSWORD, "repeated": "x"},
            "two new passwords differ",
        ),
        ({"current": PASSWORD, "password": "short", "repeated": "short"}, "at least 15 characters"),
        ({"current": PASSWORD, "password": "", "repeated": ""}, "at least 15 characters"),
    ],
)
def test_passwords_that_are_not_changed(client, accounts, fields, message):
    sign_in(client)
    answer = send(client, "/account/password", **fields)
    assert answer.status_code == 422
    assert message in answer.text
    assert accounts.is_password(EMAIL, PASSWORD)


def test_guessing_is_slowed_and_told_so(make_app, accounts, ada, clock, tmp_path):
    limiter = SqliteRateLimiter(tmp_path / "limits.db", clock)
    client = make_app(accounts, limiter, clock).test_client()
    assert [sign_in(client, "wrong").status_code for _ in range(11)] == [422] * 10 + [429]
    refused = sign_in(client)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "300")
    assert "Try again in 5 minutes." in refused.text
    clock.advance(timedelta(minutes=5))
    assert sign_in(client).status_code == 303
    limiter.close()


def test_guessing_from_many_addresses_is_slowed_too(make_app, accounts, ada, clock, tmp_path):
    limiter = SqliteRateLimiter(tmp_path / "limits.db", clock)
    app = make_app(accounts, limiter, clock)
    statuses = []
    for number in range(12):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        statuses.append(sign_in(client, "wrong").status_code)
    assert statuses == [422] * 10 + [429] * 2
    limiter.close()


def test_cookies_are_as_narrow_as_they_can_be(client):
    plain = sign_in(client).headers["Set-Cookie"]
    assert plain.startswith("session=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    secure = send(client, "/account/sign-in", "https://localhost", email=EMAIL, password=PASSWORD)
    cookie = secure.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert client.get("/staff/", base_url="https://localhost").status_code == 200


def test_customers_get_no_cookie(client):
    assert "Set-Cookie" not in client.get("/").headers


def test_forms_of_staff_need_their_token(client):
    assert (
        client.post("/account/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code
        == 400
    )
    sign_in(client)
    for path in ("/account/sign-out", "/account/password", "/staff/"):
        assert client.post(path, data={"csrf_token": "made up"}).status_code == 400
    assert client.get("/account/sign-out").status_code == 405
    assert client.get("/staff/").status_code == 200


def test_the_database_may_be_away(client, file):
    sign_in(client)
    file.close()
    file.path.rename(file.path.with_suffix(".away"))
    file.path.mkdir()
    assert client.get("/").status_code == 200
    assert client.get("/staff/").status_code == 303
    file.path.rmdir()
    file.path.with_suffix(".away").rename(file.path)
    assert client.get("/staff/").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_signing_in_leads_nowhere_else(client, target):
    assert sign_in(client, next=target).location == "/staff/"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "staff",
        "http://evil.example",
        "https:evil.example",
        "//evil.example",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "/\\/evil.example",
        "/\t/evil.example",
        "//\tevil.example",
        "\x08//evil.example",
        "/\x00/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/ /evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:///evil.example",
        "/a//evil.example",
        "/a\\b",
        "/\u2028/evil.example",
        "/\u00a0/evil.example",
        "/\u200b/evil.example",
        "evil.example/staff",
        "/" + "x" * 3000,
    ],
)
def test_addresses_that_would_lead_elsewhere(target):
    assert not is_local_path(target)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/staff/",
        "/staff/topics?since=30d&sort=demand",
        "/search?q=http://x.example",
        "/articles/über",
        "/a#b",
    ],
)
def test_addresses_that_stay_here(target):
    assert is_local_path(target)
