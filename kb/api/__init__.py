"""The JSON API: what customers may see, and topics, drafts and inquiries for staff.

The public part always answers for the public audience, whoever asks, so that its answers
may be read from any origin.  The staff part knows its caller by a token in a header.  No
cookie is ever looked at.
"""

from kb.api.errors import PREFIX, answer_error
from kb.api.views import init_api

__all__ = ["PREFIX", "answer_error", "init_api"]
