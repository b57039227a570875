"""A site on small content, published once, and ways to read its pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from flask.testing import FlaskClient

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.clock import FixedClock
from kb.config import Settings, load_settings
from tests.conftest import NOW, RunningSite

from .small_content import write_small_content

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture(scope="session")
def small_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("small")
    content = folder / "content"
    content.mkdir()
    write_small_content(content)
    settings = replace(load_settings({}), content_dir=content, index_dir=folder / "index")
    build_publisher(settings, FixedClock(NOW)).publish()
    return content, folder / "index"


@pytest.fixture
def small_settings(settings: Settings, small_folders: tuple[Path, Path]) -> Settings:
    content, index = small_folders
    return replace(settings, content_dir=content, index_dir=index)


@pytest.fixture
def small(small_settings: Settings, clock: FixedClock) -> Iterator[RunningSite]:
    """The site on the small content."""
    services = build_services(small_settings, clock)
    app = create_app(services)
    yield RunningSite(app, app.test_client(), services, small_settings, clock)
    services.generations.close()


@pytest.fixture
def client(small: RunningSite) -> FlaskClient:
    """A customer's browser."""
    small.client.environ_base["HTTP_USER_AGENT"] = PERSON["User-Agent"]
    return small.client


@pytest.fixture
def staff(small: RunningSite) -> FlaskClient:
    """The browser of a signed-in agent."""
    small.services.accounts.add("ada@example.com", Role.AGENT, "four quiet blue kettles")
    token = small.services.accounts.sign_in("ada@example.com", "four quiet blue kettles")
    client = small.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


@pytest.fixture
def read(client: FlaskClient) -> Callable[..., lxml.html.HtmlElement]:
    """Opens a page and parses it; the page must be there."""

    def read_page(path: str, browser: FlaskClient | None = None) -> lxml.html.HtmlElement:
        answer = (browser or client).get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return lxml.html.document_fromstring(answer.get_data(as_text=True))

    return read_page


def text_of(page: lxml.html.HtmlElement, path: str = "//main") -> str:
    """The visible text of the first match of an XPath, spaces collapsed."""
    return " ".join(" ".join(page.xpath(path)[0].itertext()).split())
