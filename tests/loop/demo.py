"""``make demo-loop``: four weeks of a help center and the whole loop, told as it happens."""

import logging
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from kb.clock import FixedClock  # noqa: E402
from tests.browser.conftest import ARGUMENTS  # noqa: E402
from tests.loop.company import open_company  # noqa: E402
from tests.loop.rehearsal import rehearse  # noqa: E402
from tests.search.embedding import MISSING  # noqa: E402

START = datetime(2026, 10, 26, tzinfo=UTC)
VISITS = 3_000


def main(visits: int) -> None:
    """Play the month in a temporary folder and print what was seen, step by step."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("Chromium is not installed: sudo apt-get install chromium")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    how = f"words alone ({', '.join(MISSING)} not installed)" if MISSING else "words and meaning"
    tell(f"a month with about {visits} visits begins; search goes by {how}")
    with (
        tempfile.TemporaryDirectory() as folder,
        open_company(Path(folder), FixedClock(START), by_meaning=not MISSING) as company,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        rehearse(company, chromium, visits, tell)
        chromium.close()
    tell("the loop is closed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else VISITS)
