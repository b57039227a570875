"""Links between articles: where each may lead, and whether it leads there in the end.

Addresses are known as soon as all articles are arranged; headings, and what cannot be
published after all, only when everything has been rendered.
"""

from collections.abc import Collection as SizedCollection
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.content.arrangement import Arrangement, internal_folders
from kb.content.links import LinkMap, ResolvedLink
from kb.content.models import Collection, ContentFile, Problem, Severity, State
from kb.publishing.models import StoredArticle


def build_link_map(
    arrangement: Arrangement, collections: Sequence[Collection], files: Mapping[str, ContentFile]
) -> LinkMap:
    """Everything that a link can lead to, with its address."""
    articles = {path: article.url for path, article in arrangement.articles.items()}
    addresses = {url: path for path, url in articles.items()}
    for path, article in arrangement.articles.items():
        for name in (article.slug, *article.aliases):
            addresses.setdefault(f"/articles/{name}", path)
            addresses.setdefault(f"/policies/{name}", path)
    return LinkMap(
        articles=articles,
        collections={c.path: c.url for c in collections},
        files={path: file.url for path, file in files.items()},
        addresses=addresses,
        names=_name_once((*articles, *files)),
    )


def _name_once(paths: Iterable[str]) -> dict[str, str]:
    """Path by name, without regard to case, of what no other has the name of."""
    named: dict[str, list[str]] = {}
    for path in paths:
        named.setdefault(path.rpartition("/")[2].casefold(), []).append(path)
    return {name: found[0] for name, found in named.items() if len(found) == 1}


@dataclass(frozen=True, slots=True)
class CheckedLinks:
    """What the links of all texts amount to."""

    files: Mapping[str, ContentFile]
    """Those that some text shows or links; public where a public text does."""
    problems: tuple[Problem, ...]


def check_links(
    articles: Mapping[str, StoredArticle],
    text_links: Sequence[tuple[str, ResolvedLink]],
    collections: Sequence[Collection],
    files: Mapping[str, ContentFile],
    broken: SizedCollection[str],
) -> CheckedLinks:
    """Follow every link, now that all articles are known.

    ``text_links`` are those of the collections' own texts. Links of ``broken`` files are
    not reported: they are those of an earlier version.
    """
    shown: set[str] = set()
    linked: set[str] = set()
    problems: list[Problem] = []
    for path, is_public, link in _all_links(articles, text_links, collections):
        if link.target in files:
            linked.add(link.target)
            if is_public:
                shown.add(link.target)
        elif link.target and link.url and path not in broken:
            # Without an address it was reported when it was rendered.
            problems += _check(path, is_public, link, articles.get(link.target))
    # A file that no article shows is nobody's business; one that only internal
    # articles show is the staff's.
    kept = {path: replace(files[path], public=path in shown) for path in linked}
    return CheckedLinks(kept, tuple(problems))


def _all_links(
    articles: Mapping[str, StoredArticle],
    text_links: Sequence[tuple[str, ResolvedLink]],
    collections: Sequence[Collection],
) -> Iterator[tuple[str, bool, ResolvedLink]]:
    """Path of the text, whether customers see it, link."""
    for path, stored in articles.items():
        for link in stored.links:
            yield path, stored.summary.state is State.PUBLISHED, link
    internal = internal_folders({c.path: c for c in collections})
    for path, link in text_links:
        yield path, path.rpartition("/")[0] not in internal, link


def _check(
    path: str, is_public: bool, link: ResolvedLink, target: StoredArticle | None
) -> Iterator[Problem]:
    shown = link.raw if len(link.raw) <= 80 else link.raw[:79] + "…"
    if target is None:
        message, code = (
            f"the link to {shown} leads to an article that cannot be published",
            "broken-link",
        )
        fix = f"mend {link.target}, or remove the link"
    elif is_public and target.summary.state is not State.PUBLISHED:
        message = f"the link to {shown} leads to an article that customers cannot see ({target.summary.state})"
        code, fix = "hidden-target", "publish the article, or remove the link"
    elif link.fragment and link.fragment not in target.anchors:
        message, code = f"{shown}: there is no such heading in {link.target}", "broken-anchor"
        fix = "use the id of a heading there"
    else:
        return
    yield Problem(path, link.line, code, Severity.WARNING, message, fix)
