"""Settings in, sentence model out: in this process, or the one that workers share.

Nothing is loaded here; onnxruntime is imported when the first text is embedded.
"""

import os
from pathlib import Path

from kb.config import Settings
from kb.errors import EmbedderUnavailable
from kb.search.embedder import Embedder
from kb.search.embedders.model_files import find_model_files
from kb.search.embedders.null import NullEmbedder
from kb.search.embedders.onnx import OnnxEmbedder
from kb.search.embedders.remote import RemoteEmbedder
from kb.search.embedders.server import EmbeddingServer


def build_embedder(settings: Settings, *, at_once: int | None = None) -> Embedder:
    """The model in this process; ``at_once`` texts side by side, by default one a core."""
    try:
        files = find_model_files(settings.model_dir)
    except EmbedderUnavailable as error:
        return NullEmbedder(str(error))
    return OnnxEmbedder(files, at_once=at_once or os.cpu_count() or 1)


def build_grouping_embedder(settings: Settings) -> Embedder:
    """What embeds failed searches in the regular job: a model of its own, one text at a time.

    Thousands of them would keep customers waiting in the shared process.
    """
    if not settings.semantic:
        return NullEmbedder("KB_SEMANTIC is off.")
    return build_embedder(settings, at_once=1)


def find_embedder_problem(settings: Settings) -> str:
    """Why there is no model, as far as its files tell; empty when there is one."""
    try:
        find_model_files(settings.model_dir)
    except EmbedderUnavailable as error:
        return str(error)
    return ""


def build_query_embedder(settings: Settings) -> Embedder:
    """What embeds questions: the shared process where there is one, else a model here."""
    local = build_embedder(settings, at_once=1)
    if settings.embedder_socket is None or not local.model:
        return local
    return RemoteEmbedder(settings.embedder_socket, local.model, local.languages)


def build_embedding_server(settings: Settings, path: Path) -> EmbeddingServer:
    """The shared process: answers on the socket at ``path``, which is made now.

    Raises:
        OSError: the socket cannot be made.
    """
    return EmbeddingServer(path, build_embedder(settings))
