"""Images are measured at publish, whatever they are, and pages say their size."""

import io

import lxml.html
import pytest
from PIL import Image

from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.publishing.image_sizes import measure


def picture(width: int, height: int, format: str = "PNG", orientation: int = 0) -> bytes:
    file = io.BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    Image.new("1" if format == "PNG" else "RGB", (width, height)).save(file, format, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type", "size"),
    (
        (picture(1, 1), "image/png", (1, 1)),
        (picture(10_000, 10_000), "image/png", (10_000, 10_000)),
        (picture(40, 30, "JPEG"), "image/jpeg", (40, 30)),
        (picture(40, 30, "JPEG", orientation=6), "image/jpeg", (30, 40)),
        (picture(40, 30, "WEBP"), "image/webp", (40, 30)),
        (b"", "image/png", (0, 0)),
        (picture(40, 30)[:20], "image/png", (0, 0)),
        (b"<svg width='20px' height='10'/>", "image/svg+xml", (20, 10)),
        (b"<svg width='100%' viewBox='0 0 300,150'/>", "image/svg+xml", (300, 150)),
        (b"<svg viewBox='0 0 1e9 x'/>", "image/svg+xml", (0, 0)),
        (b"<svg width='0' height='999999999'/>", "image/svg+xml", (0, 0)),
        (b"no picture", "image/svg+xml", (0, 0)),
    ),
)
def test_sizes(data: bytes, media_type: str, size: tuple[int, int]) -> None:
    assert measure(data, media_type) == size


def test_pages_say_the_size_and_an_unchanged_image_keeps_it(settings, clock, write):
    write("a/photo.png", picture(64, 48))
    write("a/broken.png", b"\x89PNG nothing more")
    write("a/one.md", "---\ntitle: One\n---\n![A](photo.png)\n\n![B](broken.png)\n")
    for text in ("Text.", "Other text."):
        write("a/two.md", f"---\ntitle: Two\n---\n{text} {'x ' * 2_000}\n\n![A](photo.png)\n")
        build_publisher(settings, clock).publish()
        services = build_services(settings, clock)
        client = create_app(services).test_client()
        pages = [
            lxml.html.document_fromstring(client.get(f"/articles/{slug}").get_data(as_text=True))
            for slug in ("one", "two")
        ]
        photo, broken = pages[0].xpath("//div[@class='prose']//img")
        assert (photo.get("width"), photo.get("height")) == ("64", "48")
        assert photo.get("loading") is None
        assert broken.get("width") is None
        (late,) = pages[1].xpath("//div[@class='prose']//img")
        assert (late.get("width"), late.get("loading")) == ("64", "lazy")
        services.generations.close()


def test_what_is_no_picture_is_told_with_its_line_until_it_is_one(write, publish):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"
    write("a/pointer.png", pointer)
    write("a/empty.jpg", b"")
    write("a/cut.webp", picture(40, 30, "WEBP")[:12])
    write("a/good.png", picture(40, 30))
    write("a/drawing.svg", b"<svg/>")
    names = ("good.png", "pointer.png", "drawing.svg", "empty.jpg", "cut.webp")
    pictures = "\n".join(f"![P]({name})" for name in names)
    write("a/one.md", f"---\ntitle: One\n---\n{pictures}\n[kept as a file](empty.jpg)\n")

    def told():
        return [(p.code, p.line, p.message.split()[2]) for p in publish().problems]

    wrong = [
        ("image-unreadable", 5, "pointer.png"),
        ("image-unreadable", 7, "empty.jpg"),
        ("image-unreadable", 8, "cut.webp"),
    ]
    assert told() == wrong
    assert told() == wrong, "nothing has changed"
    write("a/pointer.png", picture(40, 30))
    assert told() == wrong[1:]
