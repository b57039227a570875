"""The regular job brings together what asks the same in other words, and overrules nobody."""

from datetime import date, timedelta

import pytest

from kb.content_gaps.models import TopicState
from kb.errors import EmbedderUnavailable
from kb.search.embedders.model_files import find_model_files
from kb.search.embedders.null import NullEmbedder
from kb.search.embedders.onnx import OnnxEmbedder

ADA = "ada@example.com"
DAY = date(2026, 11, 18)

CARD = ("my card has not arrived", "still waiting for my new card", "where is my bank card")
REFUND = ("when do I get my refund", "how long does a refund take", "refund not received yet")
PASSWORD = ("forgot my password", "cannot remember my passcode to log in")


def in_order(groups):
    return sorted(map(sorted, groups))


@pytest.fixture(scope="module")
def model():
    try:
        embedder = OnnxEmbedder(find_model_files(None))
    except EmbedderUnavailable as error:
        pytest.skip(str(error))
    yield embedder
    embedder.close()


@pytest.fixture
def by_meaning(make_gaps, tmp_path, model):
    return make_gaps(tmp_path, embedder=model)


@pytest.fixture
def texts(by_meaning):
    """The wordings of each topic, by its number."""

    def read(**options):
        found = by_meaning.list_topics(DAY, DAY + timedelta(days=100), **options)
        return {topic.id: {text for text, _ in topic.queries} for topic in found}

    return read


@pytest.fixture
def ask(search):
    def run(*wordings):
        for wording in wordings:
            search(wording)

    return run


def test_paraphrases_become_one_topic(ask, by_meaning, texts):
    ask(*CARD, *REFUND, *PASSWORD)
    by_meaning.refresh(whole=True)
    assert in_order(texts().values()) == in_order((CARD, REFUND, PASSWORD))


def test_requests_place_by_words_and_the_job_joins_what_they_set_apart(ask, by_meaning, texts):
    ask(*CARD)
    assert len(texts()) == 3  # listing places what is new by its words
    by_meaning.refresh(whole=True)
    ((number, found),) = texts().items()
    assert found == set(CARD)
    ask("my new card never came")
    by_meaning.refresh(whole=True)
    assert texts() == {number: {*CARD, "my new card never came"}}


def test_an_answered_topic_takes_in_what_is_new_and_keeps_its_state(ask, by_meaning, texts):
    ask(*CARD)
    by_meaning.refresh(whole=True)
    (number,) = texts()
    by_meaning.triage.answer(number, "card-delivery", ADA)
    ask("the card still has not arrived")
    by_meaning.refresh(whole=True)
    found = by_meaning.find_topic(number)
    assert (found.state, found.searches) == (TopicState.ANSWERED, 4)


def test_topics_that_were_split_are_not_joined_again(ask, by_meaning, texts):
    ask(*CARD)
    by_meaning.refresh(whole=True)
    (number,) = texts()
    wording = next(w for w in by_meaning.triage.list_wordings(number) if w.text == CARD[2])
    by_meaning.triage.split(number, [wording.id], "", ADA)
    before = texts()
    assert len(before) == 2
    ask(*REFUND)
    by_meaning.refresh(whole=True)
    after = texts()
    assert {number: after[number] for number in before} == before


def test_topics_that_were_merged_stay_merged(ask, by_meaning, texts):
    ask(*CARD, *PASSWORD)
    by_meaning.refresh(whole=True)
    first, other = texts()
    by_meaning.triage.merge([first, other], first, ADA)
    ask("password reset does not work")
    by_meaning.refresh(whole=True)
    assert texts()[first] >= {*CARD, *PASSWORD}
    assert other not in texts()


def test_without_the_model_words_decide_and_with_it_the_rest_is_made_up_for(
    ask, make_gaps, tmp_path, by_meaning, texts
):
    off = make_gaps(tmp_path, embedder=NullEmbedder("off"))
    ask("the card has not arrived", "waiting for my new card to come")
    off.refresh(whole=True)
    assert len(texts()) == 2
    by_meaning.refresh(whole=True)
    assert len(texts()) == 1


def test_the_order_of_arrival_makes_no_difference_within_a_run(ask, by_meaning, texts):
    ask(*reversed((*CARD, *REFUND, *PASSWORD)))
    by_meaning.refresh(whole=True)
    assert in_order(texts().values()) == in_order((CARD, REFUND, PASSWORD))
