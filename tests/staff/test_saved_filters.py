"""Filters of the topics list: everybody has their own, with and without JavaScript."""

import re

from kb.accounts.models import Role
from kb.accounts.saved_filters import MAX_FILTERS
from tests.staff.browsers import Staff

LIST = "/staff/unanswered"


def links(page):
    section = page.partition('class="saved-filters"')[2].partition("</section>")[0]
    return re.findall(r'href="([^"]+)"[^>]*>([^<]+)</a>', section)


def test_a_filter_is_saved_opened_replaced_and_removed(agent):
    answer = agent.post(
        f"{LIST}/filters", LIST, name=" Mine,  due ", assignee="me", due="today", format="csv"
    )
    assert answer.status_code == 303
    page = agent.get(answer.location).text
    assert "The filter “Mine, due” is saved." in page
    assert links(page) == [(f"{LIST}?assignee=me&amp;due=today", "Mine, due")]
    assert re.search(r'href="[^"]+" aria-current="true">Mine, due', page)

    agent.post(f"{LIST}/filters", LIST, name="Mine, due", assignee="me", order="newest")
    page = agent.get(LIST).text
    assert links(page) == [(f"{LIST}?assignee=me&amp;order=newest", "Mine, due")]

    remove = re.search(r'action="([^"]+/remove)"', page)[1]
    assert agent.post(remove, LIST).status_code == 303
    assert links(agent.get(LIST).text) == []


def test_filters_of_others_are_neither_shown_nor_removed(agent, site):
    agent.post(f"{LIST}/filters", LIST, name="Mine")
    remove = re.search(r'action="([^"]+/remove)"', agent.get(LIST).text)[1]
    other = Staff(site, Role.EDITOR)
    assert links(other.get(LIST).text) == []
    assert other.post(remove, LIST).status_code == 404
    assert [name for _, name in links(agent.get(LIST).text)] == ["Mine"]


def test_names_are_needed_and_the_number_is_limited(agent):
    for name in ("", "  ", "x" * 61):
        page = agent.get(agent.post(f"{LIST}/filters", LIST, name=name).location).text
        assert 'role="alert">Give the filter a name' in page
    for number in range(MAX_FILTERS + 1):
        agent.post(f"{LIST}/filters", LIST, name=f"Filter {number}")
    assert len(links(agent.get(LIST).text)) == MAX_FILTERS


def test_only_what_the_list_knows_is_kept(agent):
    answer = agent.post(f"{LIST}/filters", LIST, name="Odd", state="new", next="//evil", csv="1")
    assert answer.location == f"{LIST}?state=new"
