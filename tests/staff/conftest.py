"""The whole site with customers who search and staff who are signed in."""

import pytest

from kb.accounts.models import Role
from tests.staff.browsers import Customer, Staff


@pytest.fixture
def make_customer(site):
    return lambda *args, **headers: Customer(site.app, *args, **headers)


@pytest.fixture
def agent(site):
    return Staff(site, Role.AGENT)


@pytest.fixture
def editor(site):
    return Staff(site, Role.EDITOR)


@pytest.fixture
def searches(site):
    """All recorded searches as mappings."""
    database = site.services.search_log._store._file.connection()
    return lambda: list(database.query("SELECT * FROM searches ORDER BY id"))
