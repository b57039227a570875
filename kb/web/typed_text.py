"""What was written into a form that is refused: the page that says so gives it back.

Going back brings up an empty form where the browser was told to keep no page, as in the back
office, and nobody writes a long message twice.
"""

from flask import request
from werkzeug.exceptions import HTTPException

TEXT_FIELDS = ("comment", "message", "note", "reply", "text")
"""Names of all fields of several lines; nothing secret is written into one."""


def list_typed_texts() -> tuple[str, ...]:
    """The texts of the form in this request; none of a form that is too large to be read."""
    try:
        sent = [request.form.get(name, "") for name in TEXT_FIELDS]
    except HTTPException:
        return ()
    return tuple(text for text in sent if text.strip())
