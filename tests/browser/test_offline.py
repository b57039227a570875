"""Articles stay on the device where the company wants that, and nowhere else."""

from dataclasses import replace

import pytest

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from tests.browser.axe import list_problems
from tests.conftest import ROOT, RunningSite

pytestmark = pytest.mark.browser

PASSWORD = "four quiet blue kettles"
READY = "() => navigator.serviceWorker.controller !== null"


@pytest.fixture
def make_site(settings, demo_index, clock):
    opened = []

    def make(*, offline):
        chosen = replace(
            settings, content_dir=ROOT / "articles", index_dir=demo_index, offline=offline
        )
        services = build_services(chosen, clock)
        opened.append(services)
        return RunningSite(create_app(services), None, services, chosen, clock)

    yield make
    for services in opened:
        services.generations.close()


@pytest.fixture
def site(make_site):
    return make_site(offline=True)


def list_kept(page):
    return page.evaluate("async () => (await caches.keys()).filter(n => n.startsWith('helpshelf'))")


@pytest.fixture
def page(open_browser):
    page = open_browser()
    page.goto("/")
    page.wait_for_function(READY)
    return page


def test_articles_are_read_and_searched_without_a_network(page, axe_script):
    # One that is not among the most important is there once it was read.
    page.goto("/articles/wash-vacuum-filter")
    title = page.locator("h1").inner_text()
    page.context.set_offline(True)
    page.goto("/articles/wash-vacuum-filter")
    assert page.locator("h1").inner_text() == title
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "the style sheet"
    page.goto("/search?q=parcel")
    assert page.locator("h1").inner_text() == "No network"
    found = page.locator("[data-offline-list] a")
    page.wait_for_function("() => document.querySelectorAll('[data-offline-list] a').length > 20")
    assert title in found.all_inner_texts()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert list_problems(page, axe_script) == []
    page.get_by_role("searchbox").fill("track parc")
    assert found.first.inner_text() == "Track a parcel"
    assert "on this device" in page.get_by_role("status").first.inner_text()
    found.first.click()
    page.wait_for_url("**/articles/track-a-parcel")
    assert page.locator("h1").inner_text() == "Track a parcel"
    page.goto("/directory")
    assert page.locator("a[href^='tel:']").count() > 0


def test_what_is_fetched_for_the_copy_is_no_opening(page, site):
    assert site.services.search_log.popular_slugs(5) == ()
    page.wait_for_timeout(300)
    (kept,) = list_kept(page)
    paths = page.evaluate(
        "async name => (await (await caches.open(name)).keys()).map(r => new URL(r.url).pathname)",
        kept,
    )
    assert len([path for path in paths if path.startswith(("/articles/", "/policies/"))]) == 50
    assert not any(path.startswith(("/staff", "/account", "/search")) for path in paths)


def test_signing_in_leaves_nothing_on_the_device(page, site):
    page.goto("/articles/track-a-parcel")
    page.wait_for_function("async () => await caches.has('helpshelf-read')")
    site.services.accounts.add("ada@example.com", Role.AGENT, PASSWORD)
    page.goto("/account/sign-in")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/**")
    page.goto("/articles/escalation-matrix")
    page.wait_for_function(
        "async () => (await caches.keys()).length === 0"
        " && (await navigator.serviceWorker.getRegistrations()).length === 0"
    )


def test_without_the_setting_nothing_is_kept(make_site):
    client = make_site(offline=False).app.test_client()
    assert "data-offline" not in client.get("/").get_data(as_text=True)
    for path in ("/offline", "/offline.json", "/offline-worker.js"):
        assert client.get(path).status_code == 404
