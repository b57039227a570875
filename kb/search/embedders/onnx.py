"""A sentence model in this process, run by onnxruntime.

It is loaded when it is first needed, by a thread of its own, since that takes half a
second.  Only texts with the same number of tokens are embedded together: padding a batch to
its longest text costs more than it saves (docs/decisions/0009-sentence-model.md).
"""

import atexit
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import EmbedderUnavailable
from kb.forks import call_in_child
from kb.search.embedder import EmbedderLoading, Embedding, Vectors
from kb.search.embedders.model_files import ModelFiles
from kb.search.embedders.onnx_session import Session, open_session
from kb.search.piece_file import no_signs, take_signs

_MAX_CHARACTERS = 6_000
"""Far more than the tokens that are read: tokenisers take their time over long texts."""
_EXIT_SECONDS = 5.0
"""How long the end of a command waits for a model that is being loaded, which takes one tenth."""
_QUESTION_TOKENS = 64
"""Of a text that somebody waits for: 200 characters of a question are some 45 tokens, but of
noise 130, which take as long as a whole section."""
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
_POOLED = "sentence_embedding"
_BATCH_TOKENS = 512
"""Texts of one length are embedded together up to so many tokens: 30 questions, in half the
time that they take one by one. A section is as long as that by itself."""

_Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Text:
    number: int
    """Among all that are embedded together."""
    text: str
    ids: list[int]
    """Its tokens."""
    places: list[tuple[int, int]]
    """Where each of them stands; nowhere for the model's own."""


_Batch = list[_Text]
"""Texts with the same number of tokens."""
_Started = list[tuple[_Batch, "Future[list[Embedding]]"]]


class OnnxEmbedder:
    """Embeds ``at_once`` texts side by side, each with ``threads`` threads.

    One thread each is fastest for many texts, and cheapest for one: a second thread makes
    a question 1 ms faster and costs 1 ms more of the processor.
    """

    def __init__(self, files: ModelFiles, *, at_once: int = 1, threads: int = 1) -> None:
        self.model = files.name
        self.languages = files.languages
        self._files = files
        self._at_once = at_once
        self._threads = threads
        self._forget()
        # Neither a session nor a pool of threads survives a fork: the child makes its own.
        call_in_child(self._forget)

    @property
    def dimension(self) -> int:
        """Length of the vectors; loads the model."""
        return len(self.embed([""])[0])

    def embed(self, texts: Sequence[str], *, timeout: float | None = None) -> Vectors:
        """One row for each text; ``timeout`` (s) bounds the wait, loading included."""
        found = self.embed_pieces(texts, timeout=timeout)
        return np.stack([one.vector for one in found]) if found else np.zeros((0, 0), np.float32)

    def embed_pieces(
        self, texts: Sequence[str], *, timeout: float | None = None
    ) -> Sequence[Embedding]:
        """The same with the word pieces of each text."""
        deadline = None if timeout is None else monotonic() + timeout
        model = self._load(timeout)
        most = None if timeout is None else _QUESTION_TOKENS
        return self._gather(self._submit(model, texts, most), deadline)

    def start(self, text: str, *, timeout: float) -> Callable[[], Embedding]:
        """Begin at once if the model is loaded, else when the text is asked for."""
        deadline = monotonic() + timeout
        loading = self._loading
        if loading is None or not loading.done():
            return lambda: self.embed_pieces([text], timeout=_remaining(deadline))[0]
        started = self._submit(self._load(timeout), [text], _QUESTION_TOKENS)
        return lambda: self._gather(started, deadline)[0]

    def _submit(self, model: "_Model", texts: Sequence[str], most: int | None) -> _Started:
        try:
            batches = model.split(texts, most)
        except Exception as error:
            raise self._failed(error) from error
        return [(batch, self._pool.submit(model.embed, batch)) for batch in batches]

    def _gather(self, started: _Started, deadline: float | None) -> list[Embedding]:
        try:
            found = {
                text.number: embedding
                for batch, future in started
                for text, embedding in zip(batch, future.result(_remaining(deadline)), strict=True)
            }
        except FutureTimeoutError as error:
            raise EmbedderUnavailable(f"The sentence model {self.model} is too slow.") from error
        except EmbedderUnavailable:
            raise
        except Exception as error:
            raise self._failed(error) from error
        finally:
            for _, future in started:
                future.cancel()
        return [found[number] for number in range(len(found))]

    def _failed(self, error: Exception) -> EmbedderUnavailable:
        return EmbedderUnavailable(
            f"The sentence model {self.model} failed ({type(error).__name__}: {error})."
        )

    def close(self) -> None:
        """Release the model; texts under way are finished."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._loading: Future[_Model] | None = None
        self._pool = ThreadPoolExecutor(self._at_once, thread_name_prefix="embedding")

    def _load(self, timeout: float | None) -> "_Model":
        with self._lock:
            if self._loading is None:
                self._loading = Future()
                loader = threading.Thread(
                    target=self._load_into, args=(self._loading,), name="model", daemon=True
                )
                loader.start()
                # A process that ends while onnxruntime is at work in a thread is aborted.
                atexit.register(loader.join, _EXIT_SECONDS)
            loading = self._loading
        try:
            return loading.result(timeout)
        except FutureTimeoutError as error:
            raise EmbedderLoading(f"The sentence model {self.model} is being loaded.") from error

    def _load_into(self, loading: "Future[_Model]") -> None:
        try:
            loading.set_result(_load_model(self._files, self._threads))
        except EmbedderUnavailable as error:
            loading.set_exception(error)
        except Exception as error:
            # Libraries and files are third parties': whatever they raise, search goes on.
            loading.set_exception(
                EmbedderUnavailable(
                    f"The sentence model {self._files.onnx} cannot be loaded "
                    f"({type(error).__name__}: {error}): `make venv`, or correct KB_MODEL_DIR."
                )
            )


@dataclass(frozen=True, slots=True)
class _Model:
    session: Session
    tokenizer: Any
    inputs: frozenset[str]
    output: str
    first_token: bool

    def split(self, texts: Sequence[str], most: int | None) -> list[_Batch]:
        """The tokens of all texts, those of one length together."""
        by_length: dict[int, _Batch] = {}
        batches: list[_Batch] = []
        for number, text in enumerate(texts):
            text = text[:_MAX_CHARACTERS]
            encoded = self.tokenizer.encode(text)
            if most is not None and len(encoded.ids) > most:
                encoded.truncate(most)
            length = len(encoded.ids)
            batch = by_length.setdefault(length, [])
            batch.append(_Text(number, text, encoded.ids, encoded.offsets))
            if (len(batch) + 1) * length > _BATCH_TOKENS:
                batches.append(by_length.pop(length))
        return [*batches, *by_length.values()]

    def embed(self, batch: _Batch) -> list[Embedding]:
        """What each text of a batch means, and each of its word pieces."""
        ids = np.array([text.ids for text in batch], np.int64)
        values = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        (found,) = self.session.run([self.output], {name: values[name] for name in self.inputs})
        found = np.asarray(found, np.float32)
        vectors = self._pool(found)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all((lengths > 1e-6) & np.isfinite(lengths)):
            raise EmbedderUnavailable("The sentence model gives no usable vector.")
        vectors = np.asarray(vectors / lengths, np.float32)
        if found.ndim == 2 or self.first_token:
            none = no_signs(vectors.shape[1]), np.zeros((0, 2), np.int32)
            return [Embedding(vector, *none) for vector in vectors]
        return [
            Embedding(vector, take_signs(tokens[kept]), np.array(text.places, np.int32)[kept])
            for text, vector, tokens in zip(batch, vectors, found, strict=True)
            for kept in (_find_pieces(text),)
        ]

    def _pool(self, found: _Array) -> _Array:
        if found.ndim == 2:
            return found
        # Without padding every row is a token, so the mean needs no mask.
        pooled: _Array = found[:, 0] if self.first_token else found.mean(axis=1)
        return pooled


def _find_pieces(text: _Text) -> list[int]:
    """Which tokens are parts of words: no punctuation, nothing that the model adds."""
    return [
        number
        for number, (start, end) in enumerate(text.places)
        if any(map(str.isalnum, text.text[start:end]))
    ]


def _load_model(files: ModelFiles, threads: int) -> _Model:
    try:
        from tokenizers import Tokenizer

        session = open_session(files, threads)
    except ImportError as error:
        raise EmbedderUnavailable(
            f"{error.name} is not installed: `make venv`, or `pip install 'helpshelf[semantic]'`."
        ) from error
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.no_padding()
    tokenizer.enable_truncation(files.max_tokens)
    return _describe(files, session, tokenizer)


def _describe(files: ModelFiles, session: Session, tokenizer: Any) -> _Model:  # noqa: ANN401
    inputs = frozenset(value.name for value in session.get_inputs())
    outputs = [value.name for value in session.get_outputs()]
    if not inputs <= _INPUTS or "input_ids" not in inputs or not outputs:
        raise EmbedderUnavailable(
            f"{files.onnx} is no sentence model: it asks for {', '.join(sorted(inputs))}."
        )
    if _POOLED not in outputs and any(files.tokenizer.parent.glob("*_Dense")):
        raise EmbedderUnavailable(
            f"{files.onnx} lacks the model's last layer: export it with a {_POOLED} output."
        )
    output = _POOLED if _POOLED in outputs else outputs[0]
    return _Model(session, tokenizer, inputs, output, files.first_token)


def _remaining(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - monotonic())
