"""Browsers of customers and of staff, as the tests use them."""

import re
from urllib.parse import quote

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
PASSWORD = "four quiet blue kettles"


class Customer:
    """A browser with cookies of its own."""

    def __init__(self, app, agent=FIREFOX, **headers):
        self.client = app.test_client()
        self.headers = {"User-Agent": agent, **headers}

    def get(self, path, **options):
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.get(path, headers=headers, **options)

    def search(self, text):
        return self.get(f"/search?q={quote(text)}")

    def open(self, path):
        return self.get(path, headers={"Referer": "http://localhost/search?q=x"})

    @property
    def visit(self):
        cookie = self.client.get_cookie("visit")
        return cookie.value if cookie else None


class Staff:
    """A signed-in browser that fills in forms."""

    def __init__(self, site, role):
        accounts = site.services.accounts
        email = f"{role.value}@example.com"
        accounts.add(email, role, PASSWORD, "Ada Agent")
        self.client = site.app.test_client()
        with self.client.session_transaction() as session:
            session["_user_id"] = accounts.sign_in(email, PASSWORD)
            session["_fresh"] = True

    def get(self, path):
        return self.client.get(path, headers={"User-Agent": FIREFOX})

    def post(self, path, page=None, **fields):
        html = self.get(page or path.rpartition("/")[0]).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
        return self.client.post(path, data={"csrf_token": token, **fields})
