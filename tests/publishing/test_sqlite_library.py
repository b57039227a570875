"""One SQLite library for all files, and commands that start without what they do not need."""

import subprocess
import sys

import sqlite_utils.utils

from kb.storage.sqlite_library import sqlite3
from tests.conftest import ROOT


def test_sqlite_utils_uses_the_same_library() -> None:
    assert sqlite_utils.utils.sqlite3 is sqlite3


def list_imported(script: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys, {script}; print(*sys.modules)"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_publishing_imports_nothing_of_the_staff_area() -> None:
    # Half of the time that `kb index` takes for one article is spent importing.
    not_needed = {"flask", "sqlite_utils", "argon2", "crawlerdetect", "kb.search_log.service"}
    assert not not_needed & list_imported("kb.bootstrap.publishing")


def test_a_worker_imports_nothing_that_publishes() -> None:
    # Eight megabytes of each worker, and a part of its start.
    not_needed = {"markdown", "nh3", "lxml", "kb.publishing.revision", "spellchecker"}
    assert not not_needed & list_imported("kb.app_factory")
    # What workers are forks of has what they need, and no more.
    server = list_imported("kb.cli.serve; kb.cli.serve._load_for_workers()")
    assert "kb.app_factory" in server
    assert not not_needed & server
