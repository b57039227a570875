"""``kb log`` and ``kb unanswered`` as a script calls them."""

import csv
import io
import json
import threading
from collections import Counter
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


def test_a_file_that_is_missing_is_wrong_usage(kb, tmp_path):
    assert kb("log", "import", str(tmp_path / "missing.csv")).exit_code == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(kb, tmp_path, encoding, delimiter):
    file = tmp_path / "log.csv"
    text = "time,query,results\r\n2026-01-01,café “öffnet” nicht – 5€,0\r\n".replace(",", delimiter)
    file.write_bytes(text.encode(encoding))
    assert json.loads(kb("log", "import", str(file), "--json").stdout)["imported"] == 1
    exported = kb("log", "export", "--since", "2026-01-01", "--until", "2026-01-01").stdout
    assert "café “öffnet” nicht – 5€" in exported


def test_a_file_that_was_cut_loses_its_last_row_only(kb, tmp_path):
    file = tmp_path / "log.csv"
    text = "time,query,results,clicked\n" + "".join(
        f"2026-01-01T10:00:{n:02},frage über {n},0,\n" for n in range(20)
    )
    whole = text.encode()
    file.write_bytes(whole[: whole.rindex("ü".encode()) + 1])  # within a letter of the last row
    result = kb("log", "import", str(file), "--json")
    value = json.loads(result.stdout)
    assert (result.exit_code, value["imported"], value["problem_count"]) == (1, 19, 1)
    assert value["problems"][0]["line"] == 21
    assert "ends in the middle of this row (2 of 4 columns)" in value["problems"][0]["message"]
    file.write_bytes(whole)
    value = json.loads(kb("log", "import", str(file), "--json").stdout)
    assert (value["imported"], value["known"], value["problem_count"]) == (1, 19, 0)


def test_a_mark_that_never_closes_costs_one_row(kb, tmp_path):
    file = tmp_path / "log.csv"
    rows = "".join(f"2026-01-01T10:00:0{n},question {n}{n}\n" for n in range(5))
    file.write_text(
        f'time,query\n2026-01-01,"24"" screen"\n2026-01-01,"open\n{rows}2026-01-01,13" pan\n'
    )
    value = json.loads(kb("log", "import", str(file), "--json").stdout)
    assert (value["imported"], [p["line"] for p in value["problems"]]) == (7, [3])


ZENDESK = """Search query string,Searches,Searches with no results,Click-through rate,Tickets created
where is my parcel,5,0,40%,1
gift wrap,3,3,0%,2
"""
ALGOLIA = """search,count,nbHits,clickThroughRate
kettle leaks,2,4,0.5
drone,1,0,
"""
ANALYTICS = """# ----------------------------------------
# Site search
# Start date: 20260101
# End date: 20260131
# ----------------------------------------

Search term,Event count,Total users
warranty,4,3
(not set),9,8
,13,11

Nth day,Event count
0000,13
"""


@pytest.mark.parametrize(
    ("text", "options", "outcomes"),
    [
        (ZENDESK, ("--day", "2026-01-31"), {"answered": 2, "zero-result": 3, "": 3}),
        (ALGOLIA, ("--day", "2026-01-31"), {"answered": 1, "abandoned": 1, "zero-result": 1}),
        (ANALYTICS, (), {"": 4}),
    ],
)
def test_exports_of_other_systems_are_recognised(kb, tmp_path, text, options, outcomes):
    file = tmp_path / "log.csv"
    file.write_text(text)
    result = kb("log", "import", str(file), "--json", *options)
    assert result.exit_code == 0
    days = ("--since", "2026-01-31", "--until", "2026-01-31", "--format", "json")
    rows = json.loads(kb("log", "export", *days).stdout)
    assert Counter(row["outcome"] for row in rows) == outcomes
    again = json.loads(kb("log", "import", str(file), "--json", *options).stdout)
    assert (again["imported"], again["known"]) == (0, sum(outcomes.values()))


def test_a_file_of_counts_needs_a_day(kb, tmp_path):
    file = tmp_path / "log.csv"
    file.write_text(ZENDESK)
    result = kb("log", "import", str(file))
    assert result.exit_code == 1
    assert "names no column `time`" in result.stderr


def test_an_export_can_be_imported_and_runs_no_formula(kb, csv_file, tmp_path, monkeypatch):
    kb("log", "import", str(csv_file))
    today, week = datetime.now(UTC).date(), datetime.now(UTC).date() - timedelta(days=7)
    span = ("--since", str(week), "--until", str(today))
    exported = kb("log", "export", *span)
    rows = list(csv.DictReader(io.StringIO(exported.stdout)))
    assert [row["query"] for row in rows] == ["gift wrap", "wrap gift", "'=cmd()"]
    copy = tmp_path / "copy.csv"
    copy.write_text(exported.stdout)
    monkeypatch.setenv("KB_DATABASE", str(tmp_path / "other.db"))
    assert json.loads(kb("log", "import", str(copy), "--json").stdout)["imported"] == 3
    assert [
        r["outcome"] for r in json.loads(kb("log", "export", *span, "--format", "json").stdout)
    ] == ["zero-result"] * 3
    assert kb("log", "export", "--since", str(today), "--until", str(week)).exit_code == 2


def test_erasing_leaves_nothing_in_any_file(kb, csv_file, tmp_path):
    kb("log", "import", str(csv_file))
    kb("unanswered")
    days = [str(datetime.now(UTC).date() - timedelta(days=n)) for n in (3, 0)]
    span = ("--since", days[0], "--until", days[1])
    refused = kb("log", "erase", *span)
    assert (refused.exit_code, len(kb("log", "export", *span).stdout.splitlines())) == (1, 4)
    result = kb("log", "erase", *span, "--yes", "--json")
    assert json.loads(result.stdout) == {"erased_searches": 3, "dropped_topics": 2}
    assert len(kb("log", "export", *span).stdout.splitlines()) == 1
    data = b"".join(path.read_bytes() for path in tmp_path.glob("helpshelf.db*"))
    assert b"gift wrap" not in data
    assert json.loads(kb("log", "import", str(csv_file), "--json").stdout)["imported"] == 3


def test_maintain_says_what_it_did(kb, csv_file):
    kb("log", "import", str(csv_file))
    assert json.loads(kb("log", "maintain", "--json").stdout) == {
        "settled_visits": 0,
        "deleted_searches": 0,
        "dropped_topics": 0,
        "reopened_topics": [],
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
