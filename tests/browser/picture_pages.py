"""Which pages ``make screenshots`` takes, by the name of their picture."""

from collections.abc import Mapping

from tests.browser.staging import CLASHING, CONFLICT, PREVIEW, PUBLISH, WRAPPING

Pages = Mapping[str, str | tuple[str, str]]
"""A path; or a path and the script that brings the page into its state by sending a form."""


def submit(form: str) -> str:
    """The script that sends a form as it stands."""
    return f'() => HTMLFormElement.prototype.submit.call(document.querySelector("{form}"))'


PAGES: Pages = {
    "home": "/",
    "home-typed": "/",
    "results": "/search?q=vacuum+wont+charge",
    "results-opened": "/search?q=late+parcel",
    "results-narrowed": "/search?q=battery&kind=troubleshooting&product=fv-200",
    "corrected": "/search?q=vacum+wont+charge",
    "nothing-found": "/search?q=toaster",
    "tell-me": "/tell-me?q=toaster",
    "tell-me-sent": "/tell-me/sent",
    "search-opened": "/search",
    "collection": "/collections/troubleshooting",
    "article": "/articles/e-42-brew-unit-blocked",
    "article-with-picture": "/articles/descale-a-kettle",
    "policy": "/policies/warranty-policy",
    "policies": "/policies",
    "policy-changes": "/policies/warranty-policy/compare",
    "product": "/products/fc-45",
    "products": "/products",
    "bulletin": "/articles/fk-120-base-recall",
    "directory": "/directory",
    "contact": "/contact?q=can+I+get+a+discount",
    "contact-form": "/contact?article=descale-a-kettle",
    "contact-form-error": ("/contact", submit("form[action='/contact']")),
    "report": "/articles/descale-a-kettle/report",
    "thanks": "/articles/descale-a-kettle/thanks?helpful=no",
    "all-topics": "/collections/all",
    "whats-new": "/whats-new",
    "not-found": "/articles/kettle-manual",
    "withdrawn": "/articles/classic-app",
    "vote-refused": (
        "/articles/descale-a-kettle",
        "() => { document.querySelector('[data-vote] [name=token]').value = 'x';"
        " const yes = document.createElement('input'); yes.name = 'helpful'; yes.value = 'yes';"
        " const form = document.querySelector('[data-vote]'); form.append(yes); form.submit(); }",
    ),
    "sign-in": "/account/sign-in",
    "sign-in-error": ("/account/sign-in", submit("form[action$='sign-in']")),
    "accessibility": "/accessibility",
}
STAFF_PAGES: Pages = {
    "staff-overview": "/staff/",
    "staff-unanswered": "/staff/unanswered?assignee=&order=newest",
    "staff-topic": "/staff/unanswered/3",
    "staff-answering": "/staff/unanswered/3/answering",
    "staff-content": "/staff/content",
    "staff-relevance": "/staff/relevance",
    "staff-searches": "/staff/searches",
    "staff-quality": "/staff/quality",
    "staff-previews": "/staff/preview/",
    "staff-preview": "/staff/preview/trade-in",
    "staff-mails": "/staff/mails",
    "staff-mails-to-me": "/account/mails",
    "staff-keyboard": "/staff/keyboard",
    "staff-design": "/staff/design",
    "staff-password": "/account/password",
}
DRAFT_PAGES: Pages = {
    "staff-drafts": "/staff/drafts",
    "staff-draft": WRAPPING,
    "staff-draft-preview": (WRAPPING, PREVIEW),
    "staff-draft-conflict": (WRAPPING, CONFLICT),
    "staff-draft-unmergeable": (CLASHING, PUBLISH),
}
INQUIRY_PAGES: Pages = {
    "staff-overview-work": "/staff/",
    "staff-inquiries": "/staff/inquiries",
    "staff-inquiry": "/staff/inquiries/1",
    "staff-inquiry-long": "/staff/inquiries/2",
    "staff-inquiry-answered": "/staff/inquiries/3",
    "staff-inquiry-error": ("/staff/inquiries/1", submit("form[action$='/reply']")),
    "staff-reports": "/staff/reports",
}
IDENTITY_PAGES: Pages = {
    "home": "/",
    "results": "/search?q=Reifen",
    "collection": "/collections/repair",
    "series": "/articles/kette",
    "nothing-found": "/search?q=Toaster",
    "not-found": "/articles/fahrradklingel",
}
EMPTY_PAGES: Pages = {
    "staff-overview-empty": "/staff/",
    "staff-unanswered-empty": "/staff/unanswered",
    "staff-inquiries-empty": "/staff/inquiries",
    "staff-reports-empty": "/staff/reports",
    "staff-searches-empty": "/staff/searches",
    "staff-quality-empty": "/staff/quality",
    "staff-relevance-empty": "/staff/relevance",
    "staff-mails-empty": "/staff/mails",
}
OTHER_PAGES: Pages = {
    "home": "/",
    "results": "/search?q=how+do+I+install+a+library",
    "all-topics": "/collections/all",
    "nothing-found": "/search?q=toaster",
}
