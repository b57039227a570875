"""How a view reaches the services and the generation that its request reads."""

from typing import cast

from flask import current_app, g

from kb.publishing.generation import Generation
from kb.services import Services


def services() -> Services:
    """The services of the running application."""
    return cast(Services, current_app.extensions["helpshelf"])


def generation() -> Generation:
    """The generation that this request reads: the same from its first line to its last.

    A publish may switch generations at any time; a page whose list and links came
    from two of them could point at articles that are gone.

    Raises:
        GenerationUnavailable: nothing usable has been published.
    """
    found: Generation | None = g.get("generation")
    if found is None:
        found = g.generation = services().generations.current()
    return found
