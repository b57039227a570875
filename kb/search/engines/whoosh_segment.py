"""Opens a segment of a Whoosh index in the fastest way there is.

Two ways of reading answer alike: ``FileSegment`` takes whole tables from the file,
``MatcherSegment`` walks Whoosh's public readers and is there for a Whoosh that keeps its
files in another way.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from whoosh.reading import IndexReader

from kb.search.engines.file_segment import FileSegment
from kb.search.engines.matcher_segment import MatcherSegment
from kb.search.engines.segment import Segment, SharedTables

_log = logging.getLogger(__name__)
_said: set[str] = set()


def open_segment(
    reader: IndexReader, folder: Path, fields: Iterable[str], shared: SharedTables
) -> Segment:
    """A segment, read as fast as the Whoosh in use allows."""
    names = tuple(fields)
    try:
        return FileSegment(reader, folder, names, shared)
    except Exception as error:  # internals that are missing or otherwise raise whatever they like
        # Slow is better than closed, but nobody should have to wonder why it is slow.
        why = f"{type(error).__name__}: {error}"
        if why not in _said:
            _said.add(why)
            _log.warning("Whoosh keeps its files in an unknown way (%s): search is slower", why)
        return MatcherSegment(reader, names)
