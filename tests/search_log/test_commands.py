"""``kb log`` and ``kb unanswered`` as a script calls them."""

import csv
import io
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from kb.cli.main import main
from kb.config import load_settings
from kb.storage.sqlite import SqliteFile


@pytest.fixture
def kb(tmp_path, monkeypatch):
    monkeypatch.setenv("KB_CONTENT_DIR", str(tmp_path))
    monkeypatch.setenv("KB_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.setenv("KB_DATABASE", str(tmp_path / "helpshelf.db"))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def csv_file(tmp_path):
    day = datetime.now(UTC) - timedelta(days=1)
    times = [(day + timedelta(minutes=n)).isoformat(timespec="seconds") for n in range(4)]
    file = tmp_path / "log.csv"
    file.write_text(
        "time,query,results,visit\n"
        f"{times[0]},gift wrap,0,a\n"
        f"{times[1]},wrap gift,0,b\n"
        f"{times[2]},=cmd(),0,c\n"
        f"{times[3]},kettle,x,d\n",
        encoding="utf-8-sig",
    )
    return file


def test_import_reports_bad_rows_and_keeps_good_ones(kb, csv_file):
    result = kb("log", "import", str(csv_file), "--json")
    assert result.exit_code == 1
    value = json.loads(result.stdout)
    assert (value["imported"], value["known"]) == (3, 0)
    assert value["problems"] == [
        {"line": 5, "field": "results", "message": "'x' is not a whole number"}
    ]
    assert json.loads(kb("log", "import", str(csv_file), "--json").stdout)["known"] == 3


def test_import_in_words(kb, csv_file):
    result = kb("log", "import", str(csv_file))
    assert "3 searches imported" in result.stdout
    assert "line 5: results:" in result.stderr


def test_unanswered_as_json(kb, csv_file):
    kb("log", "import", str(csv_file))
    result = kb("unanswered", "--since", "7d", "--format", "json")
    assert result.exit_code == 0
    topics = json.loads(result.stdout)
    first = topics[0]
    assert (first["label"], first["state"], first["searches"], first["visits"]) == (
        "gift wrap", "new", 2, 2,
    )  # fmt: skip
    assert first["outcomes"] == {"zero-result": 2}
    assert first["queries"] == [
        {"text": "gift wrap", "count": 1},
        {"text": "wrap gift", "count": 1},
    ]
    assert first["nearest"] == []
    assert datetime.fromisoformat(first["first"]) <= datetime.fromisoformat(first["last"])
    assert isinstance(first["topic"], int)


def test_unanswered_as_csv_and_table(kb, csv_file):
    kb("log", "import", str(csv_file))
    rows = list(csv.reader(io.StringIO(kb("unanswered", "--format", "csv").stdout)))
    assert [row[1] for row in rows] == ["label", "gift wrap", "'=cmd()"]
    assert "gift wrap" in kb("unanswered").stdout


def test_nothing_unanswered(kb):
    assert json.loads(kb("unanswered", "--format", "json").stdout) == []
    assert "Nothing unanswered" in kb("unanswered").stdout


@pytest.mark.parametrize("since", ["", "30", "yesterday", "-3d", "99999d", "2026-02-30"])
def test_a_wrong_span_is_wrong_usage(kb, since):
    assert kb("unanswered", "--since", since).exit_code == 2


def test_files_that_cannot_be_read(kb, tmp_path):
    assert kb("log", "import", str(tmp_path / "missing.csv")).exit_code == 2
    file = tmp_path / "latin.csv"
    file.write_bytes("time,query\n2026-01-01,caf\xe9\n".encode("latin-1"))
    result = kb("log", "import", str(file))
    assert result.exit_code == 1
    assert "save it as UTF-8" in result.stderr


def test_maintain_says_what_it_did(kb, csv_file):
    kb("log", "import", str(csv_file))
    assert json.loads(kb("log", "maintain", "--json").stdout) == {
        "settled_visits": 0,
        "deleted_searches": 0,
        "dropped_topics": 0,
        "learned_visits": 3,
    }
    assert "0 searches deleted" in kb("log", "maintain").stdout


def test_a_database_that_cannot_be_written_is_said_plainly(kb, csv_file):
    path = load_settings().database
    path.write_bytes(b"this is no database" * 100)
    result = kb("log", "import", str(csv_file))
    assert result.exit_code == 1
    assert "Error: The database" in result.stderr
    assert "Traceback" not in result.output


def test_importing_waits_for_a_site_that_is_recording(kb, csv_file):
    kb("log", "maintain")
    site = SqliteFile(load_settings().database)
    connection = site.connection().conn
    connection.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, connection.rollback)
    done.start()
    assert json.loads(kb("log", "import", str(csv_file), "--json").stdout)["imported"] == 3
    done.join()
    site.close()


@pytest.fixture
def clicked(kb, tmp_path):
    """Three visits on three days that opened the same article after the same words."""
    days = [
        (datetime.now(UTC) - timedelta(days=n)).isoformat(timespec="seconds") for n in (1, 2, 3)
    ]
    file = tmp_path / "clicked.csv"
    rows = "".join(f"{day},Broken box,2,damaged,{day}\n" for day in days)
    file.write_text(f"time,query,results,clicked,visit\n{rows}", encoding="utf-8")
    kb("log", "import", str(file))
    kb("log", "maintain")


@pytest.mark.usefixtures("clicked")
def test_learned_wordings_are_listed_and_removed(kb):
    assert kb("log", "wordings").stdout == "damaged: broken box (3 of 3 visits)\n"
    assert kb("log", "wordings", "late").stdout == ""
    (found,) = json.loads(kb("log", "wordings", "damaged", "--json").stdout)
    assert (found["article"], found["wording"], found["visits"], found["asked"]) == (
        "damaged", "broken box", 3, 3,
    )  # fmt: skip
    assert found["first"] < found["last"]
    assert kb("log", "wordings", "--remove", "broken box").exit_code == 2
    unknown = kb("log", "wordings", "late", "--remove", "broken box")
    assert (unknown.exit_code, "was not learned for" in unknown.stderr) == (1, True)
    assert "is removed" in kb("log", "wordings", "damaged", "--remove", "Broken box").stdout
    assert json.loads(kb("log", "wordings", "--json").stdout) == []
