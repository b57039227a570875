"""A language that the interface can be shown in, and the choice among several."""

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from kb.errors import SettingsError
from kb.languages.catalogs import SOURCE_LANGUAGE, Catalog, find_code, load_catalog
from kb.languages.pseudo import PSEUDO_CHANGES


@dataclass(frozen=True, slots=True)
class Interface:
    """One language of the interface: for ``lang``, for texts, and for dates and numbers."""

    tag: str
    """As in ``lang`` and ``Accept-Language``: ``de``, ``en-GB``."""
    code: str
    """Of the catalog."""

    @property
    def catalog(self) -> Catalog:
        """Its texts."""
        return load_catalog(self.code)

    @property
    def locale(self) -> Locale:
        """How it writes dates, numbers and lists."""
        return find_locale(self.tag)

    @property
    def name(self) -> str:
        """Its name for those who speak it, with a capital as in a list: ``Español``."""
        return _find_name(self.tag)

    @property
    def direction(self) -> str:
        """Which way it is written, for ``dir``: ``ltr`` or ``rtl``."""
        return str(self.locale.text_direction)

    @property
    def is_pseudo(self) -> bool:
        """It is for tests, and nobody is offered it."""
        return self.code in PSEUDO_CHANGES


@lru_cache(maxsize=64)
def _find_name(tag: str) -> str:
    locale = find_locale(tag)
    name = locale.get_display_name(locale) or tag
    return name[:1].upper() + name[1:]


SOURCE = Interface(SOURCE_LANGUAGE, SOURCE_LANGUAGE)


@lru_cache(maxsize=64)
def find_locale(tag: str) -> Locale:
    """The conventions of a language; those of English when nobody knows it."""
    for name in (tag, tag.split("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return Locale(SOURCE_LANGUAGE)


@lru_cache(maxsize=32)
def list_interfaces(enabled: tuple[str, ...], site_language: str) -> tuple[Interface, ...]:
    """The languages to choose from; the first is the one for whoever chooses none.

    Args:
        enabled: tags from the settings.
        site_language: tag of the content; comes first if there is a catalog, and takes the
            place of the same language without region, so that ``en-GB`` writes its dates.
    """
    found: list[Interface] = []
    for tag in (site_language, *enabled):
        code = find_code(tag)
        if code is not None and code not in (other.code for other in found):
            found.append(Interface(tag, code))
    # Who speaks none of them is better served by words of the source than by no page.
    return tuple(found) or (SOURCE,)


def check_enabled(enabled: tuple[str, ...]) -> None:
    """Refuse a language that there is no catalog for.

    Raises:
        SettingsError: names it.
    """
    for tag in enabled:
        if find_code(tag) is None:
            raise SettingsError(
                f"KB_LANGUAGES names {tag!r}, but there is no translations/{tag}.po: "
                f"make it with `kb i18n update {tag}`, or take the language out."
            )
