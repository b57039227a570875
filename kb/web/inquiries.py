"""The contact form, and the page that tells where an inquiry stands."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.rate_limits import Action
from kb.contacts.models import Department
from kb.errors import DatabaseError, InvalidInput
from kb.inquiries.models import TO_ANSWER, NewInquiry, Tried
from kb.mail.address import parse_address
from kb.web import visits
from kb.web.contact_cards import find_card
from kb.web.directory import INQUIRY_PURPOSE, InquiryForm, find_article, show_contact
from kb.web.errors import note_failure
from kb.web.limits import check_limit
from kb.web.opening_hours import describe_due
from kb.web.security import check_form_token
from kb.web.services import generation, services

blueprint = Blueprint("inquiries", __name__, url_prefix="/contact")

_TRAP = "website"
"""A field that people do not see; who fills it in is a program."""


@blueprint.post("")
def send() -> AnyResponse:
    """Take an inquiry; what was typed is shown again when something is wrong with it."""
    if not services().inquiries.is_offered:
        abort(404)
    form = _read_form()
    if not check_form_token(INQUIRY_PURPOSE, request.form.get("token", "")):
        return show_contact(form, InvalidInput("This form had expired. Please send it again."), 400)
    try:
        address = parse_address(form.email)
        if not form.message.strip():
            raise InvalidInput("Write what you want to know.", "message")
        if request.form.get(_TRAP):
            return redirect("/contact/sent", 303)
        check_limit(Action.CONTACT)
        # A mailbox that has had its mails of the day gets no more; the message arrives all the same.
        is_full = services().rate_limiter.allow(Action.INQUIRY_MAIL, address.lower()) > 0
        inquiry = services().inquiries.send(
            _build(form), _find_department(form), confirms=not is_full
        )
    except InvalidInput as error:
        return show_contact(form, error, 422)
    except DatabaseError as error:
        note_failure(error)
        failed = InvalidInput("It could not be kept. Please send it again in a few minutes.")
        return show_contact(form, failed, 503)
    return redirect(f"/contact/inquiry/{inquiry.key}", 303)


@blueprint.get("/sent")
def sent() -> Response:
    """The message was taken: what programs are told, which get no page of their own."""
    return _page("help_center/inquiry.html", inquiry=None, due="")


@blueprint.get("/inquiry/<key>")
def inquiry(key: str) -> Response:
    """Where an inquiry stands, for whoever has its address."""
    found = services().inquiries.find_by_key(key)
    if found is None:
        abort(404)
    department = generation().directory.find(found.department)
    due = ""
    if department is not None and found.due_at is not None and found.status in TO_ANSWER:
        due = describe_due(department, found.due_at, services().clock.now())
    return _page("help_center/inquiry.html", inquiry=found, due=due)


def _read_form() -> InquiryForm:
    values = request.form
    return InquiryForm(
        question=values.get("q", ""),
        article=values.get("article", ""),
        name=values.get("name", ""),
        email=values.get("email", ""),
        message=values.get("message", ""),
        shares=bool(values.get("shares")),
    )


def _build(form: InquiryForm) -> NewInquiry:
    article = find_article(form.article)
    return NewInquiry(
        email=form.email,
        message=form.message,
        name=form.name,
        question=form.question,
        article=article.slug if article else "",
        tried=Tried(*visits.list_tried()) if form.shares else Tried(),
    )


def _find_department(form: InquiryForm) -> Department | None:
    chosen = generation().directory.find(request.form.get("department", ""))
    if chosen is not None:
        return chosen
    article = find_article(form.article)
    card = find_card(article.collection if article else "")
    return card.department if card else None


def _page(template: str, **values: object) -> Response:
    response = make_response(render_template(template, **values))
    response.headers["X-Robots-Tag"] = "noindex"
    # The address of the page is a key.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.cache_control.private = True
    response.cache_control.no_store = True
    return response
