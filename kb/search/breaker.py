"""Keeps a part that fails again and again from costing every search its time limit."""

import threading
from time import monotonic

FAILURES = 3
"""In a row, after which the part is left alone: one or two may be a busy moment."""
PAUSE_SECONDS = 5.0
"""How long; then a single search tries again."""


class Breaker:
    """Counts failures in a row; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    def allows(self) -> bool:
        """Whether to try now. After a pause one caller may, the others wait for its result."""
        if self._failures < FAILURES:
            return True
        with self._lock:
            now = monotonic()
            if now < self._closed_until:
                return False
            self._closed_until = now + PAUSE_SECONDS
            return True

    def failed(self) -> None:
        """It failed or took too long."""
        with self._lock:
            self._failures += 1
            self._closed_until = monotonic() + PAUSE_SECONDS

    def succeeded(self) -> None:
        """It worked."""
        self._failures = 0
