"""Pictures get a smaller copy at publish, and never hold one up."""

import io
from pathlib import Path

import lxml.html
import pytest
from PIL import Image, ImageChops, ImageCms

from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.publishing.image_copies import make_copy


def gradient(mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> Image.Image:
    shade = Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", (shade, ImageChops.invert(shade), shade)).convert(mode)


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    image = Image.open(io.BytesIO(data))
    assert image.format == "WEBP"
    return image


def test_a_drawing_loses_nothing_and_stays_transparent() -> None:
    drawing = gradient()
    drawing.putalpha(Image.linear_gradient("L").resize(drawing.size))
    copy = opened(make_copy(saved(drawing, "PNG"), "image/png"))
    shown, expected = (
        Image.alpha_composite(Image.new("RGBA", i.size, "white"), i) for i in (copy, drawing)
    )
    assert ImageChops.difference(shown, expected).convert("RGB").getbbox() is None


def test_a_palette_with_a_transparent_color_stays_transparent() -> None:
    drawing = gradient("P")
    data = saved(drawing, "PNG", transparency=drawing.getpixel((0, 0)))
    copy = make_copy(data, "image/png")
    if copy is not None:
        assert opened(copy).convert("RGBA").getpixel((0, 0))[3] == 0


def test_a_photograph_is_upright_and_keeps_its_colors() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(gradient(), "JPEG", quality=98, exif=exif, icc_profile=profile)
    copy = opened(make_copy(data, "image/jpeg"))
    assert copy.size == (200, 300)
    assert copy.info["icc_profile"] == profile
    assert not copy.getexif()


@pytest.mark.parametrize(
    "data",
    (
        b"",
        b"\x89PNG nothing more",
        saved(gradient(), "PNG")[:2_000],
        saved(Image.new("RGB", (1, 1)), "JPEG")[:300],
        saved(gradient(), "PNG", save_all=True, append_images=[gradient().rotate(90)]),
        saved(gradient("CMYK"), "JPEG"),
        saved(gradient("L").convert("I;16"), "PNG"),
    ),
    ids=("empty", "broken", "cut off", "cut off jpeg", "animated", "cmyk", "16 bits"),
)
def test_what_cannot_be_copied_has_no_copy(data: bytes) -> None:
    assert make_copy(data, "image/png") is None


def test_a_copy_that_saves_too_little_is_not_kept() -> None:
    noise = saved(Image.effect_noise((300, 200), 80), "JPEG", quality=20)
    assert make_copy(noise, "image/jpeg") is None
    assert make_copy(saved(Image.new("1", (1, 1)), "PNG"), "image/png") is None


def test_pages_offer_the_copy_and_an_unchanged_picture_keeps_it(settings, clock, write):
    photo = saved(gradient(), "JPEG", quality=98)
    write("a/photo one.jpg", photo)
    write("a/huge.png", saved(Image.new("1", (10_000, 10_000)), "PNG"))
    write("a/dot.png", saved(Image.new("1", (1, 1)), "PNG"))
    write("a/staff.jpg", saved(gradient("L"), "JPEG", quality=98))
    write("a/secret.md", "---\ntitle: Two\nstate: internal\n---\n![A](staff.jpg)\n")
    times: dict[Path, int] = {}
    for text in ("Text", "Other text"):
        write(
            "a/one.md",
            f"---\ntitle: One\n---\n{text}\n\n![A](<photo one.jpg>)\n\n![B](huge.png) ![C](dot.png)\n",
        )
        build_publisher(settings, clock).publish()
        services = build_services(settings, clock)
        client = create_app(services).test_client()
        page = lxml.html.document_fromstring(client.get("/articles/one").get_data(as_text=True))
        (source,) = page.xpath("//div[@class='prose']//picture/source")
        assert source.get("type") == "image/webp"
        first, dot = page.xpath("//div[@class='prose']//img")
        assert len(first.xpath("ancestor::picture")) == 1
        assert (first.get("width"), first.get("fetchpriority")) == ("300", "high")
        assert dot.get("fetchpriority") is None
        assert not dot.xpath("ancestor::picture")
        assert client.get(first.get("src")).get_data() == photo
        answer = client.get(source.get("srcset"))
        assert answer.mimetype == "image/webp"
        assert "immutable" in answer.headers["Cache-Control"]
        assert Image.open(io.BytesIO(answer.get_data())).size == (300, 200)
        again = client.get(source.get("srcset"), headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        for file in services.generations.current().library.files.values():
            copy = file.find_copy()
            if file.name == "staff.jpg":
                assert copy is not None
                assert client.get(copy.url).status_code == 404
        files = settings.index_dir / "files"
        made = {path: path.stat().st_mtime_ns for path in files.iterdir()}
        assert not times or made == times
        times = made
        services.generations.close()
