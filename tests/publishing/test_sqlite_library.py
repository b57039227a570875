"""One SQLite library for all files, and commands that start without what they do not need."""

import subprocess
import sys

import sqlite_utils.utils

from kb.storage.sqlite_library import sqlite3
from tests.conftest import ROOT


def test_sqlite_utils_uses_the_same_library() -> None:
    assert sqlite_utils.utils.sqlite3 is sqlite3


def test_publishing_imports_nothing_of_the_staff_area() -> None:
    # Half of the time that `kb index` takes for one article is spent importing.
    script = "import sys, kb.bootstrap.publishing; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"flask", "sqlite_utils", "argon2", "crawlerdetect", "kb.search_log.service"} & set(
        output
    )


def test_a_worker_imports_nothing_that_publishes() -> None:
    # Eight megabytes of each worker, and a part of its start.
    script = "import sys, kb.app_factory; print(*sys.modules)"
    output = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"markdown", "nh3", "lxml", "kb.publishing.revision"} & set(output)
