"""Gives every article its place: slug, collection, state, number, aliases.

This is the first step that sees all articles together, so everything that only shows
between two files is found here.  It is deterministic: the same files always get the
same addresses, whatever the order in which they were read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha1

from kb.content.front_matter import FrontMatter
from kb.content.models import ArticleSummary, Collection, Problem, Severity, State
from kb.content.source import FileHistory
from kb.content.yaml_document import FieldReader, YamlDocument
from kb.text import slugify


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Articles by path, collections with parents before children, and what does not fit."""

    articles: Mapping[str, ArticleSummary]
    collections: Sequence[Collection]
    problems: tuple[Problem, ...] = ()
    rejected: Mapping[str, Problem] = field(default_factory=dict)
    """Articles that cannot be published beside the others, by path."""


def arrange(
    front_matters: Mapping[str, FrontMatter],
    collections: Sequence[Collection],
    histories: Mapping[str, FileHistory],
    default_language: str,
    today: date,
    holders: Mapping[str, str] | None = None,
) -> Arrangement:
    """Arrange all readable articles of one revision.

    ``holders`` are the paths by the slugs that they have had so far: a newcomer that
    claims a slug in use is refused, not the article that customers know under it.
    """
    problems: list[Problem] = []
    slugs, rejected = _assign_slugs(front_matters, holders or {}, problems)
    by_folder = {collection.path: collection for collection in collections}
    internal = internal_folders(by_folder)
    numbers: dict[int, str] = {}
    aliases = {slug: path for path, slug in slugs.items()}
    articles: dict[str, ArticleSummary] = {}
    for path in sorted(slugs):
        front_matter = front_matters[path]
        folder = path.rpartition("/")[0]
        state = front_matter.state
        if state is State.PUBLISHED and folder in internal:
            state = State.INTERNAL
        history = histories.get(path)
        articles[path] = ArticleSummary(
            slug=slugs[path],
            title=front_matter.title,
            kind=front_matter.kind,
            state=state,
            collection=by_folder[folder].slug,
            path=path,
            summary=front_matter.summary,
            tags=front_matter.tags,
            aliases=_claim_aliases(path, front_matter, aliases, problems),
            questions=front_matter.questions,
            regression_queries=front_matter.regression_queries,
            regression_lines=front_matter.regression_lines,
            number=_claim_number(path, front_matter, numbers, problems),
            related=front_matter.related,
            product=front_matter.product,
            language=front_matter.language or default_language,
            reviewed=front_matter.reviewed,
            review_by=front_matter.review_by,
            effective_from=front_matter.effective_from,
            effective_until=front_matter.effective_until,
            created_at=history.created_at if history else None,
            updated_at=history.updated_at if history else None,
            authors=history.authors if history else (),
            boost=front_matter.boost,
            topic=front_matter.topic,
            series=front_matter.series,
            part=front_matter.part,
            extra=front_matter.extra,
        )
    problems += _check_together(articles, front_matters, today)
    return Arrangement(articles, collections, tuple(problems), rejected)


def build_collections(
    folders: Sequence[str], documents: Mapping[str, YamlDocument], texts: Mapping[str, str]
) -> tuple[list[Collection], list[Problem]]:
    """The collections of all folders that hold articles, parents before children, in order.

    ``documents`` are the ``_collection.yml`` by folder, ``texts`` the rendered own text.
    """
    problems: list[Problem] = []
    slugs: dict[str, str] = {"": ""}
    taken: set[str] = set()
    found: dict[str, Collection] = {}
    for folder in sorted(folders, key=lambda f: (f.count("/"), f)):
        parent, _, name = folder.rpartition("/")
        slug = _collection_slug(folder, slugs.get(parent, ""), name, taken, problems)
        slugs[folder] = slug
        reader = FieldReader(documents.get(folder, YamlDocument(_settings_path(folder), {})))
        collection = Collection(
            slug=slug,
            name=reader.text("name") or (_prettify(name) if folder else "Articles"),
            description=reader.text("description"),
            order=1000 if (order := reader.whole("order")) is None else order,
            icon=reader.text("icon"),
            internal=_is_internal(reader),
            path=folder,
            html=texts.get(folder, ""),
        )
        reader.report_unknown()
        problems += reader.problems
        found[folder] = collection
    return _in_order(found), problems


def _is_internal(reader: FieldReader) -> bool:
    # Whoever wrote something else than false meant to hide the folder: what is hidden by
    # mistake can be shown later, what was shown cannot be taken back.
    known = len(reader.problems)
    return reader.flag("internal") or len(reader.problems) > known


def _collection_slug(
    folder: str, parent: str, name: str, taken: set[str], problems: list[Problem]
) -> str:
    if not folder:
        return ""
    base = slugify(name) or sha1(name.encode(), usedforsecurity=False).hexdigest()[:8]
    slug = candidate = f"{parent}/{base}" if parent else base
    count = 1
    while candidate in taken:
        count += 1
        candidate = f"{slug}-{count}"
    if candidate != slug:
        problems.append(
            Problem(
                _settings_path(folder),
                0,
                "same-collection-slug",
                Severity.WARNING,
                f"the folder {folder!r} would get the address of another one; it gets {candidate!r}",
                "rename one of the folders",
            )
        )
    taken.add(candidate)
    return candidate


def _in_order(found: Mapping[str, Collection]) -> list[Collection]:
    children: dict[str, list[Collection]] = defaultdict(list)
    for folder, collection in found.items():
        if folder:
            children[folder.rpartition("/")[0]].append(collection)
    ordered: list[Collection] = [found[""]] if "" in found else []

    def visit(folder: str) -> None:
        for child in sorted(children[folder], key=lambda c: (c.order, c.name.casefold(), c.slug)):
            ordered.append(child)
            visit(child.path)

    visit("")
    return ordered


def internal_folders(by_folder: Mapping[str, Collection]) -> set[str]:
    """Folders that are for staff only, since they or one above them is marked so."""
    marked = [folder for folder, collection in by_folder.items() if collection.internal]
    return {
        folder
        for folder in by_folder
        if any(folder == top or folder.startswith(f"{top}/") or not top for top in marked)
    }


def _assign_slugs(
    front_matters: Mapping[str, FrontMatter], holders: Mapping[str, str], problems: list[Problem]
) -> tuple[dict[str, str], dict[str, Problem]]:
    slugs: dict[str, str] = {}
    owners: dict[str, str] = {}
    rejected: dict[str, Problem] = {}
    by_stem: dict[str, list[str]] = defaultdict(list)
    for path in sorted(
        front_matters, key=lambda path: (holders.get(front_matters[path].slug) != path, path)
    ):
        wanted = front_matters[path].slug
        if not wanted:
            by_stem[_stem_slug(path)].append(path)
        elif wanted in owners:
            line = front_matters[path].lines.get("slug", 0)
            rejected[path] = Problem(
                path,
                line,
                "duplicate-slug",
                Severity.ERROR,
                f"the slug {wanted!r} is also that of {owners[wanted]}",
                "choose another slug in one of the two files",
                "slug",
            )
        else:
            slugs[path], owners[wanted] = wanted, path
    for stem, paths in by_stem.items():
        for path in paths:
            slug = stem
            if len(paths) > 1 or stem in owners:
                slug = _slug_with_folder(path, stem, owners)
                other = next((p for p in paths if p != path), owners.get(stem, ""))
                problems.append(
                    Problem(
                        path,
                        0,
                        "same-file-name",
                        Severity.WARNING,
                        f"has the same file name as {other}; its address becomes {slug!r}",
                        "rename one of the files, or set `slug:`",
                    )
                )
            slugs[path] = slug
            if len(paths) > 1 or slug != stem:
                owners[slug] = path
        if len(paths) == 1:
            owners.setdefault(slugs[paths[0]], paths[0])
    return slugs, rejected


def _stem_slug(path: str) -> str:
    name = path.rpartition("/")[2]
    stem = slugify(name[: name.rfind(".")])
    return (
        stem
        or f"article-{sha1(path.encode('utf-8', 'surrogateescape'), usedforsecurity=False).hexdigest()[:8]}"
    )


def _slug_with_folder(path: str, stem: str, owners: Mapping[str, str]) -> str:
    folder = slugify(path.rpartition("/")[0])
    slug = candidate = f"{folder}-{stem}" if folder else stem
    count = 1
    while candidate in owners:
        count += 1
        candidate = f"{slug}-{count}"
    return candidate


def _claim_aliases(
    path: str, front_matter: FrontMatter, taken: dict[str, str], problems: list[Problem]
) -> tuple[str, ...]:
    claimed: list[str] = []
    for alias in front_matter.aliases:
        owner = taken.setdefault(alias, path)
        if owner == path and alias not in claimed:
            claimed.append(alias)
        elif owner != path:
            problems.append(
                Problem(
                    path,
                    front_matter.lines.get("aliases", 0),
                    "alias-taken",
                    Severity.WARNING,
                    f"the alias {alias!r} already leads to {owner}",
                    "remove it from one of the two files",
                    "aliases",
                )
            )
    return tuple(claimed)


def _claim_number(
    path: str, front_matter: FrontMatter, taken: dict[int, str], problems: list[Problem]
) -> int | None:
    number = front_matter.number
    if number is None or taken.setdefault(number, path) == path:
        return number
    problems.append(
        Problem(
            path,
            front_matter.lines.get("number", 0),
            "duplicate-number",
            Severity.WARNING,
            f"the article number {number} is already that of {taken[number]}; this article is shown without",
            "give it a number of its own",
            "number",
        )
    )
    return None


def _check_together(
    articles: Mapping[str, ArticleSummary], front_matters: Mapping[str, FrontMatter], today: date
) -> list[Problem]:
    problems: list[Problem] = []
    slugs = {article.slug for article in articles.values()}
    unknown: dict[str, list[str]] = defaultdict(list)
    for path, article in articles.items():
        lines = front_matters[path].lines
        for slug in article.related:
            if slug not in slugs:
                problems.append(
                    Problem(
                        path,
                        lines.get("related", 0),
                        "unknown-related",
                        Severity.WARNING,
                        f"related: there is no article {slug!r}",
                        "use the slug of an article",
                        "related",
                    )
                )
        if article.review_by and article.review_by < today and article.state is not State.ARCHIVED:
            problems.append(
                Problem(
                    path,
                    lines.get("review_by", 0),
                    "review-overdue",
                    Severity.WARNING,
                    f"was to be reviewed by {article.review_by}",
                    "review it, then set `reviewed:` and a new `review_by:`",
                    "review_by",
                )
            )
        for key in article.extra:
            unknown[key].append(path)
    for key, paths in sorted(unknown.items()):
        more = f" (and in {len(paths) - 1} more)" if len(paths) > 1 else ""
        problems.append(
            Problem(
                paths[0],
                front_matters[paths[0]].lines.get(key, 0),
                "unknown-key",
                Severity.WARNING,
                f"the key `{key}` is not known{more}; it is kept",
                "correct its spelling, or leave it if another tool uses it",
                key,
            )
        )
    return problems


def _settings_path(folder: str) -> str:
    return f"{folder}/_collection.yml" if folder else "_collection.yml"


def _prettify(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:] if words.islower() else words
