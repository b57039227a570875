"""Publishing: what is served afterwards, whatever lay in the folder."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.clock import FixedClock
from kb.config import Settings
from kb.content.models import Audience, Severity, State
from kb.errors import GenerationUnavailable, PublishError, SourceError
from kb.publishing.generation import Generation
from kb.publishing.layout import IndexLayout
from kb.publishing.models import PublishReport
from tests.conftest import ROOT, Write, run_git

Publish = Callable[[], Generation]


@pytest.fixture
def report(settings: Settings, clock: FixedClock) -> Callable[..., PublishReport]:
    return lambda **options: build_publisher(settings, clock).publish(**options)


def article(title: str, text: str = "Text.", **keys: str) -> str:
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\ntitle: {title}\n{head}---\n\n{text}\n"


def found(generation: Generation, text: str) -> list[str]:
    return [hit.slug for hit in generation.search.search(text, exact=True).hits]


def codes(report: PublishReport) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in report.problems]


def test_a_folder_becomes_a_library(write: Write, publish: Publish) -> None:
    write(
        "Setting up/Connect Wi-Fi.md",
        article("Connect to Wi-Fi", "See [care](../care/filter.md#rinse)."),
    )
    write("care/filter.md", article("Clean the filter", "## Rinse\n\nWith water.", kind="how-to"))
    write("care/deep/pump.md", article("Clean the pump"))
    write("care/_collection.yml", "name: Care and cleaning\norder: 1\n")
    library = publish().library
    assert [c.slug for c in library.list_subcollections("")] == ["care", "setting-up"]
    assert library.collections["care"].name == "Care and cleaning"
    assert library.collections["setting-up"].name == "Setting up"
    assert [c.slug for c in library.list_subcollections("care")] == ["care/deep"]
    assert library.count_articles("care") == 2
    connect = library.find_article("connect-wi-fi")
    assert connect is not None
    assert '<a href="/articles/filter#h-rinse">care</a>' in connect.html


def test_only_what_changed_is_indexed_again(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    for n in range(5):
        write(f"a{n}.md", article(f"Article {n}", "kettle"))
    assert report().indexed == 5
    assert (report().changed, report().indexed) == (False, 0)
    write("a3.md", article("Article 3", "dishwasher"))
    (report_two := report())
    assert (report_two.changed, report_two.indexed, report_two.articles) == (True, 1, 5)
    generation = publish()
    assert found(generation, "dishwasher") == ["a3"]
    assert "a3" not in found(generation, "kettle")
    assert report(full=True).indexed == 5


def test_a_removed_article_is_gone_and_its_words_are_not_offered(
    content: Path, write: Write, publish: Publish
) -> None:
    write("a.md", article("Kettle", "zebrastone"))
    write("b.md", article("Pump"))
    assert "zebrastone" in publish().search.vocabulary
    (content / "a.md").unlink()
    generation = publish()
    assert found(generation, "kettle") == []
    assert "zebrastone" not in generation.search.vocabulary
    assert generation.library.find_summary("a") is None


def test_links_follow_a_renamed_article_that_itself_did_not_change(
    write: Write, publish: Publish
) -> None:
    write("a.md", article("A", "[b](b.md)"))
    write("b.md", article("B"))
    publish()
    write("b.md", article("B", slug="brand-new", aliases="[b]"))
    library = publish().library
    first = library.find_article("a")
    assert first is not None
    assert 'href="/articles/brand-new"' in first.html
    assert library.find_by_alias("b") is library.find_summary("brand-new")


def test_a_broken_article_keeps_its_last_good_version_and_stops_nobody(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("a.md", article("Kettle", "good old text"))
    write("b.md", article("Pump"))
    publish()
    write("a.md", "---\ntitle: Kettle\ntitle: again\n---\nbad")
    write("b.md", article("Pump", "fresh words"))
    broken = report()
    assert codes(broken) == [("a.md", "front-matter")]
    assert broken.kept == ("a.md",)
    generation = publish()
    kept = generation.library.find_article("a")
    assert kept is not None
    assert "good old text" in kept.html
    assert found(generation, "fresh") == ["b"]
    assert codes(report(full=True)) == [("a.md", "front-matter")], "a full publish keeps it too"
    assert found(publish(), "good old text") == ["a"]
    write("a.md", article("Kettle", "mended"))
    assert report().problems == ()
    assert found(publish(), "mended") == ["a"]


@pytest.mark.parametrize(
    ("text", "keys", "code"),
    [("secret", {"reviewed": "soon"}, "invalid-value"), ("[" * 60_000, {}, "render-failed")],
)
def test_a_broken_article_that_was_to_be_hidden_is_hidden(
    write: Write,
    report: Callable[..., PublishReport],
    publish: Publish,
    text: str,
    keys: dict[str, str],
    code: str,
) -> None:
    write("a.md", article("Kettle", "secret"))
    publish()
    write("a.md", article("Kettle", text, state="internal", **keys))
    for full in (False, False, True):
        assert codes(report(full=full)) == [("a.md", code)]
        generation = publish()
        assert generation.library.find_article("a") is None
        assert generation.library.find_article("a", Audience.STAFF) is not None
        assert found(generation, "secret") == []
        write("b.md", article("Pump", str(full)))


def test_an_article_that_stalls_the_parser_keeps_its_last_good_version(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("a.md", article("Kettle", "good old text"))
    publish()
    write("a.md", article("Kettle", "[" * 60_000))
    assert codes(report()) == [("a.md", "render-failed")]
    kept = publish().library.find_article("a")
    assert kept is not None
    assert "good old text" in kept.html


def test_clashing_slugs(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("a/one.md", article("One", slug="same"))
    write("b/two.md", article("Two", slug="same"))
    write("c/stem.md", article("Stem C"))
    write("d/stem.md", article("Stem D"))
    done = report()
    assert codes(done) == [
        ("b/two.md", "duplicate-slug"),
        ("c/stem.md", "same-file-name"),
        ("d/stem.md", "same-file-name"),
    ]
    clash = done.problems[0]
    assert (clash.severity, clash.line, clash.field) == (Severity.ERROR, 3, "slug")
    assert "a/one.md" in clash.message
    assert set(publish().library.summaries) == {"same", "c-stem", "d-stem"}


def test_a_newcomer_does_not_take_a_slug_that_is_in_use(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("b/known.md", article("Known", "kettle", slug="same"))
    publish()
    write("a/newcomer.md", article("Newcomer", "pump", slug="same"))
    assert codes(report()) == [("a/newcomer.md", "duplicate-slug")]
    library = publish().library
    assert library.summaries["same"].title == "Known"
    assert len(library.summaries) == 1


def test_a_refused_change_of_slug_keeps_the_old_one_against_a_newcomer(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("a.md", article("Kettle", "old kettle", slug="kettle"))
    write("b.md", article("Pump", slug="pump"))
    publish()
    write("a.md", article("Kettle", "new kettle", slug="pump"))
    write("c.md", article("Newcomer", slug="kettle"))
    refused = report()
    assert codes(refused) == [("a.md", "duplicate-slug"), ("c.md", "duplicate-slug")]
    assert (refused.articles, refused.kept) == (2, ("a.md",))
    assert found(publish(), "old kettle") == ["kettle"]


def test_numbers_aliases_related_and_reviews_are_checked_together(
    write: Write, report: Callable[..., PublishReport]
) -> None:
    write("a.md", article("A", number="7", aliases="[old]", review_by="2026-01-01", colour="red"))
    write("b.md", article("B", number="7", aliases="[old, a]", related="[nobody]", colour="blue"))
    assert sorted((p.path, p.code, p.line) for p in report().problems) == [
        ("a.md", "review-overdue", 5),
        ("a.md", "unknown-key", 6),
        ("b.md", "alias-taken", 4),
        ("b.md", "alias-taken", 4),
        ("b.md", "duplicate-number", 3),
        ("b.md", "unknown-related", 5),
    ]


def test_links_between_articles_are_checked(
    write: Write, report: Callable[..., PublishReport]
) -> None:
    write(
        "a.md", article("A", "[x](b.md#nope)\n\n[y](b.md#there)\n\n[z](draft.md)\n\n[q](gone.md)")
    )
    write("b.md", article("B", "## There"))
    write("draft.md", article("D", state="draft"))
    assert [(p.line, p.code) for p in report().problems] == [
        (5, "broken-anchor"),
        (9, "hidden-target"),
        (11, "broken-link"),
    ]


def test_states_decide_who_sees_an_article(write: Write, publish: Publish) -> None:
    for state in State:
        write(f"{state}.md", article(f"{state} quokka", state=state.value))
    write("phone/note.md", article("note quokka"))
    write("phone/_collection.yml", "internal: true\n")
    generation = publish()
    library = generation.library
    assert [a.slug for a in library.list_articles()] == ["published"]
    assert {a.slug for a in library.list_articles(Audience.STAFF)} == {
        "published",
        "internal",
        "note",
    }
    assert found(generation, "quokka") == ["published"]
    assert "draft" not in generation.search.vocabulary
    assert [c.slug for c in library.list_subcollections("")] == [""]
    assert library.is_withdrawn("archived")
    preview = library.find_preview("draft")
    assert preview is not None


def test_files_are_published_where_they_are_shown(
    write: Write, publish: Publish, settings: Settings
) -> None:
    write("care/img/a b.png", b"\x89PNG one")
    write("care/secret.pdf", b"%PDF")
    write("care/unused.zip", b"zip")
    write("care/a.md", article("A", "![drawing](<img/a b.png>)"))
    write("care/b.md", article("B", "[form](secret.pdf)", state="internal"))
    library = publish().library
    by_path = {file.path: file for file in library.files.values()}
    assert set(by_path) == {"care/img/a b.png", "care/secret.pdf"}
    assert (by_path["care/img/a b.png"].public, by_path["care/secret.pdf"].public) == (True, False)
    stored = settings.index_dir / "files" / by_path["care/img/a b.png"].digest
    assert stored.read_bytes() == b"\x89PNG one"
    before = library.find_article("a")
    write("care/img/a b.png", b"\x89PNG two")
    after = publish().library.find_article("a")
    assert before is not None
    assert after is not None
    assert before.html != after.html, "the address of a picture changes with its content"


def test_a_folder_can_have_a_text_of_its_own(write: Write, publish: Publish) -> None:
    write("care/README.md", "Keep it *clean*.")
    write("care/a.md", article("A"))
    library = publish().library
    assert "<em>clean</em>" in library.collections["care"].html
    assert set(library.summaries) == {"a"}


def test_the_text_of_a_folder_is_never_lost_or_shown_by_mistake(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("leaf/index.md", article("An article in a folder of its own"))
    write("care/index.md", article("Care", state="draft"))
    write("care/deep/a.md", article("A"))
    assert codes(report()) == [("leaf/index.md", "text-without-articles")]
    assert publish().library.collections["care"].html == ""


def test_the_text_of_a_folder_has_pictures_and_checked_links(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("care/_index.md", "![map](map.svg) [a](a.markdown#gone)")
    write("care/map.svg", "<svg/>")
    write("care/a.markdown", article("A", "[all](_index.md)"))
    write("staff/README.md", "![plan](plan.svg)")
    write("staff/plan.svg", "<svg/>")
    write("staff/_collection.yml", "internal: true\n")
    write("staff/b.md", article("B"))
    assert codes(report()) == [("care/_index.md", "broken-anchor")]
    library = publish().library
    assert {f.path: f.public for f in library.files.values()} == {
        "care/map.svg": True,
        "staff/plan.svg": False,
    }
    assert 'href="/collections/care"' in library.find_article("a").html  # type: ignore[union-attr]


def test_broken_settings_files_keep_their_last_good_text(
    write: Write, report: Callable[..., PublishReport], publish: Publish
) -> None:
    write("a.md", article("A"))
    write("_site.yml", "name: Helpful\nnavigation:\n  - {label: X, href: 'javascript:x'}\n")
    write("_synonyms.yml", "synonyms:\n  - [kettle]\n")
    write("_contacts.yml", "departments:\n  - {slug: a, name: A, phone: '12'}\n")
    assert {(p.path, p.line) for p in report().problems} >= {
        ("_site.yml", 3),
        ("_synonyms.yml", 2),
        ("_contacts.yml", 2),
    }
    write("_site.yml", "name: [unclosed")
    assert ("_site.yml", "settings-file") in codes(report())
    assert publish().library.site.name == "Helpful"


def test_earlier_versions_of_a_policy_come_from_git(
    content: Path, write: Write, publish: Publish
) -> None:
    policy = {"kind": "policy", "effective_from": "2025-01-01"}
    write("warranty.md", article("Warranty", "One year.", **policy))
    run_git(content, "init")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-qm", "one")
    write(
        "warranty.md",
        article("Warranty", "Two years.", **policy | {"effective_from": "2026-01-01"}),
    )
    run_git(content, "commit", "-qam", "two")
    found_article = publish().library.find_article("warranty")
    assert found_article is not None
    assert "Two years" in found_article.html
    (version,) = found_article.versions
    assert "One year" in version.html
    assert str(version.effective_from) == "2025-01-01"
    write("warranty.md", article("Warranty", "Three years, for a day.", **policy))
    run_git(content, "commit", "-qam", "three", at="2037-01-01T00:00:00Z")
    run_git(content, "revert", "--no-edit", "HEAD", at="2037-01-02T00:00:00Z")
    again = publish().library.find_article("warranty")
    assert again is not None
    assert ["Three" in v.html for v in again.versions] == [True, False], "its text is as before"
    assert found_article.summary.authors == ("Ada Writer",)


def test_an_empty_folder_is_an_empty_library(publish: Publish) -> None:
    generation = publish()
    assert generation.library.list_articles() == ()
    assert generation.search.search("anything").total == 0


def test_a_folder_that_is_suddenly_empty_does_not_empty_the_help_center(
    write: Write, publish: Publish, report: Callable[..., PublishReport], content: Path
) -> None:
    write("care/a.md", article("A"))
    publish()
    (content / "care/a.md").unlink()
    with pytest.raises(SourceError, match="no articles in the content folder, 1 are published"):
        report()
    assert report(full=True).articles == 0


# -- switching and surviving ---------------------------------------------------


def test_a_running_reader_switches_within_five_seconds(
    write: Write, settings: Settings, clock: FixedClock
) -> None:
    write("a.md", article("A", "first"))
    build_publisher(settings, clock).publish()
    generations = build_generations(settings)
    before = generations.current()
    write("a.md", article("A", "second"))
    build_publisher(settings, clock).publish()
    deadline = time.monotonic() + 5
    while generations.current() is before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found(generations.current(), "second") == ["a"]
    assert found(before, "first") == ["a"], (
        "requests that began before end with what they began with"
    )
    generations.close()


def test_readers_never_see_an_empty_or_half_index(
    write: Write, settings: Settings, clock: FixedClock
) -> None:
    for n in range(30):
        write(f"a{n}.md", article(f"A {n}", "kettle"))
    build_publisher(settings, clock).publish()
    seen: set[int] = set()
    stop = threading.Event()

    def look() -> None:
        generations = build_generations(settings)
        while not stop.is_set():
            generations.refresh()
            seen.add(generations.current().search.search("kettle").total)
        generations.close()

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(6):
        build_publisher(settings, clock).publish(full=True)
    stop.set()
    reader.join()
    assert seen == {30}


def test_a_killed_publish_leaves_the_last_generation(
    write: Write, settings: Settings, clock: FixedClock
) -> None:
    for n in range(60):
        write(f"a{n}.md", article(f"A {n}", "kettle " * 50))
    build_publisher(settings, clock).publish()
    current = IndexLayout(settings.index_dir).read_current()
    for n in range(60):
        write(f"a{n}.md", article(f"A {n}", "pump " * 50))
    environment = {
        "KB_CONTENT_DIR": str(settings.content_dir),
        "KB_INDEX_DIR": str(settings.index_dir),
        "PATH": "/usr/bin:/bin",
    }
    for delay in (0.25, 0.4, 0.55):
        process = subprocess.Popen(
            [sys.executable, "-c", "from kb.cli.main import main; main(['index', '--full'])"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(delay)
        process.kill()
        process.wait()
        generation = build_generations(settings).current()
        if IndexLayout(settings.index_dir).read_current() == current:
            assert generation.search.search("kettle").total == 60
        else:
            assert generation.search.search("pump").total == 60
    report = build_publisher(settings, clock).publish(full=True)
    assert report.articles == 60
    assert len(list((settings.index_dir / "generations").iterdir())) <= 4


def test_generations_are_kept_in_the_order_in_which_they_were_served(
    write: Write, settings: Settings, clock: FixedClock
) -> None:
    """Within one second, and by a clock that was set back, ids tell no order."""
    layout = IndexLayout(settings.index_dir)
    served: list[str] = []
    for n in range(12):
        moment = clock if n < 8 else FixedClock(clock.now() - timedelta(hours=n))
        write("a.md", article(f"Article {n}"))
        served.append(build_publisher(settings, moment).publish().generation)
        kept = {path.name for path in (settings.index_dir / "generations").iterdir()}
        assert kept == set(served[-3:])
        assert layout.read_current() == served[-1]


def test_a_switch_that_was_killed_half_way_keeps_what_is_served(
    write: Write, settings: Settings, clock: FixedClock
) -> None:
    write("a.md", article("Article"))
    current = build_publisher(settings, clock).publish().generation
    layout = IndexLayout(settings.index_dir)
    layout.write_file(settings.index_dir / "FORMER", f"{current}\n".encode())
    layout.create_generation("99990101T000000-unfinished")
    layout.remove_old(1)
    assert [path.name for path in (settings.index_dir / "generations").iterdir()] == [current]


def test_only_one_publish_at_a_time(write: Write, settings: Settings, clock: FixedClock) -> None:
    write("a.md", article("A"))
    publisher = build_publisher(settings, clock)
    impatient = replace(publisher, patience_seconds=0.2)
    with publisher._only_one(), pytest.raises(PublishError, match="Another publish"):
        impatient.publish()
    waiting = threading.Thread(target=publisher.publish)
    with publisher._only_one():
        waiting.start()
        time.sleep(0.3)
        assert not list((settings.index_dir).glob("CURRENT")), "it waits"
    waiting.join()
    assert found(build_generations(settings).current(), "text") == ["a"]


@pytest.mark.parametrize(
    "setting", ["internal: ture", "internal: [yes]", "internal: true\n\tname: x"]
)
def test_a_folder_that_may_be_internal_is_not_shown(
    write: Write, report: Callable[..., PublishReport], publish: Publish, setting: str
) -> None:
    write("notes/a.md", article("A"))
    write("notes/_collection.yml", setting)
    assert [p.path for p in report().problems if p.severity is Severity.ERROR] == [
        "notes/_collection.yml"
    ]
    assert publish().library.list_articles() == ()
    write("notes/_collection.yml", "internal: false")
    assert [a.slug for a in publish().library.list_articles()] == ["a"]


@pytest.mark.parametrize("damage", ["library", "whoosh", "current", "format"])
def test_a_damaged_index_is_rebuilt_by_the_next_publish(
    write: Write, settings: Settings, clock: FixedClock, damage: str
) -> None:
    write("a.md", article("A", "kettle"))
    build_publisher(settings, clock).publish()
    layout = IndexLayout(settings.index_dir)
    generation = layout.generation(layout.read_current() or "")
    if damage == "library":
        (generation / "library.sqlite").write_bytes(b"SQLite format 3\0 half")
    elif damage == "whoosh":
        shutil.rmtree(generation / "whoosh")
    elif damage == "current":
        (settings.index_dir / "CURRENT").write_text("../../etc")
    else:
        change = f"import sqlite3; c = sqlite3.connect({str(generation / 'library.sqlite')!r}); c.execute('PRAGMA user_version = 99'); c.commit()"
        subprocess.run([sys.executable, "-c", change], check=True)
    with pytest.raises(GenerationUnavailable, match="kb index"):
        build_generations(settings).current()
    assert not build_publisher(settings, clock).is_current()
    assert build_publisher(settings, clock).publish().articles == 1
    assert found(build_generations(settings).current(), "kettle") == ["a"]


def test_another_engine_gets_an_index_of_its_own(
    write: Write, settings: Settings, clock: FixedClock
) -> None:
    write("a.md", article("A", "kettle"))
    build_publisher(settings, clock).publish()
    on_memory = replace(settings, search_engine="memory")
    with pytest.raises(GenerationUnavailable, match="kb index"):
        build_generations(on_memory).current()
    build_publisher(on_memory, clock).publish()
    assert found(build_generations(on_memory).current(), "kettle") == ["a"]


def test_nothing_published_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(GenerationUnavailable, match="run `kb index`"):
        build_generations(settings).current()


def test_an_index_folder_that_cannot_be_written(
    write: Write, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    write("a.md", article("A"))
    (tmp_path / "file").write_text("in the way")
    blocked = replace(settings, index_dir=tmp_path / "file" / "index")
    with pytest.raises(PublishError, match="KB_INDEX_DIR"):
        build_publisher(blocked, clock).publish()


def test_the_catalogue_is_plain_json(write: Write, settings: Settings, clock: FixedClock) -> None:
    write("a.md", article("A"))
    build_publisher(settings, clock).publish()
    layout = IndexLayout(settings.index_dir)
    library = layout.generation(layout.read_current() or "") / "library.sqlite"
    script = f"import sqlite3; print(sqlite3.connect({str(library)!r}).execute('SELECT summary FROM articles').fetchone()[0].decode())"
    output = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout
    assert json.loads(output)["slug"] == "a"


def test_threads_that_come_and_go_leave_no_files_open(write: Write, publish: Publish) -> None:
    write("a.md", article("A", "kettle"))
    generation = publish()

    def read() -> None:
        assert generation.library.find_article("a")
        assert found(generation, "kettle") == ["a"]

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(3):
        threading.Thread(target=read).start()
    read()
    before = open_files()
    for _ in range(20):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert open_files() < before + 10  # 20 threads that each kept one would show
