"""What stands around an article's text: links of headings, the series, where one came from."""

from collections.abc import Callable

from kb.web.heading_links import link_headings


def test_every_heading_with_an_anchor_has_a_plain_link(site):
    with site.app.test_request_context():
        html = link_headings(
            '<h2 id="h-a">A <code>x&lt;y</code> "b"</h2><p>1</p><h3>no anchor</h3>'
            '<h2 class="x" id="h-c"><img alt=">" src="/files/1/a.png"></h2>'
        )
    assert html.count("heading__link") == 1
    assert 'href="#h-a" aria-label="Link to “A x&lt;y &quot;b&quot;”"' in html


def test_still_need_help_knows_article_and_question(client, read):
    client.environ_base["HTTP_REFERER"] = "http://localhost/search?q=stop+my+order"
    page = read("/articles/cancel-order")
    link = "/contact?article=cancel-order&q=stop%20my%20order"
    assert link in page.xpath("//a/@href")
    contact = read(link)
    head = " ".join(contact.xpath("//header[@class='page-head']")[0].text_content().split())
    assert "stop my order" in head
    assert "About “" in head
    for foreign in ("https://evil.example/search?q=x", "http://[", "http://localhost/contact?q=x"):
        client.environ_base["HTTP_REFERER"] = foreign
        assert "/contact?article=cancel-order" in read("/articles/cancel-order").xpath("//a/@href")


def test_the_page_of_one_question_is_not_confirmed_for_another(client):
    path = "/articles/cancel-order"
    first = client.get(path, headers={"Referer": "http://localhost/search?q=one"})
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=tag).status_code == 200
    known = client.get(path, headers=tag | {"Referer": "http://localhost/search?q=one"})
    assert known.status_code == 304


def test_a_series_is_read_in_its_order(write, publish: Callable):
    head = "---\ntitle: {}\nseries: First steps\n{}---\nText.\n"
    write("a.md", head.format("Zero", "part: 2\n"))
    write("b.md", head.format("Later", ""))
    write("c.md", head.format("One", "part: 1\n"))
    write("d.md", "---\ntitle: Other\n---\nText.\n")
    library = publish().library
    assert [a.title for a in library.list_series("First steps")] == ["One", "Zero", "Later"]
    assert library.list_series("") == ()
