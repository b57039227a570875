"""Reads ``_site.yml``: the help center's own name, links and choices."""

from zoneinfo import ZoneInfo

from kb.content.identity import read_colors
from kb.content.models import NavigationLink, Problem, Site
from kb.content.yaml_document import FieldReader, YamlDocument
from kb.text import slugify

_SAFE = ("/", "https://", "http://", "mailto:", "tel:")


def parse_site(document: YamlDocument) -> tuple[Site, list[Problem]]:
    """The site's identity; what is missing or wrong has a plain default."""
    reader = FieldReader(document)
    default = Site()
    navigation, header_problems = _links(reader, "navigation")
    footer, footer_problems = _links(reader, "footer")
    colors, color_problems = read_colors(reader)
    products, unnamed = _products(reader)
    site = Site(
        name=reader.text("name") or default.name,
        company=reader.text("company"),
        tagline=reader.text("tagline"),
        description=reader.text("description"),
        shop_url=reader.parsed("shop_url", _href, "an address such as https://shop.example.com")
        or "",
        language=reader.text("language") or default.language,
        timezone=reader.parsed("timezone", _zone, "a time zone such as Europe/Berlin")
        or default.timezone,
        country=reader.text("country").upper(),
        search_placeholder=reader.text("search_placeholder"),
        popular=reader.texts("popular"),
        problem=reader.text("problem"),
        navigation=navigation,
        footer=footer,
        colors=colors,
        logo=reader.text("logo").lstrip("/"),
        font=reader.text("font").lstrip("/"),
        products=products,
    )
    reader.report_unknown()
    return site, [*reader.problems, *header_problems, *footer_problems, *color_problems, *unnamed]


def _products(reader: FieldReader) -> tuple[dict[str, str], list[Problem]]:
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for child in reader.children("products"):
        product, name = (child.text(field, required=True) for field in ("product", "name"))
        if slugify(product) and name:
            names[slugify(product)] = name
        child.report_unknown()
        problems += child.problems
    return names, problems


def _links(reader: FieldReader, name: str) -> tuple[tuple[NavigationLink, ...], list[Problem]]:
    links: list[NavigationLink] = []
    problems: list[Problem] = []
    for child in reader.children(name):
        label = child.text("label", required=True)
        href = child.parsed("href", _href, "a path such as /directory, or an address")
        if not child.has("href"):
            child.report("missing-field", "href", "`href` is missing", "add `href:`")
        if label and href:
            links.append(NavigationLink(label, href))
        problems += child.problems
    return tuple(links), problems


def _href(text: str) -> str:
    if not text.startswith(_SAFE) or text.startswith("//") or "\\" in text:
        raise ValueError(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(text) from error
    return text
