"""Weights that stay bytes; that vectors stay what they were is in ``test_embedders``."""

from pathlib import Path

import pytest

from kb.search.embedders.model_files import find_model_files

from .embedding import needs_model

pytestmark = needs_model


@pytest.fixture(scope="module")
def data() -> bytes:
    return find_model_files(None).onnx.read_bytes()


def keep_quantized(data: bytes) -> bytes:
    from kb.search.embedders import quantized_weights

    return quantized_weights.keep_quantized(data)


def write_as_loaded(data: bytes, path: Path) -> bytes:
    """What onnxruntime makes of a model: all that can be worked out beforehand is."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns that this is for this computer only
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    return path.read_bytes()


def test_onnxruntime_multiplies_with_bytes_and_makes_no_floats_of_them(
    data: bytes, tmp_path: Path
) -> None:
    assert keep_quantized(data).count(b"DequantizeLinear") == 36
    loaded = write_as_loaded(keep_quantized(data), tmp_path / "kept.onnx")
    assert loaded.count(b"MatMulNBits") == 36
    assert len(loaded) < 1.5 * len(data)
    assert len(write_as_loaded(data, tmp_path / "floats.onnx")) > 3.5 * len(data)


def test_a_model_that_has_no_such_weights_is_left_alone(data: bytes) -> None:
    kept = keep_quantized(data)
    assert keep_quantized(kept) == kept


@pytest.mark.parametrize("damaged", [b"no model", b"\xff" * 100])
def test_what_is_no_model_is_an_error(damaged: bytes) -> None:
    from google.protobuf.message import DecodeError

    with pytest.raises(DecodeError):
        keep_quantized(damaged)
