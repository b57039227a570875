"""On whose behalf a page is made: a customer's, or a signed-in member of staff's."""

from flask_login import current_user

from kb.content.models import Audience


def audience() -> Audience:
    """``STAFF`` when somebody is signed in, else ``PUBLIC``."""
    return Audience.STAFF if current_user.is_authenticated else Audience.PUBLIC
