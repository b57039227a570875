"""Makes the pictures in README and guides from those of ``make screenshots``.

.venv/bin/python tests/browser/doc_pictures.py
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
TAKEN = ROOT / "screenshots" / "demo"
TARGET = ROOT / "docs" / "images"
HEIGHT = 900
PICTURES = {
    "home": ["home-typed-1280-light"],
    "results": ["corrected-1280-light"],
    "phones": ["article-with-picture-0360-light", "nothing-found-0360-dark", "product-0360-light"],
    "unanswered": ["staff-unanswered-1280-light"],
    "overview": ["staff-overview-work-1280-light"],
    "quality": ["staff-quality-1280-dark"],
    "topic": ["staff-topic-1280-light"],
    "draft": ["staff-draft-preview-1280-light"],
    "policy-changes": ["policy-changes-1280-light"],
}
"""By name, the pictures that stand side by side in it, cut off at the bottom."""
_GAP = 16
_COLOURS = 128


def main() -> None:
    """Write all of them."""
    missing = [n for names in PICTURES.values() for n in names if not (TAKEN / f"{n}.png").exists()]
    if missing:
        sys.exit(f"`make screenshots` first: there is no {', '.join(missing)}")
    for name, parts in PICTURES.items():
        images = [Image.open(TAKEN / f"{part}.png").convert("RGB") for part in parts]
        height = min(HEIGHT, max(image.height for image in images))
        width = sum(image.width for image in images) + _GAP * (len(images) - 1)
        picture, left = Image.new("RGB", (width, height), "#7b8884"), 0
        for image in images:
            picture.paste(image.crop((0, 0, image.width, height)), (left, 0))
            left += image.width + _GAP
        # Few colours: half the bytes in the repository.
        picture.quantize(_COLOURS).save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
