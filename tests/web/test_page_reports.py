"""A problem that a customer reports reaches staff, without a name, until it is done."""

from .conftest import text_of

PATH = "/articles/cancel-order/report"


def send(client, read, text):
    token = read(PATH).xpath("//form[@class='form']//input[@name='token']/@value")[0]
    return client.post(PATH, data={"token": token, "text": text})


def test_a_report_reaches_staff_and_is_gone_when_done(client, read, staff):
    assert PATH in read("/articles/cancel-order").xpath("//a/@href")
    answer = send(client, read, "The second picture is missing. <b>mail me: eve@example.com</b>")
    assert answer.status_code == 303
    assert "Thank you" in text_of(read(answer.headers["Location"]))
    page = read("/staff/reports", staff)
    assert "The second picture is missing." in text_of(page)
    assert "eve@example.com" not in text_of(page)
    form = page.xpath("//form[contains(@action, '/done')]")[0]
    token = form.xpath(".//input[@name='csrf_token']/@value")[0]
    done = staff.post(form.get("action"), data={"csrf_token": token})
    assert done.status_code == 303
    assert "Nobody has reported anything" in text_of(read("/staff/reports", staff))


def test_a_report_needs_text_and_its_token_and_a_page(client, read, small):
    assert send(client, read, " \n ").status_code == 400
    assert client.post(PATH, data={"token": "x", "text": "wrong"}).status_code == 400
    assert client.get("/articles/no-such-article/report").status_code == 404
    assert small.services.page_reports.count_open() == 0


def test_the_same_report_is_kept_once_and_cut(client, read, small):
    for _ in range(2):
        send(client, read, "x " * 3000)
    (report,) = small.services.page_reports.list_open()
    assert len(report.text) <= 1000


def test_reports_are_for_staff(client):
    assert client.get("/staff/reports").status_code == 303
