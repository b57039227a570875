"""Two halves of one piece of work at the same time, where a second core has nothing to do.

For work that leaves Python's lock to others, such as comparing a question with thousands of
vectors.  Nobody waits for a core: a half that the second thread has not begun when the first
half is done is done here.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class TwoThreads:
    """The caller's thread and one more; safe to share between threads."""

    def __init__(self) -> None:
        self._is_worth_it = _count_cores() > 1
        self.forget()

    def run(self, here: Callable[[], None], there: Callable[[], None]) -> None:
        """Do both; raises what either of them raises."""
        if not self._is_worth_it:
            here()
            there()
            return
        other = self._pool.submit(there)
        try:
            here()
        finally:
            is_left = other.cancel()
            if not is_left:
                other.result()
        if is_left:
            there()

    def forget(self) -> None:
        """Begin with another thread: none survives a fork."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="second")


def _count_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


two_threads = TwoThreads()
"""Of this process: more threads than cores would only take turns."""
os.register_at_fork(after_in_child=two_threads.forget)
