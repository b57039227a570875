"""The interface from right to left, in the pseudo-language that is made for it."""

from dataclasses import replace

import pytest

from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from tests.browser.states import CUSTOMER, STAFF
from tests.browser.test_accessibility import prepare_staff
from tests.conftest import ROOT, RunningSite

pytestmark = pytest.mark.browser


@pytest.fixture
def site(settings, demo_index, clock):
    """The demo, which may be read from right to left."""
    own = replace(
        settings, content_dir=ROOT / "articles", index_dir=demo_index, languages=("ar-XB",)
    )
    services = build_services(own, clock)
    app = create_app(services)
    yield RunningSite(app, app.test_client(), services, own, clock)
    services.generations.close()


@pytest.fixture
def open_mirrored(site, open_browser, address):
    cookies = prepare_staff(site, open_browser)

    def open_page(width=1280, staff=True):
        page = open_browser(viewport={"width": width, "height": 800})
        chosen = {"name": "lang", "value": "ar-XB", "url": address}
        page.context.add_cookies([*(cookies if staff else ()), chosen])
        return page

    return open_page


@pytest.mark.parametrize("width", (360, 1280))
def test_every_page_fits(open_mirrored, width):
    for staff, states in ((False, CUSTOMER), (True, STAFF)):
        page = open_mirrored(width, staff)
        for entry in states:
            if entry.script:
                continue
            page.goto(entry.path)
            assert page.evaluate("document.documentElement.dir") == "rtl", entry.path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, entry.path


def left(locator):
    return locator.bounding_box()["x"]


def test_time_in_charts_runs_with_the_text(open_mirrored):
    page = open_mirrored()
    page.goto("/staff/")
    ends = page.locator(".chart__ends").first.locator("> *")
    assert left(ends.first) > left(ends.last), "the first day is the one on the right"
    # The searches of today are the only ones: their bar is at the end of the text.
    bar, chart = page.locator(".chart rect").last, page.locator(".chart").first
    assert left(bar) - left(chart) < chart.bounding_box()["width"] / 10


def test_icons_point_and_stand_as_the_text_runs(open_mirrored):
    page = open_mirrored(staff=False)
    page.goto("/")
    assert (
        page.locator(".onward .icon--arrow").first.evaluate("e => getComputedStyle(e).scale")
        == "-1 1"
    )
    field = page.locator(".hero .search-box__field")
    assert left(field.locator("> .icon")) > left(field) + field.bounding_box()["width"] / 2


def test_codes_stay_as_they_are_written(open_mirrored):
    page = open_mirrored()
    page.goto("/staff/design")
    name = page.get_by_text("--color-text", exact=True)
    assert name.evaluate("e => getComputedStyle(e).direction") == "ltr"
    page.goto("/articles/error-codes")
    assert page.locator(".prose").evaluate("e => getComputedStyle(e).direction") == "ltr"
