"""One process at a time, by a lock that a killed process cannot leave behind."""

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

_RETRY_SECONDS = 0.1


@contextlib.contextmanager
def only_one(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock on ``path``; ``waiting`` is called while another process holds it.

    Raises:
        OSError: the file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        while not _lock(file):
            waiting()
            time.sleep(_RETRY_SECONDS)
        yield


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
