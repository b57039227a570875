"""Whoever closes the generations holds no file of them any more, then and later."""

import sys
import time
from pathlib import Path

import pytest

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.config import Settings
from kb.publishing import generations as module
from tests.conftest import Write


def open_files(below: Path) -> list[str]:
    descriptors = Path("/proc/self/fd").iterdir()
    targets = [str(d.readlink()) for d in descriptors if d.is_symlink()]
    return [target for target in targets if target.startswith(str(below))]


@pytest.mark.skipif(sys.platform != "linux", reason="counts open files in /proc")
def test_closing_ends_the_watch_for_new_generations(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.05)
    write("a.md", "# Kettle\n\nBoils water.\n")
    build_publisher(settings).publish()
    generations = build_generations(settings)
    assert generations.current().search.search("kettle").total == 1
    assert open_files(settings.index_dir)
    generations.close()
    time.sleep(0.2)
    assert not open_files(settings.index_dir)
