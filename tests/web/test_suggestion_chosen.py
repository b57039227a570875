"""A suggestion that a customer takes is an answered search in the log."""

from datetime import timedelta

from tests.conftest import NOW, RunningSite

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"}


def choose(site: RunningSite, text: str, slug: str, **headers: str) -> int:
    data = {"q": text, "slug": slug}
    return site.client.post("/search/suggestion", data=data, headers=BROWSER | headers).status_code


def test_it_counts_once_and_as_answered(site: RunningSite) -> None:
    assert choose(site, "track", "track-a-parcel") == 204
    site.client.get("/articles/track-a-parcel", headers=BROWSER)
    site.clock.advance(timedelta(hours=1))
    log = site.services.search_log
    day = NOW.date()
    (top,) = log.list_top_searches(day, day)
    assert (top.text, top.searches) == ("track", 1)
    assert [(d.searches, d.answered) for d in log.summary(day, day).days] == [(1, 1)]
    assert log.popular_slugs(5) == ("track-a-parcel",)


def test_what_is_no_suggestion_is_not_recorded(site: RunningSite) -> None:
    day = NOW.date()
    assert choose(site, "x", "no-such-article") == 204
    assert choose(site, "", "track-a-parcel") == 204
    assert choose(site, "x", "track-a-parcel", **{"Sec-Fetch-Site": "cross-site"}) == 400
    assert not site.services.search_log.list_top_searches(day, day)
