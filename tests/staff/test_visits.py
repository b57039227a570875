"""What a browser's requests leave in the log, and what it is given in return."""

import re

import pytest


def hits_of(response):
    return re.findall(r'href="(/(?:articles|policies)/[^"#]+)', response.text.partition("<main")[2])


def test_a_search_sets_a_cookie_that_lives_as_long_as_the_visit(make_customer, searches, site):
    customer = make_customer()
    customer.get("/")
    assert customer.visit is None
    header = customer.search("descale kettle").headers["Set-Cookie"]
    assert header.startswith("visit=")
    for part in (
        "HttpOnly",
        "SameSite=Lax",
        "Path=/",
        f"Max-Age={site.settings.visit_minutes * 60}",
    ):
        assert part in header
    assert "Secure" not in header
    assert [row["text"] for row in searches()] == ["descale kettle"]


def test_on_https_the_cookie_is_bound_to_the_host(make_customer):
    customer = make_customer()
    response = customer.get("/search?q=kettle", base_url="https://localhost")
    header = response.headers["Set-Cookie"]
    assert header.startswith("__Host-visit=")
    assert "Secure" in header


def test_opening_a_hit_answers_the_search(make_customer, searches):
    customer = make_customer()
    page = customer.search("descale kettle")
    customer.open(hits_of(page)[0])
    (row,) = searches()
    assert (row["outcome"], row["failed"]) == ("answered", 0)


def test_pages_without_a_visit_set_no_cookie(make_customer, site):
    customer = make_customer()
    slug = site.services.generations.current().library.list_articles()[0].slug
    for path in ("/", f"/articles/{slug}", "/contact", "/directory"):
        assert "Set-Cookie" not in customer.get(path).headers


def test_the_contact_form_after_a_search(make_customer, searches):
    customer = make_customer()
    customer.search("descale kettle")
    customer.get("/contact")
    assert [row["outcome"] for row in searches()] == ["contacted"]


def test_a_phone_or_mail_link_after_a_search(make_customer, searches):
    customer = make_customer()
    customer.open(hits_of(customer.search("descale kettle"))[0])
    assert customer.client.get("/contact/link").status_code == 405
    foreign = {**customer.headers, "Sec-Fetch-Site": "cross-site"}
    assert customer.client.post("/contact/link", headers=foreign).status_code == 400
    assert [row["outcome"] for row in searches()] == ["answered"]
    assert customer.client.post("/contact/link", headers=customer.headers).status_code == 204
    assert [row["outcome"] for row in searches()] == ["contacted"]


def test_the_reason_for_a_no_is_kept_with_the_vote(make_customer, site, searches):
    database = site.services.search_log._store._file.connection()
    votes = lambda: [tuple(v.values()) for v in database.query("SELECT helpful, reason FROM votes")]  # noqa: E731
    for searched in (True, False):
        customer = make_customer(**{"Accept-Language": f"en, x-{searched}"})
        path = hits_of(make_customer().search("descale kettle"))[0]
        if searched:
            customer.search("descale kettle")
        page = customer.open(path).text
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        post = customer.client.post
        form = {"token": token, "helpful": "no"}
        thanks = post(f"{path}/vote", data=form, headers=customer.headers, follow_redirects=True)
        token = re.search(r'name="token" value="([^"]+)"', thanks.text)[1]
        assert thanks.text.count('name="reason"') == 4
        reason = f"{path}/vote/reason"
        given = {"token": token, "reason": "outdated"}
        for bad in ({**given, "reason": "because"}, {**given, "token": "x"}):
            assert post(reason, data=bad, headers=customer.headers).status_code == 400
        done = post(reason, data=given, headers=customer.headers, follow_redirects=True)
        assert done.status_code == 200
        assert 'name="reason"' not in done.text
    assert votes() == [(0, "outdated"), (0, "outdated")]


def test_without_cookies_paging_and_opening_belong_to_the_search(make_customer, searches):
    def visit(path, **headers):
        # Each from a browser without cookies, all at the same address.
        return make_customer().get(path, headers=headers)

    path = hits_of(visit("/search?q=descale+kettle"))[0]
    visit("/search?q=descale+kettle&page=2")
    visit(path, Referer="http://localhost/search?q=x")
    assert [row["outcome"] for row in searches()] == ["answered"]


@pytest.mark.parametrize(
    ("agent", "headers"),
    [
        ("curl/8.5.0", {}),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", {}),
        ("", {}),
        (None, {"Sec-Purpose": "prefetch"}),
    ],
)
def test_machines_leave_nothing(make_customer, searches, agent, headers):
    customer = make_customer(**({"agent": agent} if agent is not None else {}), **headers)
    assert "Set-Cookie" not in customer.search("descale kettle").headers
    assert searches() == []


def test_staff_are_not_customers(agent, searches):
    assert agent.get("/search?q=kettle").status_code == 200
    assert searches() == []


def test_a_hostile_cookie_or_referrer_fails_nothing(make_customer, searches):
    customer = make_customer(Referer="http://[bad")
    customer.client.set_cookie("visit", "'; DROP TABLE searches; --" * 20)
    assert customer.search("kettle").status_code == 200
    assert customer.get("/articles/no-such").status_code == 404
    assert len(searches()) == 1


def test_personal_data_is_not_stored(make_customer, searches):
    make_customer().search("refund to jane.doe@example.com order 20394857")
    (row,) = searches()
    assert (row["text"]) == "refund to [email] order [number]"
