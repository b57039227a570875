"""What a customer narrowed a search down to: read from the address, shown, and undone.

The fields are ordinary form fields of the search form, so they work without JavaScript
and stay in addresses that people send each other.  A value that means nothing (any
more) narrows nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import request

from kb.content.models import Collection, Kind
from kb.search.filters import SearchFilters
from kb.web.audience import audience
from kb.web.services import generation
from kb.web.translation import gettext as _

FIELDS = ("collection", "kind", "product")
"""Names of the form fields, of the API's parameters and of the fields of ``SearchFilters``."""
MAX_PRODUCTS = 100
"""Most to choose from: a list that is longer is searched, not read, and makes every page large."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a field may take."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A form field with its values; ``chosen`` is empty when it narrows nothing."""

    name: str
    label: str
    anything: str
    """What the choice of no value is called."""
    choices: tuple[Choice, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that was chosen, in words, and the address of the same search without it."""

    label: str
    name: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters of one results page; every address it makes keeps them."""

    text: str
    filters: SearchFilters
    exact: bool

    def fields(self) -> tuple[Field, ...]:
        """The fields that can narrow anything here."""
        fields = (
            Field("collection", _("Topic"), _("All topics"), self._collections(), self.collection),
            Field("kind", _("Type of article"), _("All types"), _list_kinds(), self.filters.kind),
            Field("product", _("Product"), _("All products"), self._products(), self.product),
        )
        return tuple(f for f in fields if f.chosen or len(f.choices) > (f.name != "product"))

    def chosen(self, fields: Iterable[Field]) -> tuple[Chosen, ...]:
        """What was chosen in ``fields()``, with the way back for each."""
        return tuple(
            Chosen(field.label, choice.name, self._url_without(field.name))
            for field in fields
            for choice in field.choices
            if field.chosen and choice.value == field.chosen
        )

    def url(self, text: str, *, exact: bool = False) -> str:
        """The address of another search among the same articles."""
        return _search_url(text, exact, self._values())

    def url_of_everything(self) -> str:
        """The address of the same search among all articles."""
        return _search_url(self.text, self.exact, {})

    @property
    def collection(self) -> str:
        """Slug of the collection that was chosen."""
        return self.filters.collection

    @property
    def product(self) -> str:
        """Slug of the product that was chosen."""
        return self.filters.product

    def _url_without(self, name: str) -> str:
        return _search_url(self.text, self.exact, {**self._values(), name: ""})

    def _values(self) -> dict[str, str]:
        return {name: getattr(self.filters, name) for name in FIELDS}

    def _collections(self) -> tuple[Choice, ...]:
        top = generation().library.list_subcollections("", audience())
        return tuple(choice for c in top if c.slug for choice in self._with_chosen_inside(c))

    def _with_chosen_inside(self, top: Collection) -> Iterator[Choice]:
        # Inner collections are too many for one list; the one that is searched must be in it.
        yield Choice(top.slug, top.name)
        if self.collection.startswith(f"{top.slug}/"):
            names = [c.name for c in generation().library.list_ancestors(self.collection)]
            yield Choice(self.collection, " › ".join(names))

    def _products(self) -> tuple[Choice, ...]:
        products = generation().library.list_products(audience())
        if len(products) > MAX_PRODUCTS:
            by_weight = sorted(products, key=lambda p: (p.slug != self.product, -p.articles))
            kept = {product.slug for product in by_weight[:MAX_PRODUCTS]}
            products = tuple(product for product in products if product.slug in kept)
        return tuple(Choice(product.slug, product.name) for product in products)


def read_narrowing(text: str, **given: str) -> Narrowing:
    """The filters that the request asks for, as far as they mean something.

    ``given`` are those of a page that is about a product, say, whatever its address asks for.
    """
    library, seen_by = generation().library, audience()
    asked = {name: request.args.get(name, "") for name in FIELDS} | given
    filters = SearchFilters(
        seen_by,
        asked["collection"] if library.find_collection(asked["collection"], seen_by) else "",
        asked["kind"] if asked["kind"] in library.list_kinds(seen_by) else "",
        asked["product"] if library.find_product(asked["product"], seen_by) else "",
    )
    return Narrowing(text, filters, exact=request.args.get("exact") == "1")


def kind_name(kind: Kind) -> str:
    """The kind of article as customers call it."""
    names = {
        Kind.FAQ: _("Frequently asked questions"),
        Kind.HOW_TO: _("How-to guides"),
        Kind.TROUBLESHOOTING: _("Troubleshooting"),
        Kind.REFERENCE: _("Reference"),
        Kind.POLICY: _("Policies"),
        Kind.BULLETIN: _("Service bulletins"),
    }
    return names[kind]


def _list_kinds() -> tuple[Choice, ...]:
    kinds = generation().library.list_kinds(audience())
    return tuple(Choice(kind.value, kind_name(kind)) for kind in kinds)


def _search_url(text: str, exact: bool, values: Mapping[str, str]) -> str:
    fields = {"q": text, **values, "exact": "1" if exact else ""}
    given = {name: value for name, value in fields.items() if value}
    return f"/search?{urlencode(given, quote_via=quote)}"
