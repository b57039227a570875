"""Takes a picture of every page: ``make screenshots`` puts them into ``screenshots/``.

The demo content, a company with colours of its own, and the content of others where
HELPSHELF_SHARED_DATA names it, at three widths, light, dark and in forced colours, and from
right to left (``-rtl``): customers' pages and the staff area. Names sort by page, then width.
``ARGS="staff-topic home"`` takes those pages only.
"""

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from kb.accounts.models import Role  # noqa: E402
from kb.app_factory import create_app  # noqa: E402
from kb.bootstrap.publishing import build_publisher  # noqa: E402
from kb.bootstrap.services import build_services  # noqa: E402
from kb.clock import FixedClock  # noqa: E402
from kb.config import load_settings  # noqa: E402
from kb.errors import EmbedderUnavailable  # noqa: E402
from kb.services import Services  # noqa: E402
from kb.web.accessibility import SCHEMES, WIDTHS  # noqa: E402
from tests.browser.conftest import ARGUMENTS, PERSON  # noqa: E402
from tests.browser.picture_pages import (  # noqa: E402
    DRAFT_PAGES,
    EMPTY_PAGES,
    IDENTITY_PAGES,
    INQUIRY_PAGES,
    OTHER_PAGES,
    PAGES,
    STAFF_PAGES,
    Pages,
)
from tests.browser.staging import (  # noqa: E402
    copy_into_git,
    leave_inquiries,
    publish_draft,
    start_drafts,
    write_identity,
)
from tests.conftest import NOW  # noqa: E402

WANTED = frozenset(sys.argv[1:])
RIGHT_TO_LEFT = "ar-XB"
WINDOWS = (
    *((width, scheme, "") for width in WIDTHS for scheme in SCHEMES),
    *((width, "light", RIGHT_TO_LEFT) for width in (1280, 360)),
)
EMAIL, PASSWORD = "ada@example.com", "four quiet blue kettles"
TYPED = "kettle not boiling"
FAILING = (
    "toaster",
    "toasters",
    "do you sell a toaster",
    "alexa",
    "work with alexa",
    "gift wrapping paper",
)


def main(target: Path) -> None:
    """Take all pictures into ``target``, which is emptied first."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("Chromium is not installed: sudo apt-get install chromium")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        demo, room = target / "demo", Path(scratch)
        with served(ROOT / "articles", room / "demo") as (address, services):
            take(browser, address, EMPTY_PAGES, demo, staff=True)
            search_in_vain(browser, address, services)
            triage_some(services)
            take(browser, address, PAGES, demo)
            take(browser, address, STAFF_PAGES, demo, staff=True)
            leave_inquiries(services)
            take(browser, address, INQUIRY_PAGES, demo, staff=True)
        take_drafts(browser, room, demo)
        own = room / "own"
        write_identity(own)
        with served(own, room / "identity", KB_SEMANTIC="off") as (address, _):
            take(browser, address, IDENTITY_PAGES, target / "identity")
        for name, content in other_contents():
            with served(content, Path(scratch) / name, KB_SEMANTIC="off") as (address, _):
                take(browser, address, OTHER_PAGES, target / name)
        browser.close()
    print(f"{len(list(target.rglob('*.png')))} pictures in {target}")


@contextmanager
def served(content: Path, scratch: Path, **more: str) -> Iterator[tuple[str, Services]]:
    """A content folder, published and served on a free port."""
    settings = replace(
        load_settings(
            {
                "KB_SECRET_KEY": "pictures",
                "KB_RATE_LIMIT": "off",
                # Offers what needs mail; no picture sends one.
                "KB_MAIL_SENDER": "console",
                "KB_MAIL_FROM": "help@example.com",
                "KB_BASE_URL": "https://help.example.com",
                # Offered to nobody; the pictures from right to left ask for it.
                "KB_LANGUAGES": RIGHT_TO_LEFT,
                **more,
            }
        ),
        content_dir=content,
        index_dir=scratch / "index",
        database=scratch / "helpshelf.db",
    )
    clock = FixedClock(NOW)
    publisher = build_publisher(settings, clock)
    publisher.publish()
    with suppress(EmbedderUnavailable):
        publisher.embed()
    services = build_services(settings, clock)
    services.accounts.add(EMAIL, Role.ADMINISTRATOR, PASSWORD, "Ada")
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", services
    server.shutdown()
    thread.join()
    server.server_close()
    services.generations.close()


def take_drafts(browser: Browser, room: Path, target: Path) -> None:
    """The editor in all its states, up to the page that says that an article is being published."""
    content = copy_into_git(ROOT / "articles", room / "drafting")
    with served(content, room / "drafts", KB_CONTENT_REF="main", KB_SEMANTIC="off") as (
        address,
        services,
    ):
        start_drafts(services, content)
        pages = dict(DRAFT_PAGES)
        if not WANTED or "staff-draft-published" in WANTED:
            context = browser.new_context(user_agent=PERSON, base_url=address)
            page = context.new_page()
            sign_in(page, address)
            pages["staff-draft-published"] = publish_draft(page)
            context.close()
        take(browser, address, pages, target, staff=True)


def search_in_vain(browser: Browser, address: str, services: Services) -> None:
    """Leave some searches without an answer, so that the staff area has something to show."""
    clock = services.clock
    assert isinstance(clock, FixedClock)
    clock.advance(timedelta(days=-12))
    for number, text in enumerate(FAILING * 4):
        # A chart needs days that differ.
        clock.advance(timedelta(hours=16 if number % 2 else 1))
        if number % 3:
            search(browser, address, "late parcel")
        search(browser, address, text)
    clock.advance(NOW - clock.now())
    context = browser.new_context(user_agent=PERSON, base_url=address)
    page = context.new_page()
    for article in ("descale-a-kettle", "late-parcel"):
        page.goto(f"/articles/{article}")
        page.get_by_role("button", name="No", exact=True).click()
        page.locator("#thanks").wait_for()
    context.close()


def triage_some(services: Services) -> None:
    """Decide about some topics, save a filter, so that every part of the lists is seen."""
    today = services.clock.now().date()
    topics = services.content_gaps.list_topics(today - timedelta(days=60), today)
    triage = services.content_gaps.triage
    for topic, days in zip(topics[:3], (-1, 0, 5), strict=False):
        triage.assign(topic.id, EMAIL, today + timedelta(days=days), EMAIL)
    triage.ignore(topics[-1].id, "We do not sell them.", EMAIL)
    account = next(iter(services.accounts.list_accounts()))
    services.saved_filters.save(account.id, "Mine, due", "assignee=me&due=today")
    services.saved_filters.save(account.id, "New, of nobody", "assignee=nobody&order=newest")


def search(browser: Browser, address: str, text: str) -> None:
    """Search as somebody who has not been here before."""
    context = browser.new_context(user_agent=PERSON)
    context.new_page().goto(f"{address}/search?q={text.replace(' ', '+')}")
    context.close()


def take(
    browser: Browser, address: str, pages: Pages, target: Path, *, staff: bool = False
) -> None:
    """One picture of each page and way to look at it."""
    pages = {name: page for name, page in pages.items() if not WANTED or name in WANTED}
    if not pages:
        return
    target.mkdir(parents=True, exist_ok=True)
    for width, scheme, language in WINDOWS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, user_agent=PERSON, **colors_of(scheme)
        )
        page = context.new_page()
        if staff:
            sign_in(page, address)
        if language:
            context.add_cookies([{"name": "lang", "value": language, "url": address}])
        ending = "-rtl" if language == RIGHT_TO_LEFT else ""
        for name, entry in pages.items():
            visit(page, address, entry)
            if name.endswith("-opened"):
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            if name.endswith("-typed"):
                page.locator(".search-box__input").press_sequentially(TYPED)
                page.get_by_role("option").first.wait_for()
            page.screenshot(path=target / f"{name}-{width:04}-{scheme}{ending}.png", full_page=True)
        context.close()


def visit(page: Page, address: str, entry: str | tuple[str, str]) -> None:
    """Open a page, and send its form where the state that is wanted comes of that."""
    path, script = (entry, "") if isinstance(entry, str) else entry
    page.goto(address + path)
    if script:
        with page.expect_navigation():
            page.evaluate(script)


def colors_of(scheme: str) -> dict[str, str]:
    """Options of a browser whose system asks for these colours."""
    return {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}


def sign_in(page: Page, address: str) -> None:
    """Sign in as an administrator, who sees every page."""
    page.goto(f"{address}/account/sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/staff/**")


def other_contents() -> Sequence[tuple[str, Path]]:
    """The help centers of other companies that are at hand."""
    data = os.environ.get("HELPSHELF_SHARED_DATA", "")
    arduino = Path(data) / "arduino-help" / "content"
    if not data or not arduino.is_dir():
        print("Only the demo: HELPSHELF_SHARED_DATA does not name other content.")
        return ()
    return (("arduino", arduino),)


if __name__ == "__main__":
    main(ROOT / "screenshots")
