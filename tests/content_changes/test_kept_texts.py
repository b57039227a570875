"""What is typed is on the disk when the page says so, whatever happens to the server."""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from kb.content_changes.models import KeptText
from tests.conftest import ROOT

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
TYPING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kb.content_changes.models import KeptText
from kb.storage.content_changes import SqliteContentChangeStore
from kb.storage.migrations import migrations
from kb.storage.sqlite import SqliteFile

store = SqliteContentChangeStore(SqliteFile(Path(sys.argv[1]), migrations=migrations))
for step in range(int(sys.argv[2]), 1_000_000):
    at = datetime.now(UTC)
    store.keep_text(KeptText("key", 1, "faq/7-x", "x.md", "c" * 40, f"{step} " + "word " * 500, at))
    print(step, flush=True)
"""


def kept(key="key", text="x", account=1, at=AT, path="x.md"):
    return KeptText(key, account, "faq/7-x", path, "c" * 40, text, at)


def test_a_server_killed_while_somebody_types(store, tmp_path):
    store.list_texts()  # the tables are there
    told = 0
    for _ in range(8):
        command = [sys.executable, "-c", TYPING, str(tmp_path / "helpshelf.db"), str(told + 1)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        time.sleep(random.uniform(0.01, 0.2))
        process.kill()
        said = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        told = max([told + 1, *map(int, said)])
        (found,) = store.list_texts("faq/7-x", "x.md")
        assert int(found.text.split()[0]) >= told
        assert found.text.count("word") == 500


def test_the_latest_text_is_first_and_pages_do_not_mix(store):
    store.keep_text(kept("a", "one"))
    store.keep_text(kept("b", "two", at=AT + timedelta(seconds=1)))
    store.keep_text(kept("a", "three", at=AT + timedelta(seconds=2)))
    store.keep_text(kept("c", "other draft", path="y.md"))
    assert [t.text for t in store.list_texts("faq/7-x", "x.md")] == ["three", "two"]
    assert store.find_text("c").text == "other draft"


def test_a_text_that_went_on_is_not_dropped_with_what_was_saved(store):
    store.keep_text(kept(text="one"))
    store.keep_text(kept(text="two", at=AT + timedelta(seconds=1)))
    assert not store.drop_text("key", 1, AT)
    assert not store.drop_text("key", 2)
    assert store.find_text("key").text == "two"
    assert store.drop_text("key", 1)
