"""Another system's log is taken over once, however often its file is imported."""

from datetime import date

import pytest

from kb.search_log import imports
from kb.search_log.import_reading import read_log
from kb.search_log.models import ImportProblem, Outcome

FILE = """time,query,results,clicked,visit
2026-11-01T10:00:00Z,kettle leaks,4,/articles/leaks,v1
2026-11-01T10:01:00Z,gift wrap,0,,v1
2026-11-01 11:00:00,mail jane@example.com,3,no,v2
2026-11-01T11:00:00Z,warranty,,,
"""


@pytest.fixture
def run(log, clock):
    def run(text):
        return log.import_searches(read_log(text.splitlines(keepends=True), clock.now()))

    return run


def test_rows_become_searches_with_outcomes(run, rows):
    result = run(FILE)
    assert (result.imported, result.folded, result.known, result.problems) == (4, 0, 0, ())
    assert [(row["text"], row["outcome"]) for row in rows()] == [
        ("kettle leaks", Outcome.ANSWERED),
        ("gift wrap", Outcome.ZERO_RESULT),
        ("mail [email]", Outcome.ABANDONED),
        ("warranty", None),
    ]


def test_importing_again_adds_nothing(run, rows, log):
    run(FILE)
    longer = FILE + "2026-11-01T10:02:00Z,where is my parcel,0,,v1\n"
    result = run(longer)
    assert (result.imported, result.known) == (1, 4)
    assert log.summary(date(2026, 11, 1), date(2026, 11, 1)).total.visits == 3
    assert run(longer).known == 5


def test_equal_rows_are_as_many_as_there_are(run, rows):
    line = "2026-11-01T10:00:00Z,warranty,1\n"
    run("time,query,results\n" + line * 3)
    assert len(rows()) == 3
    assert run("time,query,results\n" + line * 3).known == 3


def test_keystrokes_of_a_visit_are_folded(run, rows):
    typed = [f"2026-11-01T10:00:0{n}Z,{'kettle'[: n + 1]},1,v" for n in range(6)]
    result = run("\n".join(["time,query,results,visit", *typed]))
    assert (result.imported, result.folded) == (1, 5)
    assert [row["text"] for row in rows()] == ["kettle"]


def test_bad_rows_are_named_and_good_ones_kept(run, rows):
    result = run(
        "query;time;results\n"
        "kettle;2026-11-01T10:00:00Z;2\n"
        "kettle;yesterday;2\n"
        ";2026-11-01T10:00:00Z;2\n"
        "kettle;2026-11-01T10:00:00Z;many\n"
        "kettle;2096-11-01T10:00:00Z;1\n"
        "\n"
        '"two\nlines";2026-11-01T10:00:00Z;0\n'
    )
    assert [(p.line, p.field) for p in result.problems] == [
        (3, "time"),
        (4, "query"),
        (5, "results"),
        (6, "time"),
    ]
    assert [row["text"] for row in rows()] == ["kettle", "two lines"]


@pytest.mark.parametrize("text", ["", "when,what\n1,2\n", "{}"])
def test_a_file_without_the_columns_says_so(text, clock):
    (problem,) = read_log(text.splitlines(), clock.now())
    assert problem == ImportProblem(1, "time", "the first line names no column `time`")


def test_a_huge_field_is_one_bad_row(run, rows):
    result = run(f"time,query\n2026-11-01,{'x' * 200_000}\n2026-11-01,kettle\n")
    assert [problem.line for problem in result.problems] == [2]
    assert [row["text"] for row in rows()] == ["kettle"]


def test_a_file_that_runs_backwards_gives_the_same(run, rows):
    forwards = [
        "2026-11-01T10:00:00Z,ket,1,,v",
        "2026-11-01T10:00:02Z,kettle,1,,v",
        "2026-11-01T10:05:00Z,gift wrap,0,,v",
        "2026-11-01T10:09:00Z,warranty,3,yes,v",
    ]
    result = run("\n".join(["time,query,results,clicked,visit", *reversed(forwards)]))
    assert (result.imported, result.folded) == (3, 1)
    assert [(row["text"], row["outcome"]) for row in reversed(rows())] == [
        ("kettle", Outcome.REFINED),
        ("gift wrap", Outcome.ZERO_RESULT),
        ("warranty", Outcome.ANSWERED),
    ]


def _word(number):
    return "".join("abcdefghij"[int(digit)] * 4 for digit in f"{number:03}")


def test_a_visit_value_that_all_rows_share_loses_none(run, rows):
    lines = [f"2026-11-01T10:{n // 60:02}:{n % 60:02}Z,{_word(n)} question,0,v" for n in range(200)]
    assert run("\n".join(["time,query,results,visit", *lines])).imported == 200
    assert len(rows()) == 200


def test_equal_rows_far_apart_are_told_apart(run, monkeypatch):
    monkeypatch.setattr(imports, "_REMEMBERED", 10)
    lines = [f"2026-11-01,question {n % 40},1" for n in range(200)]
    text = "\n".join(["time,query,results", *lines])
    assert run(text).imported == 200
    again = run(text)
    assert (again.imported, again.known) == (0, 200)


def test_bad_rows_are_counted_beyond_those_that_are_told(run):
    result = run("time,query\n" + "yesterday,kettle\n" * 5_000)
    assert (len(result.problems), result.problem_count) == (1_000, 5_000)
