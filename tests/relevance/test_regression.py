"""Questions that must keep finding their article: asked of real content, before and after changes."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.bootstrap.regression import (
    build_content_check,
    build_trial_runner,
    open_run_store,
)
from kb.bootstrap.services import build_services
from kb.bootstrap.trial_process import ProcessTrialRunner
from kb.cli.main import main
from kb.clock import FixedClock
from kb.config import Settings
from kb.content.front_matter import parse_article
from kb.content.models import Severity
from kb.errors import InvalidInput, TrialError
from kb.publishing.generation import Generation
from kb.relevance.models import TrialChange
from kb.relevance.regression import compare, list_queries, run_queries
from kb.services import Services
from tests.conftest import ROOT, Write
from tests.search.embedding import needs_model

Kb = Callable[..., Result]
Publish = Callable[[], Generation]

LATE = """---
title: A parcel is late
questions: [where is my parcel]
regression_queries:
  - package stuck for a week
  - courier has not come
---

A package that is stuck with the courier for a week is searched for. Call us when it has not come.
"""
SPOILED = """---
title: Something else
regression_queries:
  - package stuck for a week
  - courier has not come
---

Nothing to read here.
"""
OTHERS = {
    "track.md": ("Track a package", "Follow it on the map."),
    "stuck.md": ("The drawer is jammed", "A drawer that is stuck needs oil."),
    "week.md": ("Coffee", "How much a household drinks in a week."),
    "courier.md": ("Partners", "The courier we work with, and others."),
}


@pytest.fixture
def shelf(write: Write) -> Write:
    """Five articles, one of which is guarded by two questions."""
    write("delivery/late.md", LATE)
    for path, (title, text) in OTHERS.items():
        write(path, f"---\ntitle: {title}\n---\n\n{text}\n")
    return write


@pytest.fixture
def kb(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Kb:
    monkeypatch.setenv("KB_CONTENT_DIR", str(settings.content_dir))
    monkeypatch.setenv("KB_INDEX_DIR", str(settings.index_dir))
    monkeypatch.setenv("KB_DATABASE", str(settings.database))
    monkeypatch.setenv("KB_SEMANTIC", "off")
    return lambda *arguments, **options: CliRunner().invoke(main, arguments, **options)


@pytest.fixture
def services(settings: Settings, clock: FixedClock) -> Iterator[Services]:
    built = build_services(settings, clock)
    yield built
    built.generations.close()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# -- front matter ---------------------------------------------------------------


def test_they_are_read_with_their_lines() -> None:
    parsed = parse_article("a.md", LATE.encode())
    assert parsed.front_matter.regression_queries == (
        "package stuck for a week", "courier has not come",
    )  # fmt: skip
    assert parsed.front_matter.regression_lines == (5, 6)
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("written", "texts", "lines"),
    [
        ("regression_queries: just one", ("just one",), (3,)),
        ("regression_queries:\n  - a\n  - b\n  - a\n  -\n  - c", ("a", "b", "c"), (4, 5, 8)),
        ("regression_queries:", (), ()),
    ],
)
def test_however_they_are_written(written: str, texts: tuple[str, ...], lines: object) -> None:
    front_matter = parse_article("a.md", f"---\ntitle: A\n{written}\n---\nx".encode()).front_matter
    assert (front_matter.regression_queries, front_matter.regression_lines) == (texts, lines)


def test_what_is_no_list_is_told_once() -> None:
    parsed = parse_article("a.md", b"---\ntitle: A\nregression_queries: {a: b}\n---\nx")
    assert [(p.code, p.line, p.field) for p in parsed.problems] == [
        ("invalid-value", 3, "regression_queries")
    ]


# -- what is asked ----------------------------------------------------------------


def test_they_are_never_indexed(write: Write, publish: Publish) -> None:
    write("a.md", "---\ntitle: Kettle\nregression_queries: [zebrastone]\n---\nWater.")
    generation = publish()
    assert generation.search.search("zebrastone", exact=True).hits == ()
    assert "zebrastone" not in generation.search.vocabulary
    assert generation.search.suggest("zebra") == ()


def test_drafts_are_not_asked_and_internal_articles_as_staff(
    write: Write, publish: Publish
) -> None:
    for state in ("published", "internal", "draft", "archived"):
        write(f"{state}.md", f"---\ntitle: {state} kettle\nstate: {state}\n"
              f"regression_queries: [{state} kettle]\n---\nx")  # fmt: skip
    generation = publish()
    queries = list_queries(generation.library.summaries.values())
    assert [(q.slug, q.is_internal) for q in queries] == [("internal", True), ("published", False)]
    report = run_queries(generation, queries, within=3)
    assert [found.rank for found in report.ranks] == [1, 1]
    assert (report.mode, report.passed, report.mean_reciprocal_rank) == ("lexical", 2, 1.0)


def test_the_order_is_that_of_the_page(shelf: Write, publish: Publish) -> None:
    generation = publish()
    for text in ("package stuck for a week", "courier", "coffe", "nothing at all zz", ""):
        page = generation.search.search(text)
        assert generation.search.rank(text).slugs == tuple(hit.slug for hit in page.hits)
        assert generation.search.rank(text).mode == page.mode


def test_a_report_says_what_changed(shelf: Write, publish: Publish) -> None:
    queries = list_queries((before := publish()).library.summaries.values())
    first = run_queries(before, queries, within=1)
    shelf("delivery/late.md", SPOILED)
    after = publish()
    second = run_queries(after, list_queries(after.library.summaries.values()), within=1)
    changes = compare(first, second)
    assert [(c.text, c.before, c.is_lost) for c in changes] == [
        ("package stuck for a week", 1, True), ("courier has not come", 1, True),
    ]  # fmt: skip
    assert changes[0].first[0].slug == "track"
    assert all(not change.is_new and not change.is_gained for change in changes)
    back = compare(second, first)
    assert all(change.is_gained for change in back)


# -- kb check -----------------------------------------------------------------------


def test_check_names_question_article_ranks_and_what_took_its_place(shelf: Write, kb: Kb) -> None:
    kb("index")
    assert kb("check").exit_code == 0
    shelf("delivery/late.md", SPOILED)
    result = kb("check")
    assert result.exit_code == 1
    line = next(line for line in result.stdout.splitlines() if "stuck for a week" in line)
    assert line.startswith("delivery/late.md:4: error regression-failed: ")
    assert "'late'" in line
    assert "not found now, at place 1 in what is published" in line
    assert "Track a package' (track)" in line
    assert "by words alone" in result.stderr
    found = [
        p for p in json.loads(kb("check", "--json").stdout) if p["code"] == "regression-failed"
    ]
    assert [(p["line"], p["severity"], p["field"]) for p in found] == [
        (4, "error", "regression_queries"), (5, "error", "regression_queries"),
    ]  # fmt: skip
    assert all(p["fix"] for p in found)


def test_check_can_leave_them_out(shelf: Write, kb: Kb) -> None:
    shelf("delivery/late.md", SPOILED)
    assert kb("check").exit_code == 1
    assert kb("check", "--no-regression").exit_code == 0


def test_check_works_where_nothing_was_published(
    shelf: Write, kb: Kb, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf("delivery/late.md", SPOILED)
    result = kb("check")
    assert result.exit_code == 1
    assert "not found now. Before it: " in result.stdout
    assert not settings.index_dir.exists()
    assert not settings.database.exists()


def test_check_touches_nothing_that_is_published(shelf: Write, kb: Kb, settings: Settings) -> None:
    kb("index")
    before = tree(settings.index_dir)
    shelf("delivery/late.md", SPOILED)
    shelf("new.md", "---\ntitle: New\n---\n\n![x](x.png)\n")
    shelf("x.png", b"\x89PNG")
    kb("check")
    assert tree(settings.index_dir) == before


def test_without_any_nothing_is_built(
    write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("a.md", "---\ntitle: Kettle\n---\nx")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))  # nothing can be made there
    result = build_content_check(settings, build_publisher(settings)).run()
    assert (result.problems, result.report) == ((), None)


def test_the_place_that_is_good_enough_can_be_set(
    shelf: Write, kb: Kb, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf("delivery/late.md", LATE.replace("package stuck for a week", "coffee for a package"))
    assert kb("check").exit_code == 0
    monkeypatch.setenv("KB_REGRESSION_RANK", "1")
    assert kb("check").exit_code == 1
    monkeypatch.setenv("KB_REGRESSION_RANK", "0")
    assert kb("check").exit_code == 2


def test_the_demo_articles_hold_by_words_alone(settings: Settings, demo_index: Path) -> None:
    on_demo = replace(settings, content_dir=ROOT / "articles", index_dir=demo_index)
    result = build_content_check(on_demo, build_publisher(on_demo)).run()
    assert result.report is not None
    assert len(result.report.ranks) >= 20
    assert result.report.failed == ()
    assert [p for p in result.problems if p.severity is Severity.ERROR] == []


# -- publishing ----------------------------------------------------------------------


def test_publishing_warns_and_goes_on(shelf: Write, kb: Kb) -> None:
    first = json.loads(kb("index", "--json").stdout)
    assert (first["regression_queries"], first["refused"], first["problems"]) == (2, False, [])
    shelf("delivery/late.md", SPOILED)
    result = kb("index")
    assert result.exit_code == 0
    assert "delivery/late.md:4: warning regression-failed" in result.stderr
    assert (
        "not found now, at place 1 when it last held. Before it: 'Track a package'" in result.stderr
    )
    assert "Something else" in kb("search", "something else").stdout
    again = json.loads(kb("index", "--json").stdout)
    assert again["problems"] == [], "what was told is not told at every publish of nothing"


def test_publishing_refuses_if_so_set(
    shelf: Write, kb: Kb, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("KB_REGRESSION", "refuse")
    kb("index")
    before = (settings.index_dir / "CURRENT").read_text()
    shelf("delivery/late.md", SPOILED)
    result = kb("index")
    assert result.exit_code == 1
    assert "delivery/late.md:4: error regression-failed" in result.stderr
    assert "at place 1 in what is published" in result.stderr
    assert "KB_REGRESSION=warn" in result.stderr
    assert (settings.index_dir / "CURRENT").read_text() == before
    assert len(list((settings.index_dir / "generations").iterdir())) == 1
    assert "A parcel is late" in kb("search", "parcel").stdout
    report = json.loads((refused := kb("index", "--json")).stdout)
    assert (refused.exit_code, report["refused"]) == (1, True)
    assert report["problems"][0]["code"] == "regression-failed"
    trend = json.loads(kb("relevance", "--json").stdout)
    assert [run["refused"] for run in trend["runs"]] == [False, True], "once for each revision"
    shelf("delivery/late.md", LATE)
    assert kb("index").exit_code == 0
    assert json.loads(kb("relevance", "--json").stdout)["failing"] == []
    monkeypatch.setenv("KB_REGRESSION", "warn")
    shelf("delivery/late.md", SPOILED)
    assert kb("index").exit_code == 0


def test_what_fails_already_keeps_no_other_change_back(
    shelf: Write, kb: Kb, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf("delivery/late.md", SPOILED)
    kb("index")
    monkeypatch.setenv("KB_REGRESSION", "refuse")
    shelf("week.md", "---\ntitle: Zebrastone\n---\nx")
    assert kb("index").exit_code == 0
    assert "Zebrastone" in kb("search", "zebrastone").stdout
    shelf("week.md", "---\ntitle: Zebrastone\nregression_queries: [drawer oil]\n---\nx")
    assert kb("index").exit_code == 1, "a new question that fails is refused"


def test_the_first_publish_is_never_refused(
    shelf: Write, kb: Kb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_REGRESSION", "refuse")
    shelf("delivery/late.md", SPOILED)
    result = kb("index")
    assert result.exit_code == 0
    assert "warning regression-failed" in result.stderr


def test_publishing_can_do_without(shelf: Write, kb: Kb, settings: Settings,
                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("KB_REGRESSION", "off")
    shelf("delivery/late.md", SPOILED)
    result = kb("index")
    assert (result.exit_code, result.stderr) == (0, "")
    assert not settings.database.exists()


def test_articles_are_published_when_the_database_cannot_be_written(
    shelf: Write, kb: Kb, settings: Settings
) -> None:
    settings.database.mkdir(parents=True)
    shelf("delivery/late.md", SPOILED)
    result = kb("index")
    assert result.exit_code == 0
    assert "warning regression-failed" in result.stderr


# -- the trend ---------------------------------------------------------------------


def test_the_trend_over_three_publishes(shelf: Write, kb: Kb) -> None:
    kb("index")
    shelf("delivery/late.md", SPOILED)
    kb("index")
    failing = kb("relevance")
    assert failing.exit_code == 1
    assert re.search(
        r"FAILS  'package stuck for a week' -> late: not found \(before: place 1 on [0-9-]+\); first: track",
        failing.stdout,
    )
    shelf("delivery/late.md", LATE.replace("  - courier has not come\n", ""))
    kb("index")
    result = kb("relevance", "--json", "--since", "7d")
    assert result.exit_code == 0
    trend = json.loads(result.stdout)
    assert [(run["queries"], run["passed"], run["share"], run["mrr"]) for run in trend["runs"]] == [
        (2, 2, 1.0, 1.0), (2, 0, 0.0, 0.0), (1, 1, 1.0, 1.0),
    ]  # fmt: skip
    assert {"date", "revision", "generation", "mode", "within", "failed", "refused"} <= set(
        trend["runs"][0]
    )
    assert trend["failing"] == []
    assert len({run["revision"] for run in trend["runs"]}) == 3


def test_runs_are_bounded(settings: Settings, shelf: Write, clock: FixedClock,
                          monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("kb.storage.regression_runs.RUNS_KEPT", 4)
    monkeypatch.setattr("kb.storage.regression_runs.RANKS_KEPT", 2)
    generations: list[str] = []
    for number in range(6):
        shelf("week.md", f"---\ntitle: Week {number}\n---\nx")
        publisher = build_publisher(settings, clock)
        generations.append(publisher.publish().generation)
        publisher.check_regression()
    store = open_run_store(settings)
    assert [run.generation for run in store.list_runs(None, 10)] == generations[:1:-1]
    database = store._file.connection()
    kept = [
        row["generation"]
        for row in database.query("SELECT DISTINCT generation FROM regression_ranks")
    ]
    assert sorted(kept) == sorted(generations[-2:])


# -- trying a change ------------------------------------------------------------------


def test_a_change_is_tried_without_being_saved(
    shelf: Write, settings: Settings, publish: Publish, clock: FixedClock
) -> None:
    publish()
    before = tree(settings.index_dir), tree(settings.content_dir)
    runner = build_trial_runner(settings, clock)
    added = "---\ntitle: Coffee\nquestions: [beans for espresso]\n---\nWater.\n"
    effect = runner.run(
        TrialChange(
            {"delivery/late.md": SPOILED, "coffee.md": added, "stuck.md": None},
            (("beans for espresso", "coffee"), ("stuck drawer", "stuck")),
        )
    )
    assert [(c.before, c.after, c.holds) for c in effect.wordings] == [
        (None, 1, True), (1, None, False),
    ]  # fmt: skip
    assert [(c.text, c.is_lost) for c in effect.regression] == [
        ("package stuck for a week", True), ("courier has not come", True),
    ]  # fmt: skip
    assert effect.lost == effect.regression
    assert (tree(settings.index_dir), tree(settings.content_dir)) == before


def test_a_synonym_and_a_best_bet_are_tried(
    shelf: Write, settings: Settings, publish: Publish, clock: FixedClock
) -> None:
    publish()
    runner = build_trial_runner(settings, clock)
    wording = (("zzbox", "track"),)
    assert runner.run(TrialChange({}, wording)).wordings[0].after is None
    synonyms = "synonyms:\n  - [zzbox, package]\n"

    effect = runner.run(TrialChange({"_synonyms.yml": synonyms}, wording))
    bets = "best_bets:\n  - article: track\n    queries: [zzbox]\n"
    pinned = runner.run(TrialChange({"_best_bets.yml": bets}, wording))
    assert pinned.wordings[0].after == 1
    assert (effect.wordings[0].after, effect.problems) == (1, ())


def test_new_questions_are_told_from_old_ones_and_errors_from_none(
    shelf: Write, settings: Settings, publish: Publish, clock: FixedClock
) -> None:
    publish()
    runner = build_trial_runner(settings, clock)
    more = LATE.replace("regression_queries:\n", "regression_queries:\n  - parcel is late\n")
    effect = runner.run(TrialChange({"delivery/late.md": more}))
    assert [c.text for c in effect.regression if c.is_new] == ["parcel is late"]
    broken = runner.run(TrialChange({"delivery/late.md": "---\ntitle: A\ntitle: B\n---\nx"}))
    assert broken.problems[0].startswith("delivery/late.md:3: ")
    with pytest.raises(InvalidInput):
        runner.run(TrialChange({"../outside.md": "x"}))


def test_changes_of_others_are_not_the_effect(
    shelf: Write, settings: Settings, publish: Publish, clock: FixedClock
) -> None:
    publish()
    shelf("delivery/late.md", SPOILED)  # saved by somebody, not published yet
    effect = build_trial_runner(settings, clock).run(TrialChange({"week.md": "# Other\n\nx\n"}))
    assert [(c.before, c.after) for c in effect.regression] == [(None, None), (None, None)]


def test_the_service_tries_in_a_process_of_its_own(
    shelf: Write, services: Services, publish: Publish
) -> None:
    publish()
    effect = services.relevance.try_change(
        {"delivery/late.md": SPOILED}, [("where is my parcel", "late")]
    )
    assert (effect.wordings[0].before, effect.wordings[0].is_lost) == (1, True)
    assert len(effect.lost) == 2
    report = services.relevance.check_published()
    assert (report.passed, services.relevance.check_published() is report) == (2, True)
    with pytest.raises(TrialError, match="below the content folder"):
        services.relevance.try_change({"/etc/passwd": "x"})
    with pytest.raises(InvalidInput, match="At most"):
        services.relevance.try_change({}, [("x", "late")] * 201)


def test_a_trial_that_takes_too_long_is_ended(shelf: Write, settings: Settings) -> None:
    with pytest.raises(TrialError, match=r"longer than 0\.05 s"):
        ProcessTrialRunner(settings, patience_seconds=0.05).run(TrialChange({}))


def test_try_on_the_command_line(shelf: Write, kb: Kb) -> None:
    kb("index")
    change = json.dumps({"overlay": {"delivery/late.md": SPOILED}, "queries": [["parcel", "late"]]})
    result = kb("relevance", "try", "-", input=change)
    assert result.exit_code == 0
    assert "'parcel' -> late: place 1 -> not found  LOST" in result.stdout
    assert "2 moved, 2 lost" in result.stdout
    effect = json.loads(kb("relevance", "try", "-", "--json", input=change).stdout)
    assert set(effect) == {"mode", "skipped", "problems", "wordings", "regression"}
    assert kb("relevance", "try", "-", input="{}").exit_code == 1


# -- by meaning -----------------------------------------------------------------------


@needs_model
def test_by_meaning_only_what_changed_is_embedded(
    shelf: Write, settings: Settings, clock: FixedClock
) -> None:
    hybrid = replace(settings, semantic=True, regression="refuse")
    shelf("delivery/late.md", LATE.replace("courier has not come", "shipment is overdue"))
    publisher = build_publisher(hybrid, clock)
    publisher.publish()
    publisher.embed()
    assert publisher.check_regression() == ()
    before = tree(hybrid.index_dir)
    counted: list[int] = []
    check = build_content_check(hybrid, build_publisher(hybrid, clock), clock)
    shelf("week.md", "---\ntitle: Tea\n---\n\nA week of tea.\n")
    result = check.run(
        lambda step, done, total: counted.append(total) if step == "Embedding" else None
    )
    assert result.report is not None
    assert (result.report.mode, result.report.failed) == ("hybrid", ())
    assert max(counted) == 2, "title and text of the one article"
    assert tree(hybrid.index_dir) == before
    shelf("delivery/late.md", SPOILED)
    refused = build_publisher(hybrid, clock).publish()
    assert refused.refused
    assert refused.problems[0].code == "regression-failed"
    assert open_run_store(hybrid).list_runs(None, 1)[0].mode == "hybrid"
    shelf("delivery/late.md", LATE)
    publisher = build_publisher(hybrid, clock)
    assert not publisher.publish().refused

    with ExitStack() as stack:
        generations = build_generations(hybrid, clock, patient=True)
        stack.callback(generations.close)
        assert generations.current().search.rank("shipment is overdue").mode == "hybrid"
