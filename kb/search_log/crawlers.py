"""Whether a request comes from a person, judged by its headers alone.

Crawlers, link previews, health checks and prefetching browsers send requests that
nobody made; counted as customers they would drown the questions of real ones.
Command-line tools and HTTP libraries (curl, python-requests) count as machines too:
whoever scripts a search is testing or copying, not asking.  A headless browser that
names no crawler counts as a person: crawlers that drive one give their name or hide the
fact anyway.  A company's own checks put ``helpshelf-check`` into their user agent.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from crawlerdetect import CrawlerDetect

_LONGEST_USER_AGENT = 1000
"""Browsers send 80 to 250 characters; more is only there to keep the patterns busy."""

_MONITORS = re.compile(
    r"health|haproxy|prometheus|blackbox|helpshelf|monitor|synthetic|probe|preview|unfurl|safelinks",
    re.IGNORECASE,
)
"""Machines that look after a site or look at links, and that the crawler list does not know.
``helpshelf`` is in the name of our own checks, and may be put into that of others."""

_PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_PREFETCH_VALUES = ("prefetch", "prerender", "preview")

_detector = CrawlerDetect()


def is_person(headers: Mapping[str, str], method: str = "GET") -> bool:
    """Whether somebody made this request on purpose.

    Args:
        headers: the request's headers, with names in any case.
        method: the HTTP method; ``HEAD`` only asks whether there is an answer.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    agent = lowered.get("user-agent", "").strip()
    if method == "HEAD" or not agent or len(agent) > _LONGEST_USER_AGENT:
        return False
    return not _is_prefetch(lowered) and not _is_machine(agent)


def load_patterns() -> None:
    """Compile the patterns now, so that no search has to wait for that: a tenth of a second."""
    _is_machine("somebody")


def _is_prefetch(lowered: Mapping[str, str]) -> bool:
    values = " ".join(lowered.get(name, "") for name in _PREFETCH_HEADERS).lower()
    return any(value in values for value in _PREFETCH_VALUES)


@lru_cache(maxsize=4096)
def _is_machine(agent: str) -> bool:
    # A browser that matches none of 1,500 patterns costs half a millisecond, once.
    named = agent.replace("HeadlessChrome/", "Chrome/")
    return bool(_MONITORS.search(named) or _detector.is_crawler(named))
