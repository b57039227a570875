"""Embedders: the real model, the process that workers share, and all that can be wrong with them."""

import gc
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.cli.background import EmbeddingProcess
from kb.errors import EmbedderUnavailable
from kb.search.embedder import Embedder
from kb.search.embedders import model_files
from kb.search.embedders.model_files import ModelFiles, find_model_files
from kb.search.embedders.null import NullEmbedder
from kb.search.embedders.onnx import OnnxEmbedder
from kb.search.embedders.remote import RemoteEmbedder
from kb.search.embedders.wire import EmbedReply, send
from tests.conftest import ROOT
from tests.waiting import wait_until

from .embedding import embedder_process, needs_model

pytestmark = needs_model
PATIENT = 30.0


@pytest.fixture(scope="module")
def model() -> Iterator[OnnxEmbedder]:
    embedder = OnnxEmbedder(find_model_files(None), at_once=2)
    yield embedder
    embedder.close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder such as sentence-transformers writes, with the installed model in it."""
    folder = tmp_path / "My Model"
    (folder / "onnx").mkdir(parents=True)
    files = find_model_files(None)
    (folder / "onnx" / "model.onnx").write_bytes(files.onnx.read_bytes())
    (folder / "tokenizer.json").write_bytes(files.tokenizer.read_bytes())
    return folder


def load(folder: Path) -> OnnxEmbedder:
    return OnnxEmbedder(find_model_files(folder))


def test_texts_that_mean_the_same_lie_close_together(model: OnnxEmbedder) -> None:
    question, near, far = model.embed(
        ["how do I get my money back", "Refunds are paid within 5 days", "Clean the filter"]
    )
    assert question @ near > question @ far + 0.2
    assert np.allclose(np.linalg.norm([question, near, far], axis=1), 1.0, atol=1e-5)
    assert (model.dimension, question.dtype) == (384, np.float32)
    assert model.model == "all-minilm-l6-v2-int8-8199be6f699a"


def test_a_text_has_the_same_vector_whatever_it_is_embedded_with(model: OnnxEmbedder) -> None:
    texts = ["kettle", "a much longer text about the kettle " * 20, "kettle", ""]
    together = model.embed(texts)
    assert np.array_equal(together[0], together[2])
    assert np.allclose(together, [model.embed([text])[0] for text in texts], atol=1e-6)
    assert len(model.embed([])) == 0


def test_words_have_vectors_and_places_of_their_own(model: OnnxEmbedder) -> None:
    text = "The kettle, un-descaled!"
    (found,) = model.embed_pieces([text])
    assert [text[start:end] for start, end in found.places] == [
        "The", "kettle", "un", "des", "cal", "ed"
    ]  # fmt: skip
    assert found.pieces.shape == (6, 192 // 8)
    (other,) = model.embed_pieces(["a kettle"])
    (far,) = model.embed_pieces(["your parcel"])

    def differing(one: np.ndarray, another: np.ndarray) -> int:
        return int(np.bitwise_count(one ^ another).sum())

    assert differing(found.pieces[1], other.pieces[1]) < 50
    assert differing(found.pieces[1], far.pieces[1]) > 60
    assert [one.pieces.shape for one in model.embed_pieces(["", "?!"])] == [(0, 24)] * 2
    assert model.start(text, timeout=PATIENT)().places.tolist() == found.places.tolist()


def test_what_somebody_waits_for_is_read_in_bounded_time(model: OnnxEmbedder) -> None:
    noise = "qzxj vkwp " * 20
    beginning, whole = model.embed([noise], timeout=10.0)[0], model.embed([noise])[0]
    assert np.linalg.norm(beginning) == pytest.approx(1.0, abs=1e-5)
    assert not np.allclose(beginning, whole, atol=1e-3)
    question = "How do I get my money back for a parcel that came late and was opened? " * 2
    assert np.allclose(model.embed([question], timeout=10.0), model.embed([question]), atol=1e-6)


def test_odd_and_endless_texts_are_embedded_in_time(model: OnnxEmbedder) -> None:
    model.embed(["warm"])
    odd = ["", "\x00", "🫖" * 5_000, "a" * 2_000_000, "word " * 400_000, "\u202e؟ שלום"]
    started = time.perf_counter()
    assert np.isfinite(model.embed(odd)).all()
    assert time.perf_counter() - started < 20


def test_a_question_waits_no_longer_than_its_limit(model: OnnxEmbedder) -> None:
    model.embed(["warm"])
    started = time.perf_counter()
    with pytest.raises(EmbedderUnavailable, match="too slow"):
        model.embed(["word " * 400] * 200, timeout=0.1)
    assert time.perf_counter() - started < 2


def test_an_embedder_that_nobody_uses_any_more_gives_its_model_back() -> None:
    embedder = OnnxEmbedder(find_model_files(None))
    embedder.embed(["kettle"])
    session = weakref.ref(embedder._loading.result().session)
    assert session() is not None
    del embedder
    wait_until(lambda: gc.collect() is not None and session() is None)


def test_an_embedder_of_a_shared_process_that_nobody_uses_any_more_is_gone(tmp_path: Path) -> None:
    gone = weakref.ref(RemoteEmbedder(tmp_path / "none", "any"))
    gc.collect()
    assert gone() is None


def test_any_sentence_transformers_export_will_do(model: OnnxEmbedder, export: Path) -> None:
    other = load(export)
    assert other.model.startswith("my-model-")
    texts = ["kettle", "How long does the battery of the FD-80 last?", "Empty the tank. " * 60]
    # Its weights become floating point, those of the default model stay bytes.
    assert np.sum(other.embed(texts) * model.embed(texts), axis=1).min() > 0.998


def test_pooling_and_length_of_an_export_are_heeded(export: Path) -> None:
    mean = load(export)
    (export / "1_Pooling").mkdir()
    (export / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    first = load(export)
    assert first.model != mean.model
    assert not np.allclose(first.embed(["kettle"]), mean.embed(["kettle"]), atol=0.01)
    assert (
        len(first.embed_pieces(["kettle"])[0].pieces) == 0
    )  # its words mean nothing by themselves
    (export / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 8}))
    short = load(export)
    long_text = "The kettle boils " + "and the cat sleeps " * 30
    assert np.allclose(short.embed([long_text]), short.embed([long_text + "x"]), atol=1e-6)
    assert short.model not in (first.model, mean.model)


@pytest.mark.parametrize("keep", [0, 10, 1_000_000, 22_000_000])
def test_a_truncated_model_is_unavailable_and_says_what_to_do(export: Path, keep: int) -> None:
    path = export / "onnx" / "model.onnx"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(EmbedderUnavailable, match=r"model\.onnx .*KB_MODEL_DIR"):
        load(export).embed(["kettle"])


def test_a_model_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    files = find_model_files(None)
    data = bytearray(files.onnx.read_bytes())
    data[12_000_000] ^= 1
    (tmp_path / "model.onnx").write_bytes(data)
    with pytest.raises(EmbedderUnavailable, match="wrong checksum"):
        OnnxEmbedder(replace(files, onnx=tmp_path / "model.onnx")).embed(["kettle"])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": {}}'])
def test_a_broken_tokenizer_is_unavailable(export: Path, text: str) -> None:
    (export / "tokenizer.json").write_text(text)
    with pytest.raises(EmbedderUnavailable, match="cannot be loaded"):
        load(export).embed(["kettle"])


def test_a_folder_without_a_model_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"There is no model\.onnx"):
        find_model_files(tmp_path)
    with pytest.raises(EmbedderUnavailable, match=r"There is no model\.onnx"):
        find_model_files(tmp_path / "absent")


def test_without_the_package_there_is_an_explanation(monkeypatch: pytest.MonkeyPatch) -> None:
    # The name of a package that nobody has: the same as not having installed the extra.
    monkeypatch.setattr(model_files, "_PACKAGE", "no_such_model_package")
    with pytest.raises(EmbedderUnavailable, match="make venv"):
        find_model_files(None)
    with pytest.raises(EmbedderUnavailable, match="the reason"):
        NullEmbedder("the reason").embed(["kettle"])


def test_a_forked_process_loads_the_model_for_itself(model: OnnxEmbedder) -> None:
    script = (
        "import os\n"
        "from kb.search.embedders.model_files import find_model_files\n"
        "from kb.search.embedders.onnx import OnnxEmbedder\n"
        "embedder = OnnxEmbedder(find_model_files(None))\n"
        "embedder.embed(['kettle'])\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(0 if embedder.embed(['kettle'], timeout=20).shape == (1, 384) else 1)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, timeout=60)
    assert done.returncode == 0


# -- the process that workers share ---------------------------------------------


def remote(path: Path) -> RemoteEmbedder:
    return RemoteEmbedder(path, find_model_files(None).name)


def test_the_shared_process_gives_the_same_vectors(model: OnnxEmbedder, tmp_path: Path) -> None:
    path = tmp_path / "embedder"
    with embedder_process(path):
        client = remote(path)
        texts = ["kettle", "where is my parcel?"]
        assert np.allclose(client.embed(texts, timeout=PATIENT), model.embed(texts), atol=1e-6)
        for one, same in zip(client.embed_pieces(texts), model.embed_pieces(texts), strict=True):
            assert np.array_equal(one.pieces, same.pieces)
            assert np.array_equal(one.places, same.places)
        assert client.start(texts[1], timeout=PATIENT)().places[0].tolist() == [0, 5]
        assert client.dimension == 384
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        client.close()


def test_many_threads_get_their_own_answers(model: OnnxEmbedder, tmp_path: Path) -> None:
    path = tmp_path / "embedder"
    texts = [f"question number {number} about the kettle" for number in range(12)]
    expected = model.embed(texts)
    wrong: list[str] = []
    with embedder_process(path):
        client = remote(path)

        def ask(start: int) -> None:
            for step in range(30):
                number = (start + step) % len(texts)
                found = client.embed([texts[number]], timeout=PATIENT)[0]
                if not np.allclose(found, expected[number], atol=1e-6):
                    wrong.append(texts[number])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.close()
    assert wrong == []


def test_a_process_that_hangs_costs_no_more_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "embedder"
    with embedder_process(path) as process:
        client = remote(path)
        client.embed(["kettle"], timeout=PATIENT)
        process.send_signal(signal.SIGSTOP)
        for _ in range(3):
            started = time.perf_counter()
            with pytest.raises(EmbedderUnavailable, match="too slow"):
                client.embed(["parcel"], timeout=0.15)
            assert 0.1 < time.perf_counter() - started < 2
        process.send_signal(signal.SIGCONT)
        assert client.embed(["kettle"], timeout=PATIENT).shape == (1, 384)
        client.close()


def test_a_process_that_is_killed_is_noticed_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "embedder"
    client = remote(path)
    with embedder_process(path) as process:
        client.embed(["kettle"], timeout=PATIENT)
        process.kill()
        process.wait()
        started = time.perf_counter()
        with pytest.raises(EmbedderUnavailable, match="cannot be reached"):
            client.embed(["kettle"], timeout=PATIENT)
        assert time.perf_counter() - started < 2
    path.unlink()
    with embedder_process(path):
        assert client.embed(["kettle"], timeout=PATIENT).shape == (1, 384)
    client.close()


def answer_once(path: Path, reply: bytes) -> threading.Thread:
    """Something else that listens on the socket: takes a question and sends these bytes."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def run() -> None:
        with listener, listener.accept()[0] as connection:
            connection.recv(65_536)
            connection.sendall(reply)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def framed(reply: EmbedReply) -> bytes:
    one, other = socket.socketpair()
    with one, other:
        send(one, reply)
        return other.recv(65_536)


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (b"", "cannot be reached"),
        (b"\x00\x00", "cannot be reached"),
        (b"\xff\xff\xff\xff", "cannot be reached"),
        (b"\x00\x00\x00\x03abc", "cannot be reached"),
        (b"GET / HTTP/1.1\r\n\r\n", "cannot be reached"),
        (framed(EmbedReply("another-model", 1, b"\x00" * 4)), "runs another-model"),
    ],
)
def test_an_answer_that_cannot_be_read_is_no_answer(
    tmp_path: Path, reply: bytes, message: str
) -> None:
    thread = answer_once(tmp_path / "socket", reply)
    with pytest.raises(EmbedderUnavailable, match=message):
        remote(tmp_path / "socket").embed(["kettle"], timeout=2)
    thread.join()


@pytest.mark.parametrize(
    ("vectors", "pieces", "places"),
    [
        (b"\x00" * 8, [b""], [b""]),
        (b"\x00" * 384 * 4, [], []),
        (b"\x00" * 384 * 4, [b"", b""], [b"", b""]),
        (b"\x00" * 384 * 4, [b"\x00" * 23], [b""]),
        (b"\x00" * 384 * 4, [b"\x00" * 24], [b"\x00" * 7]),
        (b"\x00" * 384 * 4, [b"\x00" * 24], [b"\x00" * 16]),
    ],
)
def test_a_reply_of_a_wrong_length_is_refused(
    tmp_path: Path, vectors: bytes, pieces: list[bytes], places: list[bytes]
) -> None:
    reply = EmbedReply(find_model_files(None).name, 384, vectors, pieces=pieces, places=places)
    thread = answer_once(tmp_path / "socket", framed(reply))
    with pytest.raises(EmbedderUnavailable, match="wrong length"):
        remote(tmp_path / "socket").embed(["kettle"], timeout=2)
    thread.join()


def test_hostile_bytes_do_not_stop_the_process(tmp_path: Path) -> None:
    path = tmp_path / "embedder"
    with embedder_process(path) as process:
        for data in (b"", b"\x00", b"\xff" * 100, b"\x00\x00\x00\x05hello", os.urandom(5_000)):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                connection.sendall(data)
        client = remote(path)
        assert client.embed(["kettle"], timeout=PATIENT).shape == (1, 384)
        client.close()
        assert process.poll() is None


def test_the_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    path = tmp_path / "embedder"
    script = (
        "import os, subprocess, time\n"
        "from kb.cli.background import kb_command\n"
        f"command = kb_command('embedder', '--socket', {str(path)!r}, '--parent', str(os.getpid()))\n"
        "child = subprocess.Popen(command)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    wait_until(path.exists)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not path.exists(), 10)
    wait_until(lambda: not _runs(child), 10)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_process_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    keeper = EmbeddingProcess()
    try:
        keeper.watch()
        client: Embedder = remote(keeper.socket)
        client.embed(["kettle"], timeout=PATIENT)
        first = keeper._process
        first.kill()
        wait_until(lambda: keeper._process is not first)
        wait_until(lambda: _answers(client))
        client.close()
    finally:
        keeper.stop()
    assert not keeper.socket.parent.exists()
    assert keeper._process.poll() is not None


def _answers(client: Embedder) -> bool:
    try:
        return len(client.embed(["kettle"], timeout=1)) == 1
    except EmbedderUnavailable:
        return False


def test_a_model_file_of_the_size_is_checked_only_when_it_is_loaded() -> None:
    files = find_model_files(None)
    assert isinstance(files, ModelFiles)
    assert files.sha256.startswith(files.name.rpartition("-")[2])


@pytest.mark.parametrize("wait", [0.0, 0.1, 0.2, 0.3])
def test_a_command_may_end_while_the_model_is_being_loaded(wait: float) -> None:
    code = f"""
from kb.errors import EmbedderUnavailable
from kb.search.embedders.model_files import find_model_files
from kb.search.embedders.onnx import OnnxEmbedder
try:
    OnnxEmbedder(find_model_files(None)).embed(["kettle"], timeout={wait})
except EmbedderUnavailable:
    print("too slow")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
