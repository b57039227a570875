"""Tells objects that they live in a forked process now.

``os.register_at_fork`` keeps what it is given for ever: an embedder would keep its model, and
generations all that they have opened, long after anybody uses them.
"""

import os
import weakref
from collections.abc import Callable

_methods: "set[weakref.WeakMethod[Callable[[], None]]]" = set()
_registered: list[bool] = []


def call_in_child(method: Callable[[], None]) -> None:
    """Call a method in every process that is forked from this one while its object lives."""
    if not _registered:
        _registered.append(True)
        os.register_at_fork(after_in_child=_call_all)
    _methods.add(weakref.WeakMethod(method, _methods.discard))


def _call_all() -> None:
    for reference in list(_methods):
        method = reference()
        if method is not None:
            method()
