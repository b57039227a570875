"""Images and attachments: shown or offered, never run."""

import pytest

from .small_content import PNG


@pytest.fixture
def url_of(small):
    files = small.services.generations.current().library.files

    def find(name):
        (url,) = [url for url in files if url.endswith(name)]
        return url

    return find


def test_an_image_is_shown_and_kept(client, url_of):
    answer = client.get(url_of("box.png"))
    assert answer.get_data() == PNG
    assert answer.mimetype == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.headers.get("Content-Disposition", "").startswith("attachment")


def test_an_svg_may_not_run_anything(client, url_of):
    answer = client.get(url_of("drawing.svg"))
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )


def test_anything_else_is_a_download(client, url_of):
    answer = client.get(url_of("manual.pdf"))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=manual.pdf"
    assert answer.mimetype == "application/octet-stream"


def test_a_known_image_is_not_sent_again(client, url_of):
    url = url_of("box.png")
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    ("/files/../../etc/passwd", "/files/..%2f..%2fetc/passwd", "/files/0123456789abcdef/box.png",
     "/files/%00/x", "/files/a/b/c", "/files/", "/.git/HEAD", "/static/../app.py",
     "/static/%2e%2e/app.py"),
)  # fmt: skip
def test_no_other_file_is_reachable(client, path):
    assert client.get(path).status_code == 404


def test_the_picture_of_a_page_is_the_one_that_is_served(client, url_of):
    assert url_of("box.png") in client.get("/articles/track-order").get_data(as_text=True)
