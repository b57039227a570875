"""Which requests are under way in this process, so that work nobody waits for gives way."""

import threading
import time
from types import TracebackType

_QUIET_SECONDS = 0.02
"""Without a request after which nobody is waiting: between two of one customer are a few ms."""
_LOOK_SECONDS = 0.01
"""How often that is looked for. Each look interrupts whoever is at work."""


class Requests:
    """Entered for as long as a request is answered; safe to share between threads.

    Python runs one thread at a time.  One that works in the background takes its turns from
    those that somebody waits for: a search page took up to a tenth longer while one did.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._ended = float("-inf")

    def __enter__(self) -> None:
        with self._lock:
            self._count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._count -= 1
            self._ended = time.monotonic()

    def give_way(self, longest: float) -> None:
        """Wait until there has been none for a moment, ``longest`` seconds at most."""
        end = time.monotonic() + longest
        while (now := time.monotonic()) < end:
            if not self._count and now - self._ended >= _QUIET_SECONDS:
                return
            time.sleep(_LOOK_SECONDS)
