"""Everything about one product: who has it at hand looks for it by its name, not by topic."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template

from kb.content.models import ArticleSummary, Kind, Product
from kb.web.audience import audience
from kb.web.narrowing import kind_name, read_narrowing
from kb.web.page_cache import cached_page
from kb.web.pagination import Pages, page_number
from kb.web.services import generation

blueprint = Blueprint("products", __name__)

ARTICLES_PER_PAGE = 100
OFFERED = 24
"""Products on the home page: those with most articles; a longer list is a page of its own."""
_ORDER = (
    Kind.BULLETIN,
    Kind.TROUBLESHOOTING,
    Kind.HOW_TO,
    Kind.FAQ,
    Kind.REFERENCE,
    Kind.POLICY,
)
"""What cannot wait stands first."""


@dataclass(frozen=True, slots=True)
class KindGroup:
    """Articles of one kind, under its name."""

    name: str
    articles: tuple[ArticleSummary, ...]


def list_offered() -> tuple[Product, ...]:
    """The products with most articles, by name; none where there is no choice."""
    products = generation().library.list_products(audience())
    if len(products) < 2:
        return ()
    kept = sorted(products, key=lambda product: (-product.articles, product.name))[:OFFERED]
    return tuple(product for product in products if product in kept)


@blueprint.get("/products")
def products() -> Response:
    """All products that articles name."""
    found = generation().library.list_products(audience())
    if not found:
        abort(404)
    return cached_page(lambda: render_template("help_center/products.html", products=found))


@blueprint.get("/products/<slug>")
def product(slug: str) -> Response:
    """The articles for a product by kind, and a search among them."""
    library = generation().library
    found = library.find_product(slug, audience())
    if found is None:
        abort(404)
    articles = sorted(
        library.list_for_product(slug, audience()), key=lambda one: _ORDER.index(one.kind)
    )
    pages = Pages(page_number(), len(articles), ARTICLES_PER_PAGE)
    if pages.is_beyond:
        abort(404)
    return cached_page(
        lambda: render_template(
            "help_center/product.html",
            product=found,
            groups=_group(tuple(articles[pages.slice])),
            fields=read_narrowing("", product=slug).fields(),
            pages=pages,
        )
    )


def _group(articles: tuple[ArticleSummary, ...]) -> tuple[KindGroup, ...]:
    kinds = dict.fromkeys(article.kind for article in articles)
    return tuple(
        KindGroup(kind_name(kind), tuple(one for one in articles if one.kind is kind))
        for kind in kinds
    )
