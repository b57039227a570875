"""Whoever closes the generations holds no file of them any more, then and later."""

import gc
import sys
import time
import weakref
from collections.abc import Callable
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


def test_a_dropped_generation_leaves_memory(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(module, "_CLOSE_AFTER_SECONDS", 0.1)
    write("a.md", "# Kettle\n\nBoils water.\n")
    build_publisher(settings).publish()
    generations = build_generations(settings)
    library = weakref.ref(generations.current().library)
    _wait_until(lambda: gc.get_freeze_count() > 0)
    write("b.md", "# Pump\n\nMoves water.\n")
    build_publisher(settings).publish()
    _wait_until(lambda: library() is None)
    assert len(generations.current().library.summaries) == 2
    generations.close()
    gc.unfreeze()


def _wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)
