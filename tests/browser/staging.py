"""Puts a help center into the situations that pictures and accessibility tests want to see."""

import shutil
from pathlib import Path

from playwright.sync_api import Page

from kb.content_changes.models import Author, FaqDraft
from kb.inquiries.models import NewInquiry, Status, Tried
from kb.services import Services
from tests.conftest import run_git

ADA = Author("Ada", "ada@example.com")
_EDIT = "/staff/drafts/edit?branch={}&path={}"
WRAPPING = _EDIT.format("faq/7-gift-wrapping", "orders/gift-wrapping.md")
CLASHING = _EDIT.format("faq/8-cards", "orders/greeting-cards.md")
LIVE = _EDIT.format("faq/9-boxes", "orders/boxes.md")

_POST = "HTMLFormElement.prototype.submit.call(form)"
_FORM = "const form = document.querySelector('[data-draft]');"
PREVIEW = f"() => {{ {_FORM} form.action = '/staff/drafts/preview'; {_POST}; }}"
PUBLISH = f"() => {{ {_FORM} form.action = '/staff/drafts/publish'; {_POST}; }}"
CONFLICT = f"""async () => {{ {_FORM}
  const theirs = new FormData(form);
  theirs.set('text', theirs.get('text') + 'Theirs of ' + Date.now() + '.\\n');
  await fetch(form.action, {{method: 'POST', body: theirs}});
  form.querySelector('[name=text]').value += 'Mine, and this line is longer than a phone is wide.\\n';
  {_POST};
}}"""
"""A colleague saves between opening and saving."""

IDENTITY = """\
name: Nordlicht Räder
company: Nordlicht Fahrradwerke
tagline: Wie können wir helfen?
shop_url: https://shop.example.com/
timezone: Europe/Berlin
country: DE
logo: nordlicht.svg
colors:
  light:
    accent: "#7a1f6b"
    link: "#5b2a86"
    hero: "#3b0f4a"
  dark:
    accent: "#e3a4d8"
    link: "#c9a7f2"
    hero: "#2a0b35"
"""
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="32" viewBox="0 0 96 32">'
    '<circle cx="16" cy="16" r="13" fill="none" stroke="#7a1f6b" stroke-width="4"/>'
    '<circle cx="80" cy="16" r="13" fill="none" stroke="#7a1f6b" stroke-width="4"/>'
    '<path d="M16 16h30l18-10 16 10" fill="none" stroke="#b45309" stroke-width="4"/></svg>'
)


def copy_into_git(content: Path, target: Path) -> Path:
    """A repository of its own, so that drafts leave nothing in that of the product."""
    shutil.copytree(content, target)
    run_git(target, "init", "-q")
    run_git(target, "add", "-A")
    run_git(target, "commit", "-q", "-m", "articles")
    return target


def write_identity(folder: Path) -> None:
    """A small help center with colours and logo of its own, and a series."""
    files = {
        "_site.yml": IDENTITY,
        "nordlicht.svg": LOGO,
        "repair/_collection.yml": "name: Reparieren\nicon: wrench\ndescription: Selbst gemacht.\n",
        "repair/index.md": "Alles, was man *selbst* reparieren kann.\n",
    }
    for number, name in enumerate(("Reifen", "Kette", "Bremse"), 1):
        files[f"repair/{number}.md"] = (
            f"---\ntitle: {name} wechseln\nkind: how-to\nseries: Das Rad im Winter\npart: {number}\n"
            f"slug: {name.lower()}\ntags: [winter]\n---\n> [!WARNING]\n> Erst absteigen.\n\n"
            "## Werkzeug\n\nEin `Schlüssel`.\n\n## Lösen\n\n1. Drehen.\n2. Ziehen.\n\n"
            "## Anbringen\n\n| Teil | Preis |\n|---|---|\n| Schlauch | 9 € |\n"
        )
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def start_drafts(services: Services, content: Path) -> None:
    """One that is being written, one that cannot be merged, one to publish."""
    for branch, path, title in (
        ("faq/7-gift-wrapping", "orders/gift-wrapping.md", "Do you wrap gifts?"),
        ("faq/8-cards", "orders/greeting-cards.md", "Can you add a card?"),
        ("faq/9-boxes", "orders/boxes.md", "Which boxes are there?"),
    ):
        text = (
            f'---\ntitle: "{title}"\nstate: draft\ntopic: 7\nquestions:\n  - "{title.lower()}"\n---\n'
            "Yes. Choose it [in the cart](cart.md).\n"
        )
        services.content_changes.start_draft(FaqDraft(path, text, branch, f"Draft: {title}\n"), ADA)
    # Somebody writes the same article on the published branch.
    (content / "orders" / "greeting-cards.md").write_text("---\ntitle: Cards\n---\nNo cards.\n")
    run_git(content, "add", "-A")
    run_git(content, "commit", "-q", "-m", "Cards")


def publish_draft(page: Page) -> str:
    """Publish the last of them; the path of the page that tells how it went."""
    page.goto(LIVE)
    with page.expect_navigation(url="**/published/**"):
        page.evaluate(PUBLISH)
    return "/" + page.url.split("/", 3)[3]


def leave_inquiries(services: Services) -> None:
    """Inquiries in every state, and reports about pages."""
    send, department = services.inquiries.send, None
    first = send(
        NewInquiry(
            "ben@example.com",
            "My kettle whistles in the key of F sharp.\n\nIs that covered by the warranty?",
            name="Ben Beispiel",
            question="kettle whistles",
            article="descale-a-kettle",
            tried=Tried(("kettle whistles", "kettle loud"), ("descale-a-kettle",)),
        ),
        department,
    )
    send(NewInquiry("c@example.com", "x" * 400, name="Y" * 60), department)
    answered = send(NewInquiry("dora@example.com", "Where is my parcel?"), department)
    services.inquiries.note(first.id, "Ask the workshop.", ADA.email)
    services.inquiries.reply(answered.id, "It is on its way.", ADA.email, solves=True)
    services.inquiries.handling.set_status(first.id, Status.OPEN, ADA.email)
    services.inquiries.handling.assign(first.id, ADA.email, ADA.email)
    for text in ("The second step names a button that is not there.", "z" * 300):
        services.page_reports.record_report("descale-a-kettle", text, "0" * 40)
