"""What each public page shows."""

from dataclasses import replace
from datetime import timedelta

import lxml.html
import pytest

from kb.app_factory import create_app
from kb.bootstrap.services import build_services

from .conftest import text_of


def links(page, path="//main"):
    return [a.get("href") for a in page.xpath(f"{path}//a")]


def test_home_offers_search_topics_bulletins_and_contact(read):
    page = read("/")
    assert text_of(page, "//h1") == "Ask Acme"
    assert page.xpath("//form[@role='search' and @action='/search']//input[@name='q']")
    main = text_of(page)
    assert "Parcel strike" in main
    assert "Past outage" not in main
    assert "When something is wrong" in main
    assert "/collections/orders" in links(page)
    assert "Front desk" in main


def test_home_counts_the_articles_of_a_topic_with_those_inside(read):
    card = read("/").xpath("//li[contains(@class, 'card')][.//a[@href='/collections/orders']]")[0]
    assert "5 articles" in " ".join(card.text_content().split())


def test_home_fills_popular_articles_from_settings_and_news(read):
    popular = links(read("/"), "//section[@aria-labelledby='popular']")
    assert popular[0] == "/articles/cancel-order"
    assert len(popular) > 1


def test_popular_articles_are_those_that_customers_open(small, client, read):
    for _ in range(3):
        client.get("/search?q=express+same-day")
        client.get("/articles/same-day")
    popular = links(read("/"), "//section[@aria-labelledby='popular']")
    assert popular[0] == "/articles/same-day"


def test_collection_lists_articles_and_what_is_inside(read):
    page = read("/collections/orders")
    assert text_of(page, "//h1") == "Orders"
    assert "/articles/track-order" in links(page)
    assert "/collections/orders/express" in links(page)
    assert "/articles/same-day" not in links(page)


def test_nested_collection_shows_the_way_back(read):
    page = read("/collections/orders/express")
    assert links(page, "//nav[@aria-label='Breadcrumbs']") == ["/", "/collections/orders"]


def test_all_topics_is_a_page_of_its_own(client, read):
    assert "/collections/orders" in links(read("/collections/all"))
    answer = client.get("/collections/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/collections/all")


def test_article_shows_what_a_reader_needs(read):
    page = read("/articles/track-order")
    main = text_of(page)
    for expected in ("Track an order", "Last updated", "Article number 101", "For AC-1"):
        assert expected in main
    assert links(page, "//nav[@aria-label='Breadcrumbs']") == ["/", "/collections/orders"]
    assert "/articles/cancel-order" in links(page, "//section[@aria-labelledby='related']")


def test_contents_of_an_article_lead_to_its_headings(read):
    page = read("/articles/track-order")
    targets = links(page, "//nav[@aria-labelledby='on-this-page']")
    assert len(targets) == 3
    for target in targets:
        assert page.xpath(f"//*[@id='{target[1:]}']")


def test_short_articles_have_no_contents(read):
    assert not read("/articles/cancel-order").xpath("//nav[@aria-labelledby='on-this-page']")


def test_article_names_the_department_and_whether_it_is_open(read):
    help_text = text_of(
        read("/articles/track-order"), "//section[@aria-labelledby='still-need-help']"
    )
    assert "Shipping" in help_text
    assert "Open" in help_text
    page = read("/articles/track-order")
    assert "tel:+18005550199" in links(page)


def test_open_now_follows_the_clock(read, clock):
    path = "//section[@aria-labelledby='still-need-help']"
    assert "Open" in text_of(read("/articles/track-order"), path)
    clock.advance(timedelta(hours=12))
    assert "Closed" in text_of(read("/articles/track-order"), path)


def test_policy_tells_its_dates_and_earlier_versions(read):
    page = read("/policies/returns")
    main = text_of(page)
    assert "Effective from February 1, 2026" in main
    assert "Last reviewed October 1, 2026" in main
    assert "30 days" in main
    earlier = links(page, "//section[@aria-labelledby='versions']")
    assert len(earlier) == 2, "the version, and what changed since"
    version = read(earlier[0])
    assert "14 days" in text_of(version)
    assert "This is an earlier version" in text_of(version)
    assert version.xpath("//meta[@name='robots' and @content='noindex']")


def test_a_policy_tells_what_changed_since_an_earlier_version(read, client):
    revision = links(read("/policies/returns"), "//section[@aria-labelledby='versions']")[0]
    (path,) = [p for p in links(read(revision), "//main") if "/compare?" in p]
    page = read(path)
    changes = page.xpath("//div[@class='changes__changed']")
    assert changes
    inserted = " ".join(page.xpath("//ins//text()"))
    assert "30" in inserted
    assert "added:" in inserted
    assert "14" in " ".join(page.xpath("//del//text()"))
    assert page.xpath("//select[@name='to']/option[@selected]/@value") == ["current"]
    assert read("/policies/returns/compare").xpath("//del")
    answer = client.get(path)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    # The other way round asks the same.
    name = path.split("=")[1]
    other = read(f"/policies/returns/compare?from=current&to={name}")
    assert other.xpath("//ins//text()") == page.xpath("//ins//text()")
    same = text_of(read(f"/policies/returns/compare?from={name}&to={name}"))
    assert "Both versions say the same." in same


@pytest.mark.parametrize(
    "path",
    ["/policies/returns/compare?from=zz", "/policies/returns/compare?to=", "/policies/gone/compare",
     "/policies/track-order/compare"],
)  # fmt: skip
def test_versions_that_are_not_there_are_not_compared(client, path):
    assert client.get(path).status_code == 404


def test_policies_are_listed_with_their_dates(read):
    assert "Effective from February 1, 2026" in text_of(read("/policies"))


def test_policies_and_articles_find_each_others_addresses(client):
    moved = client.get("/articles/returns")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/policies/returns")
    moved = client.get("/policies/track-order")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/articles/track-order")


def test_old_slugs_and_article_numbers_lead_to_the_article(client):
    moved = client.get("/articles/where-is-my-order")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/articles/track-order")
    told = client.get("/n/102")
    assert (told.status_code, told.headers["Location"]) == (302, "/articles/cancel-order")
    assert client.get("/n/77777").status_code == 404


def test_directory_shows_departments_with_week_and_languages(read):
    page = read("/directory")
    main = text_of(page)
    for expected in ("Front desk", "Shipping", "Monday", "English and French"):
        assert expected in main
    assert "mailto:hello@acme.example.com" in links(page)


def test_contact_offers_answers_then_the_right_department(read):
    page = read("/contact?q=track+my+order")
    assert any(h.startswith("/articles/track-order") for h in links(page))
    department = page.xpath("//section[@aria-labelledby='department']")[0]
    assert "Shipping" in department.text_content()
    mail = [h for h in links(page, "//section[@aria-labelledby='department']") if "mailto" in h]
    assert mail == [
        "mailto:shipping@acme.example.com?subject=track%20my%20order&body=track%20my%20order%0A%0A"
    ]


def test_contact_from_an_article_names_its_number(read):
    assert "article number 102" in text_of(read("/contact?article=cancel-order"))


def test_whats_new_shows_past_bulletins_and_changes(read):
    main = text_of(read("/whats-new"))
    for expected in ("Parcel strike", "Current", "Past outage", "Track an order"):
        assert expected in main


def test_braces_and_tags_in_titles_show_as_they_are_written(client):
    html = client.get("/articles/hostile").get_data(as_text=True)
    assert "Braces {{7*7}} &amp; &lt;b&gt;tags&lt;/b&gt;" in html
    assert "<script>alert(1)" not in html
    assert "49" not in html.partition("<main")[2].partition("</h1>")[0]


def test_every_page_has_one_heading_a_language_and_a_title(read):
    for path in ("/", "/search", "/search?q=order", "/collections/orders", "/articles/track-order",
                 "/policies", "/policies/returns", "/directory", "/contact", "/whats-new",
                 "/collections/all", "/articles/track-order/thanks"):  # fmt: skip
        page = read(path)
        assert len(page.xpath("//h1")) == 1, path
        assert page.get("lang") == "en", path
        assert page.xpath("//title")[0].text.endswith("· Acme Help"), path
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path


def test_no_page_holds_inline_scripts_or_styles(read):
    for path in ("/", "/search?q=order", "/articles/track-order", "/directory", "/contact?q=x"):
        page = read(path)
        # Data for machines is no script: browsers never run it.
        inline = "//@style | //style | //script[not(@src) and not(@type='application/ld+json')]"
        assert not page.xpath(inline), path
        assert not [a for a in page.xpath("//@*") if a.attrname.startswith("on")], path


def test_staff_sign_in_before_the_first_publish(small_settings, clock, tmp_path):
    services = build_services(replace(small_settings, index_dir=tmp_path / "none"), clock)
    answer = create_app(services).test_client().get("/account/sign-in")
    assert answer.status_code == 200
    services.generations.close()


def test_without_settings_nothing_is_called_popular_and_nobody_is_offered(settings, publish, write):
    write("a/one.md", "---\ntitle: One\n---\nText about one thing.\n")
    publish()
    services = build_services(settings)
    client = create_app(services).test_client()
    home = client.get("/").get_data(as_text=True)
    assert "New and updated articles" in home
    assert "Popular articles" not in home
    for path in ("/", "/articles/one", "/search?q=zebra", "/search?q=thing", "/nowhere",
                 "/articles/one/thanks?helpful=no"):  # fmt: skip
        html = client.get(path).get_data(as_text=True)
        for dead_end in ("/contact", "/directory", "Still need help"):
            assert dead_end not in html, (path, dead_end)
    assert client.get("/contact").status_code == client.get("/directory").status_code == 200
    services.generations.close()


def test_an_article_from_right_to_left_says_so_for_its_own_text_only(settings, publish, write):
    write("a/one.md", "---\ntitle: تنظيف الغلاية\nlanguage: ar\n---\nافصل الغلاية.\n")
    write("a/two.md", "---\ntitle: Nettoyer\nlanguage: fr\n---\nDébranchez.\n")
    publish()
    services = build_services(settings)
    client = create_app(services).test_client()
    for slug, language, direction in (("one", "ar", "rtl"), ("two", "fr", "ltr")):
        page = lxml.html.document_fromstring(client.get(f"/articles/{slug}").get_data(as_text=True))
        assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
        for element in (page.xpath("//h1")[0], page.xpath("//div[@class='prose']")[0]):
            assert (element.get("lang"), element.get("dir")) == (language, direction)
        assert not page.xpath("//form[@class='vote']/ancestor::*[@lang='ar' or @lang='fr']")
    services.generations.close()


def test_a_product_has_a_page_with_its_articles_by_kind_and_a_search_among_them(site):
    client = site.client
    html = client.get("/products/fc-45").get_data(as_text=True)
    page = lxml.html.document_fromstring(html)
    assert page.xpath("string(//h1)") == "FC-45 coffee machine"
    kinds = page.xpath("//main//section/h2/text()")
    assert kinds.index("Troubleshooting") < kinds.index("How-to guides")
    assert "/articles/e-42-brew-unit-blocked" in links(page)
    chosen = page.xpath("//main//select[@name='product']/option[@selected]/@value")
    assert chosen == ["fc-45"]
    library = site.services.generations.current().library
    named = [a.url for a in library.list_articles() if "FC-45" in a.product]
    assert set(named) <= set(links(page))
    found = client.get("/search?q=leaks&product=fc-45").get_data(as_text=True)
    assert "FC-45" in found


def test_products_are_offered_on_the_home_page_in_articles_and_to_crawlers(site):
    client = site.client
    home = lxml.html.document_fromstring(client.get("/").get_data(as_text=True))
    offered = links(home, "//section[@aria-labelledby='products']")
    assert "/products/fv-200" in offered
    assert "/products" in offered
    everything = lxml.html.document_fromstring(client.get("/products").get_data(as_text=True))
    assert "/products/fw-6" in links(everything)
    article = lxml.html.document_fromstring(
        client.get("/articles/e-42-brew-unit-blocked").get_data(as_text=True)
    )
    assert "/products/fc-45" in links(article)
    assert "/products/fc-45</loc>" in client.get("/sitemap.xml").get_data(as_text=True)


def test_a_single_product_is_no_choice(client, read):
    assert "/products/ac-1" in links(read("/products"))
    assert not read("/").xpath("//section[@aria-labelledby='products']")
    assert client.get("/products/fc-45").status_code == 404
    assert client.get("/products/ac-1?page=2").status_code == 404


def test_products_that_only_staff_read_about_are_shown_to_staff_only(client, staff):
    assert staff.get("/products/x-9").status_code == 200
    assert "/products/x-9" in staff.get("/products").get_data(as_text=True)
    assert client.get("/products/x-9").status_code == 404
    for path in ("/products", "/sitemap.xml", "/"):
        assert "x-9" not in client.get(path).get_data(as_text=True)
