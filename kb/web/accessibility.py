"""The accessibility statement: what is tested, when, and what is known not to work.

The tests read what they test from here (``tests/browser/test_accessibility.py`` and
``test_journeys_by_keyboard.py``), so the page cannot promise what no test looks at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template

from kb.web.contact_cards import find_card
from kb.web.page_cache import cached_page
from kb.web.translation import gettext as _

blueprint = Blueprint("accessibility", __name__)

TESTED_ON = date(2026, 11, 27)
"""Day of the last run of all combinations with a review of what the checker leaves open."""
CHECKER = "axe-core 4.12.1"
CHECKER_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (1280, 360, 320)
SCHEMES = ("light", "dark", "forced")
STATES = ("default", "error", "empty", "long")
JOURNEYS = ("search", "contact", "vote", "triage", "publish")


@dataclass(frozen=True, slots=True)
class Statement:
    """The lists of the page, in the language of the interface."""

    schemes: Sequence[str]
    states: Sequence[str]
    journeys: Sequence[str]
    limits: Sequence[str]


@blueprint.get("/accessibility")
def statement() -> Response:
    """What was tested, how, the known limits, and whom to tell about a barrier."""
    card = find_card()
    return cached_page(
        lambda: render_template(
            "help_center/accessibility.html",
            statement=build_statement(),
            tested_on=TESTED_ON,
            checker=CHECKER,
            widths=WIDTHS,
            card=card,
        ),
        card and (card.status, card.reply),
    )


def build_statement() -> Statement:
    """Words for what the constants name; a name without words is an error."""
    schemes = {
        "light": _("light colours"),
        "dark": _("dark colours"),
        "forced": _("colours that the system forces"),
    }
    states = {
        "default": _("as they usually are"),
        "error": _("after a mistake in a form"),
        "empty": _("with nothing to show"),
        "long": _("with very long words"),
    }
    journeys = {
        "search": _("search and open an article"),
        "contact": _("find nothing, and reach the people who can help"),
        "vote": _("say that an article did not help, and why"),
        "triage": _("for staff: sign in and decide about an unanswered question"),
        "publish": _("for staff: write a draft and publish it"),
    }
    return Statement(
        schemes=[schemes[name] for name in SCHEMES],
        states=[states[name] for name in STATES],
        journeys=[journeys[name] for name in JOURNEYS],
        limits=_list_limits(),
    )


def _list_limits() -> Sequence[str]:
    return (
        _("Suggestions while typing need JavaScript; searching does not."),
        _("Wide tables scroll inside their frame on small screens; the arrow keys move them."),
        _("Pictures and attached files are described as well as their authors described them."),
        _(
            "What screen readers are told is tested in Chromium, not with every screen reader there is."
        ),
        _("No test replaces people: this version was not yet tried by people with disabilities."),
    )
