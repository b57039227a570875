"""The helpful vote: one form, no script, no cookie needed."""

from .conftest import text_of


def form_of(page):
    form = page.xpath("//form[contains(@action, '/vote')]")[0]
    return form.get("action"), form.xpath(".//input[@name='token']/@value")[0]


def test_a_yes_is_thanked(client, read):
    action, token = form_of(read("/articles/cancel-order"))
    answer = client.post(action, data={"token": token, "helpful": "yes"})
    assert answer.status_code == 303
    assert "Thank you" in text_of(read(answer.headers["Location"]))


def test_a_no_leads_to_people(client, read):
    action, token = form_of(read("/articles/cancel-order"))
    answer = client.post(action, data={"token": token, "helpful": "no"})
    page = read(answer.headers["Location"])
    assert "Shipping" in text_of(page)
    assert "/contact?article=cancel-order" in page.xpath("//a/@href")


def test_policies_take_votes_too(client, read):
    action, token = form_of(read("/policies/returns"))
    assert client.post(action, data={"token": token, "helpful": "yes"}).status_code == 303


def test_a_vote_needs_the_token_of_its_article(client, read):
    _, token = form_of(read("/articles/cancel-order"))
    for data in ({"helpful": "yes"}, {"helpful": "yes", "token": "x"}):
        assert client.post("/articles/cancel-order/vote", data=data).status_code == 400
    other = client.post("/articles/track-order/vote", data={"helpful": "yes", "token": token})
    assert other.status_code == 400


def test_a_vote_is_yes_or_no(client, read):
    action, token = form_of(read("/articles/cancel-order"))
    answer = client.post(action, data={"token": token, "helpful": "maybe"})
    assert answer.status_code == 400
    assert "Please choose yes or no" in answer.get_data(as_text=True)


def test_a_form_from_another_site_is_refused(client, read):
    action, token = form_of(read("/articles/cancel-order"))
    data = {"token": token, "helpful": "yes"}
    answer = client.post(action, data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400


def test_reading_an_address_with_a_vote_in_it_votes_nothing(client):
    assert client.get("/articles/cancel-order/vote?helpful=yes").status_code == 405
