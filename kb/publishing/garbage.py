"""Keeps the published articles out of the search for garbage, and freed memory out of the process.

Python looks through all objects for unreachable cycles now and then, and every thread
waits meanwhile: 90 ms with 5,000 articles, a second with 50,000.  What a generation
loads lives as long as the generation, so there is nothing to find among it.

What loading needed for a moment is freed, but glibc keeps it for itself, in pieces between
what is still in use: 10 to 40 MB of a worker that opened 50,000 articles.
"""

import ctypes
import gc


def set_aside() -> None:
    """Collect once, then leave alone all there is now, and give back what is free.

    For a thread that nobody waits for, after a generation was loaded or dropped: what
    was set aside before is looked through again, so that cycles of a dropped one go.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _give_back()


def _give_back() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # only glibc has it
    if trim is not None:
        trim(0)
