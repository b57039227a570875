"""The main job in Firefox: search by keyboard, read, vote, sign in; sound pages and no complaints.

Driven through Marionette, which every Firefox speaks, by Mozilla's own client: it needs no
program in between and works with the Firefox that a distribution has.
"""

import json
import shutil
import time

import pytest

from kb.accounts.models import Role

marionette = pytest.importorskip(
    "marionette_driver", reason="Mozilla's client is not installed: `make firefox` installs it"
)
from marionette_driver import By, Wait  # noqa: E402
from marionette_driver.keys import Keys  # noqa: E402
from marionette_driver.marionette import Marionette  # noqa: E402

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "ada@example.com", "four quiet blue kettles"
SECONDS = 20
WIDTHS = (360, 1280)


class Firefox:
    """A window of Firefox on the site; waits for what a person would wait for."""

    def __init__(self, driver, address):
        self.driver = driver
        self.address = address

    def open(self, path):
        self.driver.navigate(self.address + path)

    def find(self, selector):
        return self._wait(lambda: self.driver.find_element(By.CSS_SELECTOR, selector))

    def read_shown(self, selector):
        """The text of what becomes visible; what is typed meanwhile may replace it."""

        def read():
            found = self.driver.find_element(By.CSS_SELECTOR, selector)
            return found.text if found.is_displayed() else ""

        return self._wait(read)

    def submit(self, selector):
        """Press a button that leads to another page, and wait for that page."""
        before = self.find("html")
        self.find(selector).click()
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and self.find("html").id == before.id:
            time.sleep(0.05)

    @property
    def path(self):
        return self.driver.get_url().removeprefix(self.address)

    def run(self, script, *values):
        return self.driver.execute_script(script, script_args=values, sandbox=None)

    def wait_for_path(self, start):
        """Until the page is there whole: a click before its styles are there meets nothing."""
        complete = "return document.readyState === 'complete';"
        self._wait(lambda: self.path.startswith(start) and self.run(complete))

    def _wait(self, condition):
        ignored = [marionette.errors.MarionetteException]
        wait = Wait(self.driver, SECONDS, ignored_exceptions=ignored)
        return wait.until(lambda _: condition())


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    if found is None:
        pytest.skip("Firefox is not installed: `make firefox` runs the journeys in it")
    log = tmp_path_factory.mktemp("firefox") / "log"
    driver = Marionette(bin=found, headless=True, port=0, gecko_log=str(log))
    driver.start_session()
    yield driver
    driver.quit()
    driver.cleanup()


@pytest.fixture
def firefox(driver, address):
    driver.navigate("about:blank")
    return Firefox(driver, address)


def assert_sound(firefox, axe_script):
    """No violation of axe, nothing wider than the window, nothing from elsewhere."""
    firefox.run(axe_script)
    found = firefox.driver.execute_async_script(
        "const done = arguments[0]; axe.run().then("
        "(r) => done(JSON.stringify(r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))));",
        sandbox=None,
    )
    assert json.loads(found) == []
    assert firefox.run("return document.documentElement.scrollWidth <= window.innerWidth;"), (
        firefox.path
    )
    loaded = firefox.run("return performance.getEntriesByType('resource').map((e) => e.name);")
    assert [name for name in loaded if not name.startswith((firefox.address, "data:"))] == []


def test_from_the_question_to_the_vote(firefox):
    firefox.open("/")
    box = firefox.find("#search")
    box.send_keys("track a")
    assert "Track a parcel" in firefox.read_shown("[role=option]")
    assert box.get_attribute("aria-expanded") == "true"
    box.send_keys(Keys.ESCAPE)
    assert not firefox.find("[role=listbox]").is_displayed()
    box.clear()
    box.send_keys("late parcel")
    assert "late" in firefox.read_shown("[role=option]").lower()
    box.send_keys(Keys.ENTER)
    firefox.wait_for_path("/search?q=late")
    firefox.find(".hit__title a").click()
    firefox.wait_for_path("/articles/late-parcel")
    firefox.submit("form.vote button[value=yes]")
    assert "Thank you" in firefox.find("main").text


def test_an_arrow_and_enter_open_a_suggestion(firefox):
    firefox.open("/")
    box = firefox.find("#search")
    box.send_keys("descale a ket")
    firefox.read_shown("[role=option]")
    box.send_keys(Keys.ARROW_DOWN)
    chosen = firefox.find("[role=option][aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.send_keys(Keys.ENTER)
    firefox.wait_for_path("/articles/")


def test_agents_sign_in_and_see_the_day(firefox, site):
    site.services.accounts.add(EMAIL, Role.AGENT, PASSWORD, "Ada")
    firefox.open("/staff/")
    firefox.wait_for_path("/account/sign-in")
    firefox.find("#email").send_keys(EMAIL)
    firefox.find("#password").send_keys(PASSWORD)
    firefox.submit("main form button[type=submit]")
    firefox.wait_for_path("/staff/")
    assert "Ada" in firefox.find(".staff-nav").text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=late+parcel", "/search?q=zzgift", "/articles/descale-a-kettle", "/contact"],
)
def test_pages_are_sound(firefox, axe_script, path, width):
    firefox.driver.set_window_rect(width=width, height=900)
    firefox.open(path)
    assert_sound(firefox, axe_script)
