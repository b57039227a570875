"""A page whose head is made while its content is still being looked for."""

from collections.abc import Iterator

import pytest
from jinja2 import ChoiceLoader, DictLoader

from kb.web.begun_page import BegunPage
from kb.web.narrowing import read_narrowing
from tests.conftest import RunningSite

TEMPLATE = "{{ note('head') }} {{ begun.wait() }}{{ note(begun.values.found) }}{{ note('foot') }}"


@pytest.fixture
def noted(small: RunningSite) -> Iterator[list[str]]:
    """What the templates of these tests have shown so far, within a request."""
    shown: list[str] = []
    environment = small.app.jinja_env
    own = DictLoader({"page.html": TEMPLATE, "broken.html": "{{ 1 // 0 }}" + TEMPLATE})
    assert environment.loader is not None
    environment.loader = ChoiceLoader([own, environment.loader])
    environment.globals["note"] = lambda text: shown.append(text) or text
    with small.app.test_request_context():
        yield shown


def test_what_needs_nothing_else_is_made_at_once(noted: list[str]) -> None:
    page = BegunPage("page.html")
    page.begin()
    assert noted == ["head"]
    assert page.finish(found="three hits") == "head three hitsfoot"


def test_nobody_has_to_begin_it(noted: list[str]) -> None:
    page = BegunPage("page.html")
    assert noted == []
    assert page.finish(found="three hits") == "head three hitsfoot"


def test_a_failure_is_told_when_the_page_is_wanted(noted: list[str]) -> None:
    page = BegunPage("broken.html")
    page.begin()
    with pytest.raises(ZeroDivisionError):
        page.finish(found="three hits")


def test_a_results_page_waits_behind_its_search_form(small: RunningSite) -> None:
    with small.app.test_request_context("/search?q=track"):
        page = BegunPage(
            "help_center/search.html", query="track", narrowing=read_narrowing("track")
        )
        page.begin()
        begun = "".join(page._done)
    assert '<input id="search"' in begun
    assert begun.index("site-header") < begun.index('<input id="search"')
    assert "results-count" not in begun
