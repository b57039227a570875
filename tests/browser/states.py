"""Every template in the states that it has: what the accessibility tests visit."""

from dataclasses import dataclass

from tests.browser.staging import CLASHING, CONFLICT, PREVIEW, PUBLISH, WRAPPING

SUBMIT = "document.querySelector('{}').submit()"


@dataclass(frozen=True)
class PageState:
    """A page to visit; ``script`` brings it into its state by sending a form."""

    path: str
    state: str = "default"
    script: str = ""


LONG = "x" * 190
CUSTOMER = (
    PageState("/"), PageState("/search"), PageState("/search?q=late+parcel"),
    PageState("/search?q=retrun+an+itme"), PageState("/search?q=xylophone", "empty"),
    PageState("/search?q=battery&collection=care&kind=how-to&product=fv-200"),
    PageState(f"/search?q={LONG}", "long"),
    PageState("/collections/all"), PageState("/collections/care"),
    PageState("/collections/troubleshooting"), PageState("/articles/descale-a-kettle"),
    PageState("/articles/error-codes"), PageState("/policies"),
    PageState("/products"), PageState("/products/fc-45"),
    PageState("/policies/warranty-policy/compare"),
    PageState("/policies/warranty-policy"), PageState("/directory"), PageState("/contact"),
    PageState("/contact?q=late+parcel"), PageState("/contact?article=descale-a-kettle"),
    PageState(f"/contact?q={LONG}", "long"), PageState("/whats-new"), PageState("/accessibility"),
    PageState("/articles/descale-a-kettle/thanks?helpful=no"),
    PageState("/articles/classic-app", "error"), PageState("/no/such-kettle-page", "error"),
    PageState(f"/articles/{LONG}", "long"), PageState("/account/sign-in"),
    PageState("/articles/descale-a-kettle/thanks?helpful=yes"),
    PageState("/articles/descale-a-kettle/report"),
    PageState("/articles/descale-a-kettle/report", "error", SUBMIT.format("form[action$=\"/report\"]")),
    PageState("/articles/fk-120-base-recall"), PageState("/search?q=vaccum+battry"),
    PageState("/articles/descale-a-kettle/vote?helpful=maybe", "error"),
    PageState("/account/sign-in", "error", SUBMIT.format("form[action$=\"sign-in\"]")),
)  # fmt: skip
NO_SPAN = "?since=2020-01-01&until=2020-01-02"
STAFF = (
    PageState("/staff/"), PageState(f"/staff/{NO_SPAN}", "empty"),
    PageState("/staff/?since=yesterday", "error"), PageState("/staff/searches"),
    PageState(f"/staff/searches{NO_SPAN}", "empty"), PageState("/staff/unanswered"),
    PageState(f"/staff/unanswered{NO_SPAN}", "empty"), PageState("/staff/quality"),
    PageState("/staff/quality?unhelpful=all", "long"),
    PageState(f"/staff/quality{NO_SPAN}", "empty"), PageState("/staff/relevance", "empty"),
    PageState("/staff/drafts"), PageState("/staff/preview/"), PageState("/staff/preview/trade-in"),
    PageState("/staff/unanswered/1"), PageState("/staff/unanswered/2", "long"),
    PageState("/staff/unanswered/1", "error", SUBMIT.format("form[action$=\"/ignore\"]")),
    PageState("/staff/unanswered/1/answering"),
    PageState("/staff/unanswered/1/answering", "error", SUBMIT.format("form.answering")),
    PageState("/staff/design", "long"), PageState("/staff/keyboard"),
    PageState("/staff/content"), PageState("/staff/reports", "empty"),
    PageState("/staff/inquiries", "empty"), PageState("/articles/descale-a-kettle/report"),
    PageState("/articles/escalation-matrix"), PageState("/collections/phone-notes"),
    PageState("/account/password"),
    PageState("/account/password", "error", SUBMIT.format("main form.form")),
)  # fmt: skip
DRAFTS = (
    PageState("/staff/drafts"), PageState(WRAPPING), PageState(WRAPPING, script=PREVIEW),
    PageState(WRAPPING, "error", CONFLICT), PageState(CLASHING, "error", PUBLISH),
)  # fmt: skip
INQUIRIES = (
    PageState("/staff/"), PageState("/staff/inquiries"), PageState("/staff/inquiries/1"),
    PageState("/staff/inquiries?status=all&assignee=nobody"),
    PageState("/staff/inquiries/2", "long"), PageState("/staff/inquiries/3"),
    PageState("/staff/inquiries/1", "error", SUBMIT.format("form[action$=\"/reply\"]")),
    PageState("/staff/reports"), PageState("/staff/mails"), PageState("/account/mails"),
    PageState("/contact"), PageState("/contact", "error", SUBMIT.format("form[action=\"/contact\"]")),
    PageState("/tell-me?q=toaster"),
    PageState("/tell-me?q=toaster", "error", SUBMIT.format("form[action=\"/tell-me\"]")),
    PageState("/tell-me/sent"),
)  # fmt: skip
OWN_COLORS = (
    PageState("/"), PageState("/search?q=Reifen"), PageState("/search?q=Toaster", "empty"),
    PageState("/collections/repair"), PageState("/articles/kette"), PageState("/whats-new"),
    PageState("/articles/fahrradklingel", "error"), PageState("/accessibility"),
)  # fmt: skip
