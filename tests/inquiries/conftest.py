"""The site on the demo content with a real mail server, as for those who ask to be told."""

from tests.notifications.conftest import (
    BASE_URL,
    mail_server,
    mail_settings,
    read_mails,
    rows,
    told_site,
)

__all__ = ["BASE_URL", "mail_server", "mail_settings", "read_mails", "rows", "told_site"]
