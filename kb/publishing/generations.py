"""Generations as they are served: which is current, opening it, switching to the next.

A generation is everything the site needs, built from one revision of the content.
It is complete before it is named in ``CURRENT`` and never written again, so that
any number of workers read it without locks.
"""

from dataclasses import dataclass
from typing import Protocol

from kb.contacts.models import Directory
from kb.content.library import Library
from kb.search.service import SearchService


@dataclass(frozen=True)
class Generation:
    """One complete, opened index and everything that was published with it."""

    id: str
    library: Library
    search: SearchService
    directory: Directory


class Generations(Protocol):
    """Gives the current generation to whoever serves a request."""

    def current(self) -> Generation:
        """The generation to answer from; the same object for one whole request.

        Raises:
            GenerationUnavailable: nothing usable has been published; says what to do.
        """
        ...
