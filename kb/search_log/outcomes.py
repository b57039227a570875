"""The rules that turn a visit into outcomes. Pure: the same visit gives the same answer.

Taken from the top, the first that fits is the outcome of a search:

1. contacted: the contact form was opened, or a phone or mail link taken, afterwards and
   before any other search.
2. unhelpful: an article was opened from it and voted not helpful.
3. answered: an article opened from it was voted helpful; or one of its hits was opened
   and the same question was not searched again afterwards.
4. zero-result: nothing was found.
5. refined: the customer searched again in the same visit.
6. weak: hits, but with a confidence below the threshold.
7. abandoned: the visit is over and nothing of all this happened.

Asking the same again after opening a hit means that the hit did not do.  The same is the
same text (also by going back to the list), a spelling of it, or the same words in another
order or form; a text with more words is another question.  When a hit is opened after
that, this one is the answer.

A search without any of these is undecided.  Zero-result and weak are known at once and
change when the visit goes on; abandoned only when it is over.

Failed is every search with an outcome other than answered, except that a refined search
fails only if the last search of its chain did: who asks in three wordings until one
works has been answered, and who gives up has failed three times.
"""

from collections.abc import Sequence
from dataclasses import replace

from kb.search_log.models import Outcome, RecordedSearch
from kb.search_log.sameness import is_same_question

RULES = 2
"""Version of the rules above.  Raise it with every change of what they decide: the regular
job then decides all visits anew that are still kept."""


def settle_visit(searches: Sequence[RecordedSearch], *, is_over: bool) -> list[RecordedSearch]:
    """The searches of one visit, in order, with outcome and failed flag filled in."""
    settled: list[RecordedSearch] = []
    chain_failed = False
    for position in range(len(searches) - 1, -1, -1):
        search, later = searches[position], searches[position + 1 :]
        outcome = _find_outcome(search, later, is_over=is_over)
        if outcome is not Outcome.REFINED:
            chain_failed = outcome not in (None, Outcome.ANSWERED)
        is_settled = (search.outcome, search.failed) == (outcome, chain_failed)
        settled.append(
            search if is_settled else replace(search, outcome=outcome, failed=chain_failed)
        )
    settled.reverse()
    return settled


def _find_outcome(
    search: RecordedSearch, later: Sequence[RecordedSearch], *, is_over: bool
) -> Outcome | None:
    if search.contacted:
        return Outcome.CONTACTED
    if search.helpful is False:
        return Outcome.UNHELPFUL
    if search.helpful or _is_answered(search, later):
        return Outcome.ANSWERED
    if search.total == 0:
        return Outcome.ZERO_RESULT
    if later:
        return Outcome.REFINED
    if search.weak:
        return Outcome.WEAK
    # An imported log that counts no hits does not tell who looked and left.
    return Outcome.ABANDONED if is_over and search.total is not None else None


def _is_answered(search: RecordedSearch, later: Sequence[RecordedSearch]) -> bool:
    if not search.opened or search.returned:
        return False
    return not any(is_same_question(search, other) for other in later)
