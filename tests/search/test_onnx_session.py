"""The form of the default model that is quickest on the processor at hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from kb.search.embedders import onnx_session
from kb.search.embedders.model_files import find_model_files

from .embedding import needs_model

pytestmark = needs_model

BYTES_PROCESSOR = {"haswell": True, "ice": True}
OLDER_PROCESSOR = {"haswell": True, "ice": False}


def open_session(
    monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool], times: Sequence[float]
) -> tuple[Any, list[Any]]:
    """The session that is taken and those that were timed, on a processor like that."""
    left, timed = list(times), []
    measure = onnx_session.time_question

    def time_question(session: Any) -> float:
        assert measure(session) > 0
        timed.append(session)
        return left.pop(0)

    with monkeypatch.context() as patch:
        patch.setattr("simsimd.get_capabilities", lambda: capabilities)
        patch.setattr(onnx_session, "time_question", time_question)
        return onnx_session.open_session(find_model_files(None), 1), timed


def embed(session: Any) -> np.ndarray:
    ids = np.array([[101, 2129, 2079, 1045, 2272, 3647, 102]])
    values = {"input_ids": ids, "attention_mask": ids * 0 + 1, "token_type_ids": ids * 0}
    (found,) = session.run(None, values)
    vector = np.asarray(found).mean(axis=1)[0]
    return vector / np.linalg.norm(vector)


def test_where_bytes_are_multiplied_in_one_instruction_nothing_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken, timed = open_session(monkeypatch, BYTES_PROCESSOR, [])
    assert timed == []
    _, (with_bytes, with_floats) = open_session(monkeypatch, OLDER_PROCESSOR, [1.0, 2.0])
    assert np.array_equal(embed(taken), embed(with_bytes))
    assert not np.array_equal(embed(taken), embed(with_floats))


def test_elsewhere_the_quicker_form_is_taken_and_means_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken, (with_bytes, with_floats) = open_session(monkeypatch, OLDER_PROCESSOR, [2.0, 1.0])
    assert taken is with_floats
    taken, (first, _) = open_session(monkeypatch, OLDER_PROCESSOR, [1.0, 2.0])
    assert taken is first
    assert 0.999 < float(embed(with_bytes) @ embed(with_floats)) < 1.0
