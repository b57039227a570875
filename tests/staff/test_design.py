"""The living page of the design shows all there is."""

import re

from kb.web.staff.design import list_tokens
from tests.conftest import ROOT


def test_every_component_is_shown(agent):
    page = agent.get("/staff/design").text
    source = (ROOT / "templates" / "components.html").read_text(encoding="utf-8")
    macros = set(re.findall(r"{% macro (\w+)\(", source))
    unseen = {"json_ld"}  # for programs
    assert {name for name in macros if f"<code>{name}</code>" not in page} == unseen


def test_every_token_is_shown(agent):
    page = agent.get("/staff/design").text
    tokens = list_tokens(ROOT / "static" / "site.css")
    assert len(tokens) > 40
    assert [name for name, _ in tokens if f"--{name}" not in page] == []


def test_customers_do_not_see_it(site):
    assert site.client.get("/staff/design").status_code == 303
