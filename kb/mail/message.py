"""A message as mail programs read it; all headers are built by the standard library."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from kb.mail.models import Waiting


def build_email(waiting: Waiting, sender: Address) -> EmailMessage:
    """The mail with its headers, the same at every attempt.

    Raises:
        ValueError: a value does not fit into a header; nothing may be sent then.
    """
    message = waiting.message
    email = EmailMessage(policy=SMTP)
    email["From"] = sender
    email["To"] = Address(addr_spec=message.recipient)
    if message.reply_to:
        email["Reply-To"] = Address(addr_spec=message.reply_to)
    email["Subject"] = message.subject
    email["Date"] = waiting.posted_at
    email["Message-ID"] = waiting.message_id
    # Neither an absence note nor a ticket system shall answer a machine.
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "All"
    if message.unsubscribe_url:
        email["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email.set_content(message.body)
    return email


def parse_sender(text: str) -> Address:
    """``Name <mail@example.com>`` or the bare address.

    Raises:
        ValueError: it is not exactly one address.
    """
    from email.policy import default

    header = EmailMessage(policy=default)
    header["From"] = text
    addresses = header["From"].addresses
    if len(addresses) != 1 or header["From"].defects or "@" not in addresses[0].addr_spec:
        raise ValueError("use an address such as Help center <help@example.com>")
    found: Address = addresses[0]
    return found
