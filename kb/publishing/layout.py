"""Where everything lies in the index folder, and how it is written so that a crash harms nothing.

::

    CURRENT                     the id of the generation that is served
    FORMER                      the ids of those that were served before it, the latest first
    generations/<id>/           library.sqlite and the engine's folder
    files/<digest>              images and attachments, shared by all generations
    vectors/<model>/            vectors of passages, shared by all generations
    dictionaries/               words of languages, for corrections
    publish.lock                held while a publish runs
    embed.lock                  held while vectors are computed
"""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
_NOTED = 10
"""Former generations that are remembered; more than are ever kept."""


@dataclass(frozen=True)
class IndexLayout:
    """Paths and durable writes below one index folder."""

    root: Path

    def generation(self, generation: str) -> Path:
        """The folder of a generation."""
        return self.root / "generations" / generation

    def content_file(self, digest: str) -> Path:
        """Where an image or attachment lies."""
        return self.root / "files" / digest

    @property
    def vectors(self) -> Path:
        """Where the vectors of all models lie."""
        return self.root / "vectors"

    @property
    def dictionaries(self) -> Path:
        """Where words of languages are kept."""
        return self.root / "dictionaries"

    def read_current(self) -> str | None:
        """The id of the current generation; None when nothing is published."""
        return next(iter(self._read_ids("CURRENT")), None)

    def create_generation(self, generation: str) -> Path:
        """An empty folder for a new generation."""
        directory = self.generation(generation)
        directory.mkdir(parents=True)
        return directory

    def write_current(self, generation: str) -> None:
        """Switch to a generation: one rename, durable before this returns.

        What is current until then is noted first, so that a crash between the two loses nothing.
        """
        former = self._list_served()[:_NOTED]
        self.write_file(self.root / "FORMER", "".join(f"{i}\n" for i in former).encode("ascii"))
        self.write_file(self.root / "CURRENT", f"{generation}\n".encode("ascii"))

    def write_content_file(self, digest: str, data: bytes) -> None:
        """Keep an image or attachment under its digest."""
        (self.root / "files").mkdir(exist_ok=True)
        self.write_file(self.content_file(digest), data)

    def sync(self, directory: Path) -> None:
        """Make a finished generation durable, files first, then the folders that name them."""
        for folder, _, names in os.walk(directory):
            for name in names:
                _sync(Path(folder) / name)
            _sync(Path(folder))
        _sync(directory.parent)

    def remove_old(self, keep: int) -> None:
        """Remove all but those served last, ``keep`` with the current one, and unfinished ones.

        In the order in which they were switched to: ids tell seconds, end at random, and a clock
        may be set back.
        """
        folders = [path for path in (self.root / "generations").iterdir() if path.is_dir()]
        existing = {path.name for path in folders}
        served = [generation for generation in self._list_served() if generation in existing]
        for path in folders:
            if path.name not in served[: max(1, keep)]:
                shutil.rmtree(path, ignore_errors=True)

    def _list_served(self) -> list[str]:
        """The current generation and those before it, the latest first, each once."""
        return list(dict.fromkeys((*self._read_ids("CURRENT")[:1], *self._read_ids("FORMER"))))

    def _read_ids(self, name: str) -> list[str]:
        """The ids in a file, one a line; none when it is missing or holds something else."""
        try:
            lines = (self.root / name).read_text(encoding="ascii").split("\n")
        except (OSError, UnicodeDecodeError):
            return []
        return [line.strip() for line in lines if _ID.match(line.strip())]

    def write_file(self, path: Path, data: bytes) -> None:
        """Write a file in one step, durable before this returns."""
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
