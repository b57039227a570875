"""People are counted, machines are not."""

import subprocess
import sys

import pytest

from kb.search_log.crawlers import is_person

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
)


HEADLESS = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0 Safari/537.36"


@pytest.mark.parametrize("agent", [FIREFOX, IPHONE, HEADLESS])
def test_browsers_are_people(agent):
    assert is_person({"User-Agent": agent})


@pytest.mark.parametrize(
    "agent",
    [
        "",
        " ",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "GPTBot/1.0",
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0",
        "WhatsApp/2.23",
        "Discordbot/2.0",
        "TelegramBot (like TwitterBot)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (Macintosh) AppleWebKit/601 Safari/601 facebookexternalhit/1.1 Twitterbot/1.0",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro) LinkPreview",
        "Iframely/1.3.1 (+https://iframely.com/docs/about)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "GoogleStackdriverMonitoring-UptimeChecks(https://cloud.google.com/monitoring)",
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36 DatadogSynthetics",
        FIREFOX + " helpshelf-check",
        "kube-probe/1.27",
        "ELB-HealthChecker/2.0",
        "Consul Health Check",
        "UptimeRobot/2.0",
        "HAProxy",
        "curl/8.5.0",
        "python-requests/2.32",
        HEADLESS + " (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Go-http-client/1.1",
        "Mozilla/5.0 " + "x" * 5000,
    ],
)
def test_machines_are_not(agent):
    assert not is_person({"User-Agent": agent})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Purpose", "preview"),
        ("X-Moz", "prefetch"),
    ],
)
def test_a_browser_that_reads_ahead_is_not(name, value):
    assert not is_person({"user-agent": FIREFOX, name: value})


def test_patterns_can_be_compiled_before_the_first_search():
    told = (
        "from crawlerdetect.crawlerdetect import get_compiled_crawler_regex as patterns;"
        "from kb.search_log.crawlers import load_patterns;"
        "before = patterns.cache_info().currsize; load_patterns();"
        "print(before, patterns.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1"]


def test_asking_whether_there_is_an_answer_is_not():
    assert not is_person({"User-Agent": FIREFOX}, "HEAD")
