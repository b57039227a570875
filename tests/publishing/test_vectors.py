"""Vectors of what is published: only what changed is computed, and nothing that fails harms."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.bootstrap.publishing import build_publisher
from kb.cli.background import kb_command
from kb.config import Settings
from kb.errors import EmbedderUnavailable, PublishError
from kb.publishing.publisher import Publisher
from kb.publishing.vectors import EmbeddingReport
from kb.search.passage_table import FILE_NAME, load_table
from kb.search.vectors import open_vectors
from tests.conftest import ROOT, Write
from tests.search.embedding import needs_model

pytestmark = needs_model
Embed = Callable[[], EmbeddingReport]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Other tests do without the model."""
    return replace(settings, semantic=True)


@pytest.fixture
def publisher(settings: Settings) -> Publisher:
    return build_publisher(settings)


@pytest.fixture
def index(publisher: Publisher) -> Embed:
    """What `kb index` does; the report of the embedding."""

    def run() -> EmbeddingReport:
        publisher.publish()
        report = publisher.embed()
        assert report is not None
        return report

    return run


def current(publisher: Publisher) -> Path:
    return publisher.layout.generation(publisher.layout.read_current() or "")


def article(number: int, sections: int = 3) -> str:
    text = "".join(
        f"\n## Part {part}\n\nPart {part} of article {number}: " + f"kettle {number} {part} " * 30
        for part in range(sections)
    )
    return f"# Article number {number}\n{text}\n"


def test_only_what_changed_is_embedded_again(
    write: Write, index: Embed, publisher: Publisher
) -> None:
    for number in range(5):
        write(f"a{number}.md", article(number))
    first = index()
    assert (first.passages, first.embedded) == (20, 20)
    assert index().embedded == 0
    write("a3.md", article(3) + "\n## New\n\nSomething else.\n")
    assert (index().passages, index().embedded) == (21, 0)
    publisher.publish(full=True)
    assert index().embedded == 0
    assert open_vectors(current(publisher), publisher.layout.vectors).complete


def test_the_first_list_has_the_vectors_of_all_that_did_not_change(
    write: Write, index: Embed, publisher: Publisher
) -> None:
    for number in range(4):
        write(f"a{number}.md", article(number))
    index()
    write("a1.md", article(1) + "\n## New\n\nSomething else.\n")
    write("a9.md", article(9, sections=1))
    publisher.publish()
    table = load_table(current(publisher))
    assert table.rows is not None
    missing = [n for n, row in enumerate(table.rows.tolist()) if row < 0]
    assert list(table.slugs) == ["a0", "a1", "a2", "a3", "a9"]
    assert missing == [8, 17, 18]
    assert not publisher.has_all_vectors()
    assert index().embedded == 3
    assert publisher.has_all_vectors()


def test_equal_texts_are_embedded_once_and_endless_ones_in_part(write: Write, index: Embed) -> None:
    same = "".join("\n## The same heading\n\nThe same text.\n" for _ in range(500))
    write("same.md", f"# Same\n{same}")
    write("long.md", "# Long\n\n" + "word " * 30_000)
    report = index()
    assert report.passages == 200 + 13
    assert report.embedded == 4  # two titles, the section, and twelve equal pieces


def test_a_renamed_or_hidden_article_is_listed_anew_without_being_embedded(
    write: Write, index: Embed, publisher: Publisher
) -> None:
    write("a1.md", article(1))
    write("a2.md", article(2))
    index()
    head = "---\nslug: other\nstate: internal\n---\n\n"
    write("a1.md", head + article(1))
    write("a2.md", "---\nstate: archived\n---\n\n" + article(2))
    assert index().embedded == 0
    assert list(load_table(current(publisher)).slugs) == ["other"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda generation, vectors: (generation / FILE_NAME).unlink(),
        lambda generation, vectors: (generation / FILE_NAME).write_bytes(b"\x00" * 100),
        lambda generation, vectors: next(vectors.glob("*/*.npy")).unlink(),
        lambda generation, vectors: next(vectors.glob("*/*.npy")).write_bytes(b"short"),
        lambda generation, vectors: next(vectors.glob("*/*.ids")).write_bytes(b"short"),
        lambda generation, vectors: next(vectors.glob("*/*.ids")).unlink(),
    ],
)
def test_what_was_damaged_is_made_again_by_the_next_publish(
    write: Write, index: Embed, publisher: Publisher, damage: Callable[[Path, Path], None]
) -> None:
    write("a1.md", article(1))
    index()
    damage(current(publisher), publisher.layout.vectors)
    index()
    found = open_vectors(current(publisher), publisher.layout.vectors)
    assert found.complete
    assert found.usable
    assert index().embedded == 0


def test_a_list_that_does_not_match_the_texts_is_made_anew(
    write: Write, index: Embed, publisher: Publisher
) -> None:
    write("a1.md", article(1))
    index()
    earlier = (current(publisher) / FILE_NAME).read_bytes()
    write("a1.md", article(2))
    publisher.publish()
    # A list of passages that the articles do not have and whose vectors are gone.
    (current(publisher) / FILE_NAME).write_bytes(earlier)
    for path in publisher.layout.vectors.glob("*/*"):
        path.unlink()
    assert index().embedded == 4
    assert index().embedded == 0


def test_a_publish_need_not_wait_and_its_vectors_are_computed_as_well(
    write: Write, settings: Settings, publisher: Publisher
) -> None:
    for number in range(20):
        write(f"a{number}.md", article(number))
    publisher.publish()
    published: list[float] = []

    def publish_another(step: str, done: int, total: int) -> None:
        if step == "Embedding" and done and not published:
            write("new.md", article(99))
            started = time.perf_counter()
            build_publisher(settings).publish()
            published.append(time.perf_counter() - started)

    report = publisher.embed(publish_another)
    assert published
    assert published[0] < 10
    assert report is not None
    assert report.passages == 84
    assert "new" in load_table(current(publisher)).slugs
    assert load_table(current(publisher)).complete


def test_without_a_model_everything_else_is_published(
    write: Write, settings: Settings, tmp_path: Path
) -> None:
    write("a1.md", article(1))
    publisher = build_publisher(replace(settings, model_dir=tmp_path / "no-model"))
    assert publisher.publish().articles == 1
    assert not publisher.has_all_vectors()
    with pytest.raises(EmbedderUnavailable, match="KB_MODEL_DIR"):
        publisher.embed()


def test_vectors_that_cannot_be_written_are_an_error(write: Write, publisher: Publisher) -> None:
    write("a1.md", article(1))
    publisher.publish()
    publisher.layout.vectors.write_text("in the way")
    with pytest.raises(PublishError, match="Vectors cannot be written"):
        publisher.embed()


# -- the command -----------------------------------------------------------------


def command(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name[:3] != "KB_"}
    environment |= {
        "KB_CONTENT_DIR": str(settings.content_dir),
        "KB_INDEX_DIR": str(settings.index_dir),
        "KB_DATABASE": str(settings.database),
        "KB_MODEL_DIR": str(settings.model_dir or ""),
    }
    return subprocess.Popen(
        kb_command("index", "--json", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_reports_both_steps(write: Write, settings: Settings) -> None:
    write("a1.md", article(1))
    output, messages = command(settings).communicate(timeout=120)
    report = json.loads(output)
    assert (report["articles"], report["passages"], report["embedded"]) == (1, 4, 4)
    assert messages == ""
    (settings.index_dir / "vectors").rename(settings.index_dir / "lost")
    again = json.loads(command(settings).communicate(timeout=120)[0])
    assert (again["indexed"], again["embedded"]) == (0, 4)


def test_the_command_warns_when_there_is_no_model(
    write: Write, settings: Settings, tmp_path: Path
) -> None:
    write("a1.md", article(1))
    process = command(replace(settings, model_dir=tmp_path / "no-model"))
    output, messages = process.communicate(timeout=120)
    assert process.returncode == 0
    assert json.loads(output)["articles"] == 1
    assert "search goes by words alone" in messages


@pytest.mark.skipif(sys.platform != "linux", reason="kills a process in the middle of its work")
def test_what_was_embedded_before_a_kill_is_kept(
    write: Write, settings: Settings, publisher: Publisher
) -> None:
    for number in range(250):
        write(f"a{number}.md", article(number))
    process = command(settings)
    deadline = time.monotonic() + 120
    while not list(publisher.layout.vectors.glob("*/*.npy")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    table = load_table(current(publisher))
    assert len(table.kinds) == 1000
    assert not table.complete
    kept = publisher.vectors
    assert kept is not None
    located = kept._open_store().locate(table)
    assert located.rows is not None
    assert (located.rows >= 0).sum() > 50
    # What is missing is all that the next one would compute.
    assert not located.complete
