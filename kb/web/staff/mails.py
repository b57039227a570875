"""What waits in the outbox and what could not be delivered, for administrators."""

from flask import Response, render_template

from kb.accounts.models import Permission
from kb.mail.models import Channel
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.responses import download_list, wants_csv


@blueprint.get("/mails")
@requires(Permission.MANAGE_ACCOUNTS)
def mails() -> str | Response:
    """Waiting messages with the last problem, and those that were given up; these as CSV too."""
    outbox = services().outbox
    state = outbox.get_state()
    if wants_csv():
        rows = (
            (m.kind, m.channel.value, m.recipient, m.posted_at, m.given_up_at, m.problem)
            for m in state.given_up
        )
        header = ("kind", "channel", "recipient", "posted_at", "given_up_at", "problem")
        return download_list("given-up-mails", header, rows)
    return render_template(
        "staff/mails.html",
        state=state,
        can_send=any(outbox.can_send(channel) for channel in Channel),
    )
