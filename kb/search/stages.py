"""Which stage of the search answered, for the page and the log.

The stages are not passes one after the other: a question is read and ranked once, with
corrections, completions, synonyms and meaning at the same time.  What was found first
tells which of them it took.
"""

from kb.search.hits import Match
from kb.search.models import Stage
from kb.search.proximity import are_near
from kb.search.ranking import Ranking
from kb.search.reading import Reading


def find_stage(first: Match | None, reading: Reading, ranking: Ranking) -> Stage:
    """The first stage that fits the first hit."""
    if first is None:
        return Stage.NONE
    if reading.is_corrected:
        return Stage.CORRECTED
    if not ranking.worded:
        return Stage.SEMANTIC
    if reading.completed and first.found & reading.completed:
        return Stage.PREFIX
    terms = [term.term for term in reading.query.terms]
    texts = (first.head, *(section.terms for section in first.words.text.shown))
    return Stage.ALL_WORDS if any(are_near(terms, text) for text in texts) else Stage.ANY_WORDS
