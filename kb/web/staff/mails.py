"""What waits in the outbox and what could not be delivered, for administrators."""

from flask import render_template

from kb.accounts.models import Permission
from kb.mail.models import Channel
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint


@blueprint.get("/mails")
@requires(Permission.MANAGE_ACCOUNTS)
def mails() -> str:
    """Waiting messages with the last problem, and those that were given up."""
    outbox = services().outbox
    return render_template(
        "staff/mails.html",
        state=outbox.get_state(),
        can_send=any(outbox.can_send(channel) for channel in Channel),
    )
