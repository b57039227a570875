"""Chromium loads the smaller copy of a picture and still enlarges the original."""

import io
import re
import threading

import pytest
from PIL import Image
from playwright.sync_api import expect
from werkzeug.serving import make_server

from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services


@pytest.fixture
def address(settings, clock, write):
    """A site of one article with a screenshot wider than the page and a photograph."""
    for name, format in (("screen.png", "PNG"), ("photo.jpg", "JPEG")):
        file = io.BytesIO()
        shade = Image.radial_gradient("L").resize((1_600, 900))
        Image.merge("RGB", (shade,) * 3).save(file, format, quality=98)
        write(f"a/{name}", file.getvalue())
    write(
        "a/one.md", "---\ntitle: One\n---\nText\n\n![Screen](screen.png)\n\n![Photo](photo.jpg)\n"
    )
    build_publisher(settings, clock).publish()
    services = build_services(settings, clock)
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    services.generations.close()


@pytest.mark.parametrize("width", (360, 1280))
def test_the_copy_is_loaded_and_the_original_is_enlarged(open_browser, width):
    page = open_browser(viewport={"width": width, "height": 700})
    page.goto("/articles/one")
    for number in (0, 1):
        image = page.locator(".prose img").nth(number)
        image.scroll_into_view_if_needed()
        expect(
            page.get_by_role("button", name=re.compile("Enlarge the picture")).nth(number)
        ).to_be_visible()
        assert image.evaluate("image => image.currentSrc").endswith(".webp")
        box = image.bounding_box()
        assert box["width"] <= width
        assert abs(box["width"] / box["height"] - 1_600 / 900) < 0.02
    page.get_by_role("button", name=re.compile("Enlarge the picture")).first.click()
    large = page.get_by_role("dialog").locator("img")
    expect(large).to_be_visible()
    assert large.evaluate("image => image.currentSrc").endswith("/screen.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
