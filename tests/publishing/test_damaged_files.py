"""Whatever happens to a file of what is published: search answers, and ``kb index`` repairs."""

import random
import shutil
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb.app_factory import create_app
from kb.bootstrap.publishing import build_generations, build_publisher
from kb.bootstrap.services import build_services
from kb.config import Settings
from kb.content.models import Severity
from kb.errors import GenerationUnavailable
from kb.publishing.generations import Generation
from kb.search.vectors import open_vectors
from kb.web.services import generation
from tests.conftest import Write
from tests.search.embedding import needs_model

WORDS = ("kettle", "toaster", "fridge", "lamp", "heater", "pump", "mixer", "iron", "fan", "oven")

Damage = Callable[[Path], object]


def with_hole(data: bytes) -> bytes:
    """As a disk leaves it that lost what lay in the middle."""
    quarter = len(data) // 4
    return data[:quarter] + bytes(len(data) - 2 * quarter) + data[-quarter:]


DAMAGES: dict[str, Damage] = {
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "nearly whole": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a hole": lambda path: path.write_bytes(with_hole(path.read_bytes())),
    "empty": lambda path: path.write_bytes(b""),
    "deleted": lambda path: path.unlink(),
}


def article(word: str) -> str:
    return (
        f"# The {word}\n\nYour {word} is new.\n\n## Cleaning\n\n{word} and water. " + "Text. " * 90
    )


@pytest.fixture(scope="session")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves its index, so that it is made once."""
    return tmp_path_factory.mktemp("whole")


@pytest.fixture
def settings(settings: Settings, write: Write, _whole: Path) -> Settings:
    """A published index of two segments with vectors."""
    settings = replace(settings, semantic=True)
    for word in WORDS:
        write(f"{word}.md", article(word))
    kept = _whole / "index"
    if not kept.exists():
        publisher = build_publisher(settings)
        publisher.publish()
        write("late.md", article("kayak"))
        publisher.publish()
        publisher.embed()
        shutil.copytree(settings.index_dir, kept)
    else:
        write("late.md", article("kayak"))
        shutil.copytree(kept, settings.index_dir)
    return settings


def files(settings: Settings) -> list[Path]:
    current = (settings.index_dir / "CURRENT").read_text().strip()
    folders = (settings.index_dir / "generations" / current, settings.index_dir / "vectors")
    found = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return [path for path in found if path.is_file() and path.stat().st_size]


def is_whole(settings: Settings) -> bool:
    """Whether every article is found by its word, and every passage has a vector."""
    by_words = build_generations(replace(settings, semantic=False))
    try:
        generation = by_words.current()
        found = all(finds(generation, word) for word in (*WORDS, "kayak"))
    finally:
        by_words.close()
    vectors = open_vectors(by_words.layout.generation(generation.id), by_words.layout.vectors)
    return found and vectors.usable and vectors.complete


def finds(generation: Generation, word: str) -> bool:
    page = generation.search.search(word)
    text = generation.library.find_article(page.hits[0].slug) if page.hits else None
    return not page.degraded and text is not None and text.summary.title == f"The {word}"


pytestmark = needs_model


@pytest.mark.parametrize("kind", DAMAGES)
def test_search_answers_with_any_file_damaged_and_kb_index_repairs_it(
    settings: Settings, _whole: Path, kind: str
) -> None:
    assert is_whole(settings)
    names = [path.relative_to(settings.index_dir) for path in files(settings)]
    assert {name.suffix for name in names} >= {".seg", ".toc", ".sqlite", ".npy", ".ids"}
    failed = []
    for name in names:
        shutil.rmtree(settings.index_dir)
        shutil.copytree(_whole / "index", settings.index_dir)
        DAMAGES[kind](settings.index_dir / name)
        generations = build_generations(settings)
        try:
            generations.current().search.search("kettle")
        except GenerationUnavailable:
            pass  # said with what to do; workers that run serve on what they have open
        finally:
            generations.close()
        publisher = build_publisher(settings)
        publisher.publish()
        publisher.embed()
        if not is_whole(settings):
            failed.append(name.name)
    assert not failed


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_running_worker_serves_the_last_generation_when_the_next_one_is_damaged(
    settings: Settings, write: Write, kind: str
) -> None:
    settings = replace(settings, semantic=False)
    generations = build_generations(settings)
    before = generations.current().id
    write("late.md", article("kazoo"))
    build_publisher(settings).publish()
    damaged = [path for path in files(settings) if path.suffix in (".toc", ".sqlite", ".seg")]
    for path in damaged:
        if path.stat().st_nlink > 1:  # shared with the generation that is served
            continue
        DAMAGES[kind](path)
    assert not generations.refresh()
    assert generations.current().id == before
    assert finds(generations.current(), "kayak")
    build_publisher(settings).publish()
    assert generations.refresh()
    assert finds(generations.current(), "kazoo")
    assert finds(generations.current(), "kettle")
    generations.close()


def test_an_index_of_another_whoosh_is_refused_and_made_anew(settings: Settings) -> None:
    settings = replace(settings, semantic=False)
    (toc,) = [path for path in files(settings) if path.suffix == ".toc"]
    ours, another = struct.pack("!i", -111), struct.pack("!i", -112)
    data = toc.read_bytes()
    assert data.count(ours) == 1
    toc.write_bytes(data.replace(ours, another))
    with pytest.raises(GenerationUnavailable, match="kb index"):
        build_generations(settings).current()
    assert not build_publisher(settings).is_current()
    build_publisher(settings).publish()
    generations = build_generations(settings)
    assert finds(generations.current(), "kettle")
    generations.close()


def test_a_request_ends_with_the_generation_it_began_with(settings: Settings, write: Write) -> None:
    settings = replace(settings, semantic=False)
    services = build_services(settings)
    app = create_app(services)
    with app.test_request_context("/search?q=kayak"):
        began = generation()
        assert finds(began, "kayak")
        (settings.content_dir / "late.md").unlink()
        write("new.md", article("kazoo"))
        build_publisher(settings).publish()
        assert services.generations.refresh()
        assert services.generations.current() is not began
        assert generation() is began
        assert finds(began, "kayak")
        assert not began.search.search("kazoo").hits
    with app.test_request_context("/search?q=kazoo"):
        assert finds(generation(), "kazoo")
    page = app.test_client().get("/search?q=kazoo").get_data(as_text=True)
    assert "The <mark>kazoo</mark>" in page or "The kazoo" in page
    services.generations.close()


def test_the_longest_and_the_most_repetitive_articles_harm_nobody(
    settings: Settings, write: Write
) -> None:
    settings = replace(settings, semantic=False)
    rng = random.Random(1)
    words = [f"w{number}x" for number in range(5_000)]
    write("long.md", "# The endless\n\n" + " ".join(rng.choices(words, k=100_000)))
    write("short.md", "# The tome\n\n" + "a " * 95_000 + "\n\nkazoo\n")
    write("same.md", "# The parrot\n\n" + "## Again\n\nThe same text about a parrot.\n\n" * 500)
    report = build_publisher(settings).publish()
    assert [p.path for p in report.problems if p.severity is Severity.ERROR] == ["long.md"]
    generations = build_generations(settings)
    try:
        current = generations.current()
        for word in ("kettle", "parrot"):
            assert finds(current, word)
        assert [hit.slug for hit in current.search.search("kazoo").hits] == ["short"]
        started = time.process_time()
        for word in ("parrot again", "same text", "kazoo", "a tome"):
            current.search.search(word)
        assert time.process_time() - started < 1
    finally:
        generations.close()
