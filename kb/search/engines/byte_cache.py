"""A cache with a size limit in bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Measured(Protocol):
    """A value that knows how much memory it takes."""

    @property
    def nbytes(self) -> int:
        """Bytes, roughly."""
        ...


K = TypeVar("K")
V = TypeVar("V", bound=Measured)


class ByteCache(Generic[K, V]):
    """Keeps what was used last; safe between threads. Values must never be changed."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.nbytes = 0
        """How much is kept at the moment."""
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, or None when it is not there or no longer."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        """Keep a value and forget those not used for longest, if there is no room."""
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = value
            self.nbytes += value.nbytes
            while self.nbytes > self.limit:
                _, oldest = self._kept.popitem(last=False)
                self.nbytes -= oldest.nbytes

    def discard(self, is_unwanted: Callable[[K], bool]) -> None:
        """Forget some."""
        with self._lock:
            for key in [key for key in self._kept if is_unwanted(key)]:
                self.nbytes -= self._kept.pop(key).nbytes
