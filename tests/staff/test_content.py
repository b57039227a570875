"""What the content needs: problems of drafts only for those who may see drafts."""

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from tests.conftest import RunningSite
from tests.staff.browsers import Staff


def test_problems_of_drafts_are_for_those_who_may_see_drafts(settings, write, clock):
    write("open.md", "# Open\n\n[gone](missing-one.md)\n")
    write("surprise.md", "---\nstate: draft\n---\n# Surprise\n\n[gone](missing-two.md)\n")
    build_publisher(settings).publish()
    services = build_services(settings, clock)
    app = create_app(services)
    site = RunningSite(app, app.test_client(), services, settings, clock)
    agent, editor = Staff(site, Role.AGENT), Staff(site, Role.EDITOR)
    for path in ("/staff/content", "/staff/content?format=csv"):
        assert "open.md" in agent.get(path).text
        assert "surprise.md" not in agent.get(path).text
        assert "surprise.md" in editor.get(path).text
    services.generations.close()
