"""The JSON API: what customers may see, for scripts and other sites.

It always answers for the public audience, whoever asks, so that its answers may be
read from any origin and no cookie can widen them.
"""

from kb.api.errors import PREFIX, answer_error
from kb.api.views import init_api

__all__ = ["PREFIX", "answer_error", "init_api"]
