"""The site on the demo content with mail set up: a real mail server, real searches."""

import re
from dataclasses import replace

import pytest

from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from tests.conftest import ROOT, RunningSite
from tests.mail.servers import MailServer
from tests.staff.browsers import Customer

BASE_URL = "https://help.example.com"


@pytest.fixture
def mail_server():
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def mail_settings(settings, demo_index, mail_server):
    return replace(
        settings,
        content_dir=ROOT / "articles",
        index_dir=demo_index,
        base_url=BASE_URL,
        mail_from="Kettle & Co <help@example.com>",
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_tls="off",
    )


@pytest.fixture
def told_site(mail_settings, clock):
    services = build_services(mail_settings, clock)
    app = create_app(services)
    app.testing = True
    yield RunningSite(app, app.test_client(), services, mail_settings, clock)
    services.outbox.stop()
    services.generations.close()


class Asker(Customer):
    """A customer who searches, and fills in the form there or on its own page."""

    def ask(self, text, email, **fields):
        page = self.search(text).text
        if 'action="/tell-me"' not in page:
            page = self.get("/tell-me").text
        token = re.search(r'action="/tell-me".*?name="token" value="([^"]+)"', page, re.DOTALL)
        data = {"q": text, "email": email, "token": token[1] if token else "", **fields}
        return self.client.post("/tell-me", data=data, headers=self.headers)

    def post(self, path):
        return self.client.post(path, headers=self.headers)


@pytest.fixture
def asker(told_site):
    return Asker(told_site.app)


@pytest.fixture
def read_mails(told_site, mail_server):
    """Delivers what waits; all mails so far."""

    def read():
        told_site.services.outbox.deliver()
        return mail_server.mails

    return read


@pytest.fixture
def link_in():
    """The path of the first link of a mail that goes to a page of this kind."""

    def find(mail, kind):
        found = re.search(re.escape(BASE_URL) + rf"(/{kind}/\S+)", mail.get_content())
        return found[1]

    return find


@pytest.fixture
def rows(told_site):
    """The rows of a table as mappings."""
    store = told_site.services.notifications._store
    return lambda table: list(store._file.connection().query(f"SELECT * FROM {table}"))
