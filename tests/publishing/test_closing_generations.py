"""Whoever closes the generations holds no file of them any more, then and later."""

import gc
import os
import shutil
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


def test_whoever_drops_the_generations_unclosed_keeps_neither_watch_nor_articles(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.05)
    write("a.md", "# Kettle\n\nBoils water.\n")
    build_publisher(settings).publish()
    generations = build_generations(settings)
    library = weakref.ref(generations.current().library)
    watch = generations._watcher
    _wait_until(lambda: gc.get_freeze_count() > 0)
    del generations
    watch.join(10)
    assert not watch.is_alive()
    gc.unfreeze()
    gc.collect()
    assert library() is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads its memory in /proc")
def test_fifty_switches_do_not_make_a_worker_grow(
    settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CLOSE_AFTER_SECONDS", 0.0)
    # Nothing but the loop below switches.
    monkeypatch.setattr(module, "_FIRST_CHECK_SECONDS", 1000.0)
    for number in range(60):
        write(f"a{number}.md", f"# Kettle {number}\n\nModel m{number}x. " + "Boils water. " * 50)
    publisher = build_publisher(settings)
    first = publisher.publish().generation
    both = [first, f"{first}-again"]
    shutil.copytree(*map(publisher.layout.generation, both))
    generations = build_generations(settings)
    libraries = []
    for number in range(60):
        publisher.layout.write_current(both[number % 2])
        generations.refresh()
        assert generations.current().search.search(f"m{number}x").total == 1
        generations.settle()
        libraries.append(weakref.ref(generations.current().library))
        if number == 9:
            before = _resident_megabytes()
    assert [library() is not None for library in libraries].count(True) <= 2
    # Fifty that are kept take 22 MB.
    assert _resident_megabytes() < before + 15
    generations.close()
    gc.unfreeze()


def _resident_megabytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def _wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)
