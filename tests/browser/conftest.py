"""A real server on a free port and Chromium to visit it with."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import RunningSite

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-dev-shm-usage", "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if found is None:
        pytest.skip("Chromium is not installed: `apt-get install chromium` runs the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def address(site: RunningSite) -> Iterator[str]:
    """The site's address while it is served."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_browser(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a window as a person would have it. What the console says and every request
    that leaves the site is an error at the end of the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(**options: object) -> Page:
        context = chromium.new_context(base_url=address, user_agent=PERSON, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith((address, "data:")) else complaints.append(r.url),
        )
        return page

    yield open_window
    for context in contexts:
        context.close()
    expected = "the server responded with a status of 4"
    assert [c for c in complaints if expected not in c] == []


@pytest.fixture(scope="session")
def axe_script() -> str:
    folder = Path(axe_playwright_python.__file__).parent
    return next(folder.rglob("axe.min.js")).read_text(encoding="utf-8")
