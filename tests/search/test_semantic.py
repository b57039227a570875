"""The semantic stage as search uses it: there, not there yet, slow, broken, turned off."""

import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.config import Settings
from kb.publishing.generation import Generation
from kb.search import breaker, ranking
from kb.search.analysis import Analyzer
from kb.search.embedder import Embedder
from kb.search.embedders.model_files import find_model_files
from kb.search.embedders.null import NullEmbedder
from kb.search.embedders.onnx import OnnxEmbedder
from kb.search.embedders.remote import RemoteEmbedder
from kb.search.late_interaction import weigh_pieces
from kb.search.query_vectors import CACHED, QueryVectors
from kb.search.semantic import SemanticSearch
from tests.conftest import Write
from tests.waiting import wait_until

from .embedding import embedder_process, needs_model

pytestmark = needs_model
Open = Callable[[Embedder], SemanticSearch]
ARTICLES = {
    "refunds": "# When you are paid back\n\n## By card\n\nThe amount is on your card in 5 days.\n",
    "descale": "# Descale the kettle\n\n## Vinegar\n\nBoil water with vinegar and rinse.\n",
    "track": "# Track your parcel\n\n## Late\n\nThe carrier lost it? We send another one.\n",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Other tests do without the model."""
    return replace(settings, semantic=True)


@pytest.fixture(scope="module")
def model() -> Iterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(find_model_files(None))
    embedder.embed(["warm"])
    yield embedder
    embedder.close()


@pytest.fixture(scope="module")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves its index, so that it is made once."""
    return tmp_path_factory.mktemp("published")


@pytest.fixture
def folders(settings: Settings, write: Write, _published: Path) -> tuple[Path, Path]:
    """The current generation, complete, and the folder of its vectors: the test's own copy."""
    for name, text in ARTICLES.items():
        write(f"{name}.md", text)
    publisher = build_publisher(settings)
    kept = _published / "index"
    if kept.exists():
        shutil.copytree(kept, settings.index_dir)
    else:
        publisher.publish()
        publisher.embed()
        shutil.copytree(settings.index_dir, kept)
    layout = publisher.layout
    return layout.generation(layout.read_current() or ""), layout.vectors


def open_search(
    folders: tuple[Path, Path], embedder: Embedder, timeout: float = 5.0
) -> SemanticSearch:
    return SemanticSearch(*folders, QueryVectors(embedder, timeout))


def slugs(search: SemanticSearch, text: str, limit: int = 1) -> list[str] | None:
    hits = search.search(text, limit, lambda slug: True)
    return None if hits is None else [hit.slug for hit in hits]


def test_what_means_the_same_is_found(folders: tuple[Path, Path], model: OnnxEmbedder) -> None:
    search = open_search(folders, model)
    assert search.complete
    assert slugs(search, "get my money back") == ["refunds"]
    assert slugs(search, "limescale in the water boiler") == ["descale"]
    assert slugs(search, "my package has not arrived") == ["track"]
    (hit,) = search.search("my package has not arrived", 1, lambda slug: True) or ()
    assert hit.anchor == "h-late"
    assert 0.3 < hit.title_cosine <= hit.cosine <= 1


def test_words_are_compared_each_in_its_place(
    folders: tuple[Path, Path], model: OnnxEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    search = open_search(folders, model)
    text = "the carrier lost my package"
    asked = search.ask(text)
    assert asked is not None
    assert asked.embedding is not None
    words = Analyzer.for_language("en").placed_terms(text)
    pieces = weigh_pieces(asked.embedding, words, lambda term: 1.0)
    assert pieces is not None
    lost = open_search(folders, model)
    near = search.compare_pieces(pieces, [*ARTICLES, "unknown"])
    assert near.keys() == ARTICLES.keys()
    assert max(near, key=near.get) == "track"
    assert 0 < min(near.values()) < max(near.values()) - 0.1
    for path in folders[1].glob("*/*.pieces"):
        path.unlink()
    assert lost.compare_pieces(pieces, ARTICLES) == {}
    assert "run `kb index`" in caplog.text
    assert slugs(lost, text) == ["track"]  # goes on without
    assert search.compare_pieces(pieces, ARTICLES).keys() == near.keys()  # has it in memory


def test_hits_are_ordered_by_their_words_as_well(
    settings: Settings, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = build_generations(settings, patient=True)
    search = generations.current().search

    def scores() -> dict[str, float]:
        search._kept.clear()
        return {hit.slug: hit.score for hit in search.search("the carrier lost my package").hits}

    with_words = scores()
    monkeypatch.setattr(ranking, "WORDS_SHARE", 0.0)
    without = scores()
    generations.close()
    gain = {slug: with_words[slug] - without[slug] for slug in without}
    assert gain["track"] == max(gain.values()) > 0.2


def test_words_that_stand_out_make_a_search_surer(
    settings: Settings, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = build_generations(settings, patient=True)
    search = generations.current().search
    with_words = search.search("the carrier paid back the amount").confidence
    search._kept.clear()
    monkeypatch.setattr(SemanticSearch, "compare_pieces", lambda *_: {})
    without = search.search("the carrier paid back the amount").confidence
    generations.close()
    assert with_words > without


def test_the_caller_can_work_while_the_model_does(
    settings: Settings, folders: tuple[Path, Path]
) -> None:
    generations = build_generations(settings, patient=True)
    search = generations.current().search
    search.warm()
    calls: list[str] = []
    first = search.search("the carrier lost it", meanwhile=lambda: calls.append("new"))
    assert (first.mode, calls) == ("hybrid", ["new"])
    search.search("the carrier lost it", meanwhile=lambda: calls.append("known"))
    generations.close()
    assert calls == ["new"]


def test_nothing_is_asked_of_an_empty_question(
    folders: tuple[Path, Path], model: OnnxEmbedder
) -> None:
    assert slugs(open_search(folders, model), "  ") is None


def test_vectors_that_come_later_are_taken_up(
    settings: Settings, write: Write, model: OnnxEmbedder
) -> None:
    write("refunds.md", ARTICLES["refunds"])
    publisher = build_publisher(settings)
    publisher.publish()
    layout = publisher.layout
    folders = layout.generation(layout.read_current() or ""), layout.vectors
    search = open_search(folders, model)
    assert (search.complete, slugs(search, "money")) == (False, None)
    assert search.refresh() is False
    publisher.embed()
    assert search.refresh() is True
    assert (search.complete, slugs(search, "money")) == (True, ["refunds"])


def test_one_changed_article_does_not_switch_meaning_off(
    settings: Settings, write: Write, folders: tuple[Path, Path], model: OnnxEmbedder
) -> None:
    write("track.md", ARTICLES["track"] + "\n## Abroad\n\nIt takes longer.\n")
    publisher = build_publisher(settings)
    generation = publisher.publish().generation
    search = open_search((publisher.layout.generation(generation), folders[1]), model)
    assert not search.complete
    assert slugs(search, "get my money back") == ["refunds"]
    assert slugs(search, "my package has not arrived") == ["track"]


def test_without_a_model_the_cause_is_logged_once(
    folders: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    search = open_search(folders, NullEmbedder("no model is installed"))
    assert not search.complete
    for _ in range(5):
        assert slugs(search, "money") is None
    assert [record.message for record in caplog.records] == [
        "searching by words alone: no model is installed"
    ]


def test_vectors_of_another_model_are_not_compared(
    folders: tuple[Path, Path], model: OnnxEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    other = OnnxEmbedder(replace(find_model_files(None), name="another-model-1"))
    search = open_search(folders, other)
    assert (search.complete, slugs(search, "money"), slugs(search, "x")) == (False, None, None)
    assert [record.message for record in caplog.records] == [
        f"searching by words alone: the vectors are of the model {model.model}, "
        "another-model-1 is there: run `kb index`"
    ]


def test_vectors_of_another_length_are_not_compared(
    folders: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    class Short:
        """Claims to be the model but gives shorter vectors: no real model does both."""

        model = find_model_files(None).name
        dimension = 8

        def start(self, text, *, timeout):
            (found,) = OnnxEmbedder(find_model_files(None)).embed_pieces([text])
            return lambda: replace(found, vector=found.vector[:8])

        def close(self) -> None: ...

    search = open_search(folders, Short())
    assert slugs(search, "money") is None
    assert "another length" in caplog.text


@pytest.mark.parametrize("name", ["*.npy", "*.pieces", "*.ids"])
def test_damaged_vectors_leave_the_site_with_words_alone(
    settings: Settings, folders: tuple[Path, Path], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    for path in folders[1].glob(f"*/{name}"):
        path.write_bytes(path.read_bytes()[:-1])
    generations = build_generations(settings, patient=True)
    page = generations.current().search.search("kettle")
    assert page.hits[0].slug == "descale"
    if name != "*.ids":  # which are needed to publish only
        assert page.degraded
        assert "run `kb index`" in caplog.text
    generations.close()
    report = build_publisher(settings).embed()
    assert report is not None
    assert report.embedded > 0
    generations = build_generations(settings, patient=True)
    assert not generations.current().search.search("kettle").degraded
    generations.close()


def test_a_question_is_embedded_once(
    folders: tuple[Path, Path], model: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = QueryVectors(model, 5.0)
    first = questions.embed("money")
    monkeypatch.setattr(OnnxEmbedder, "embed", None)  # would fail if it were called
    assert questions.embed("money") is first


def test_the_cache_of_questions_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = QueryVectors(NullEmbedder(""), 1.0)
    for number in range(CACHED + 100):
        questions._remember(str(number), None)
    assert len(questions._cache) == CACHED
    assert str(CACHED + 99) in questions._cache


# -- slow and dying processes ------------------------------------------------------


def shared(path: Path, timeout: float) -> QueryVectors:
    return QueryVectors(RemoteEmbedder(path, find_model_files(None).name), timeout)


def test_a_model_that_hangs_costs_little_and_is_found_again(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "PAUSE_SECONDS", 0.5)
    path = tmp_path / "embedder"
    with embedder_process(path) as process:
        questions = shared(path, 0.15)
        search = SemanticSearch(*folders, questions)
        wait_until(lambda: questions.warm())
        process.send_signal(signal.SIGSTOP)
        started = time.perf_counter()
        took = []
        for number in range(40):
            before = time.perf_counter()
            assert slugs(search, f"money {number}") is None
            took.append(time.perf_counter() - before)
        assert max(took) < 2
        tried = sum(seconds > 0.14 for seconds in took)
        assert tried <= 4 + (time.perf_counter() - started) / 0.5
        process.send_signal(signal.SIGCONT)
        wait_until(lambda: slugs(search, "get my money back") == ["refunds"], 5)


def test_searches_survive_the_death_of_the_process(
    folders: tuple[Path, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "embedder"
    found: list[list[str] | None] = []
    longest: list[float] = []
    stop = threading.Event()
    questions = shared(path, 2.0)
    search = SemanticSearch(*folders, questions)

    def ask(name: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            started = time.perf_counter()
            found.append(slugs(search, f"get my money back {name} {number}"))
            longest.append(time.perf_counter() - started)

    threads = [threading.Thread(target=ask, args=(name,)) for name in range(4)]
    try:
        with embedder_process(path) as process:
            wait_until(lambda: questions.warm())
            for thread in threads:
                thread.start()
            wait_until(lambda: len(found) > 20)
            process.kill()
            process.wait()
            wait_until(lambda: found[-1] is None)
            path.unlink()
        with embedder_process(path):
            wait_until(lambda: questions.warm())
            seen = len(found)
            wait_until(lambda: ["refunds"] in found[seen:])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [answer for answer in found if answer not in (None, ["refunds"])] == []
    assert max(longest) < 2.5
    assert "cannot be reached" in caplog.text
    assert "searching by meaning again" in caplog.text


def test_turned_off_nothing_is_loaded_or_computed(
    settings: Settings, write: Write, publish: Callable[[], Generation]
) -> None:
    off = replace(settings, semantic=False)
    write("refunds.md", ARTICLES["refunds"])
    publisher = build_publisher(off)
    publisher.publish()
    assert publisher.embed() is None
    assert publisher.has_all_vectors()
    assert not publisher.layout.vectors.exists()
    generation = build_generations(off).current()
    assert generation.search.semantic is None
    generation.warm()
    page = generation.search.search("paid back")
    assert ([hit.slug for hit in page.hits], page.degraded) == (["refunds"], False)
    assert page.mode == "lexical"
