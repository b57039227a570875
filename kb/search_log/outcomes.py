"""The rules that turn a visit into outcomes. Pure: the same visit gives the same answer.

Taken from the top, the first that fits is the outcome of a search:

1. contacted: the contact form was opened afterwards, before any other search.
2. unhelpful: an article was opened from it and voted not helpful.
3. answered: one of its hits was opened, or an article opened from it voted helpful.
4. zero-result: nothing was found.
5. refined: the customer searched for something else in the same visit.
6. weak: hits, but with a confidence below the threshold.
7. abandoned: the visit is over and nothing of all this happened.

A search without any of these is undecided.  Zero-result and weak are known at once and
change when the visit goes on; abandoned only when it is over.

Failed is every search with an outcome other than answered, except that a refined search
fails only if the last search of its chain did: who asks in three wordings until one
works has been answered, and who gives up has failed three times.
"""

from collections.abc import Sequence
from dataclasses import replace

from kb.search_log.models import Outcome, RecordedSearch


def settle_visit(searches: Sequence[RecordedSearch], *, is_over: bool) -> list[RecordedSearch]:
    """The searches of one visit, in order, with outcome and failed flag filled in."""
    settled: list[RecordedSearch] = []
    chain_failed = False
    for position in range(len(searches) - 1, -1, -1):
        search = searches[position]
        is_last = position == len(searches) - 1
        outcome = _find_outcome(search, is_last=is_last, is_over=is_over)
        if outcome is not Outcome.REFINED:
            chain_failed = outcome not in (None, Outcome.ANSWERED)
        settled.append(replace(search, outcome=outcome, failed=chain_failed))
    settled.reverse()
    return settled


def _find_outcome(search: RecordedSearch, *, is_last: bool, is_over: bool) -> Outcome | None:
    if search.contacted:
        return Outcome.CONTACTED
    if search.helpful is False:
        return Outcome.UNHELPFUL
    if search.opened or search.helpful:
        return Outcome.ANSWERED
    if search.total == 0:
        return Outcome.ZERO_RESULT
    if not is_last:
        return Outcome.REFINED
    if search.weak:
        return Outcome.WEAK
    # An imported log that counts no hits does not tell who looked and left.
    return Outcome.ABANDONED if is_over and search.total is not None else None
