"""Compiled templates are kept beside the database, so that a start does not compile them again.

Those of customers' pages take a third of a second of an old processor, and threads that miss
the same template compile it side by side.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from flask import Flask
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from kb import __version__

_COMMON = (
    "skeleton.html",
    "layout.html",
    "footer.html",
    "language_chooser.html",
    "components.html",
    "tell_me/parts.html",
    "help_center/home.html",
    "help_center/collection.html",
    "help_center/article.html",
    "help_center/search.html",
)
"""The pages that customers see most, with all that these are made of."""


class TemplateCache(FileSystemBytecodeCache):
    """Compiled templates in a folder; without one that can be used, nothing is kept."""

    def __init__(self, folder: Path, environment: Environment) -> None:
        """Jinja itself tells templates, its versions and Python's apart."""
        chosen = (
            __version__, sorted(environment.extensions), environment.trim_blocks,
            environment.lstrip_blocks,
        )  # fmt: skip
        digest = hashlib.sha256(repr(chosen).encode()).hexdigest()[:8]
        super().__init__(str(folder), f"{digest}-%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find a compiled template."""
        with suppress(OSError):  # it is compiled, then
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        # A full disk, or a folder that is read only, costs time and no page.
        with suppress(OSError):
            # Whoever can write here can run code in a worker: for this user alone, as the key
            # beside it.
            Path(self.directory).mkdir(mode=0o700, exist_ok=True)
            super().dump_bytecode(bucket)


def init_compiled_templates(app: Flask, folder: Path) -> None:
    """Keep compiled templates in ``folder``, which need not be there."""
    app.jinja_env.bytecode_cache = TemplateCache(folder, app.jinja_env)


def load_common_templates(app: Flask) -> None:
    """Have the templates of customers' pages ready, before several threads want them."""
    for name in _COMMON:
        app.jinja_env.get_template(name)
