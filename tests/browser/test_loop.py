"""The loop that ``make demo-loop`` plays, in a shorter month."""

import pytest

from kb.clock import FixedClock
from tests.loop.company import open_company
from tests.loop.demo import START
from tests.loop.month import MACHINES, SECRETS, make_month
from tests.loop.rehearsal import rehearse
from tests.search.embedding import needs_model

VISITS = 150


@pytest.mark.parametrize(
    "by_meaning",
    [pytest.param(False, id="words"), pytest.param(True, id="meaning", marks=needs_model)],
)
def test_a_failed_search_comes_back_as_an_answer(tmp_path, chromium, by_meaning):
    seen = []
    with open_company(tmp_path, FixedClock(START), by_meaning=by_meaning) as company:
        rehearse(company, chromium, VISITS, seen.append)
    assert len(seen) in (7, 8), "one more when what was learned breaks an older regression query"


def test_a_month_is_the_same_every_time_and_has_all_kinds():
    month = make_month(START, VISITS)
    assert month == make_month(START, VISITS)
    assert month != make_month(START, VISITS, seed=8)
    assert month == sorted(month, key=lambda visitor: visitor.at)
    typed = " ".join(step.text for visitor in month for step in visitor.steps)
    assert all(secret in typed for secret in SECRETS)
    assert {visitor.agent for visitor in month} > set(MACHINES)
