"""Plays visits over HTTP, as browsers and machines would send them."""

import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from datetime import timedelta

from kb.clock import FixedClock
from tests.loop.month import Do, Visitor

_FIRST_HIT = re.compile(r'<h2 class="hit__title"><a href="([^"#]+)')
_VOTE = re.compile(r'<form class="vote".*?</form>', re.DOTALL)
_FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
_TIMEOUT = 30


class Browser:
    """One browser with cookies of its own; remembers the page it shows."""

    def __init__(self, address: str, agent: str) -> None:
        self._address = address
        self._agent = agent
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._here = ""
        self.page = ""

    def get(self, path: str) -> str:
        """Follow a link from the page that is shown."""
        return self._send(path, None)

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send a form of the page that is shown."""
        return self._send(path, urllib.parse.urlencode(fields).encode())

    def _send(self, path: str, body: bytes | None) -> str:
        headers = {"User-Agent": self._agent}
        if self._here:
            headers["Referer"] = self._here
        address = urllib.parse.urljoin(self._address, path)
        request = urllib.request.Request(address, body, headers)
        try:
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                self.page = answer.read().decode()
                self._here = answer.geturl()
        except urllib.error.HTTPError as error:
            self.page = error.read().decode()
        return self.page


def play(visitors: Iterable[Visitor], address: str, clock: FixedClock) -> int:
    """Let visitors come one after the other; how many requests that were."""
    requests = 0
    for visitor in visitors:
        if visitor.at > clock.now():
            clock.advance(visitor.at - clock.now())
        browser = Browser(address, visitor.agent)
        for step in visitor.steps:
            clock.advance(timedelta(seconds=step.after))
            requests += _do(browser, step.do, step.text)
    return requests


def _do(browser: Browser, do: Do, text: str) -> bool:
    """Do one thing, if the page that is shown allows it."""
    if do is Do.SEARCH:
        browser.get(f"/search?q={urllib.parse.quote(text)}")
    elif do is Do.CONTACT:
        browser.get("/contact")
    elif do is Do.OPEN:
        hit = _FIRST_HIT.search(browser.page)
        if hit is None:
            return False
        browser.get(html.unescape(hit[1]))
    else:
        form = _VOTE.search(browser.page)
        if form is None:
            return False
        action = re.search(r'action="([^"]+)"', form[0])
        fields = dict(_FIELD.findall(form[0])) | {"helpful": "yes" if do is Do.VOTE_YES else "no"}
        browser.post(html.unescape(action[1]), fields)
    return True
