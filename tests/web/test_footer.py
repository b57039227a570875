"""The footer of a site without one of its own offers what there is, and no more."""

import pytest

from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.clock import FixedClock
from kb.config import Settings
from tests.conftest import Write


@pytest.mark.parametrize(("kind", "offered"), [("faq", False), ("policy", True)])
def test_policies_are_offered_where_there_are_some(
    write: Write, settings: Settings, clock: FixedClock, kind: str, offered: bool
) -> None:
    write("a.md", f"---\ntitle: A\nkind: {kind}\neffective_from: 2026-01-01\n---\ntext")
    build_publisher(settings, clock).publish()
    services = build_services(settings, clock)
    page = create_app(services).test_client().get("/").text
    services.generations.close()
    assert ('href="/policies"' in page) is offered
