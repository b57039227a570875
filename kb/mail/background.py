"""A thread that delivers while there is something to deliver, and is gone otherwise."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from kb.errors import DatabaseError

_LONGEST_WAIT = timedelta(minutes=1)
"""Looked at again after this, whatever the clock said: another process may have posted."""
_AFTER_FAILURE = timedelta(seconds=30)

_log = logging.getLogger(__name__)


class BackgroundDelivery:
    """Runs rounds of delivery in one thread of this process."""

    def __init__(self, deliver: Callable[[], timedelta | None], close: Callable[[], None]) -> None:
        """Prepare it; the thread is made when it is first needed.

        Args:
            deliver: one round; how long until the next, None when nothing is left.
            close: gives back what the thread had opened.
        """
        self._deliver = deliver
        self._close = close
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Something new is to be delivered."""
        with self._lock:
            self._wanted.set()
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        with self._lock:
            self._stopping = True
            thread = self._thread
            self._wanted.set()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._wanted.clear()
                pause = self._deliver_safely()
                with self._lock:
                    if pause is None and not self._wanted.is_set():
                        break
                if pause is not None:
                    self._wanted.wait(min(pause, _LONGEST_WAIT).total_seconds())
        finally:
            self._close()
            with self._lock:
                self._thread = None
                is_wanted_again = self._wanted.is_set()
            if is_wanted_again and not self._stopping:
                self.wake()

    def _deliver_safely(self) -> timedelta | None:
        try:
            return self._deliver()
        except DatabaseError as error:
            _log.error("The outbox cannot be emptied: %s", error)
            return _AFTER_FAILURE
