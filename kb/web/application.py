"""Flask's application, quicker in what every request does many times."""

from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.templating import Environment

from kb.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class TemplateEnvironment(Environment):
    """Gives all templates the same globals, since none has any of its own.

    Jinja keeps those of each template apart in a ``ChainMap``, which is copied for every template
    of a page and compared name by name at every import: a sixth of the time of an article page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template; nobody may change them once it is loaded."""
        return super().make_globals(d) if d else self.globals


class Application(Flask):
    """An application whose views and handlers are all plain functions."""

    jinja_environment = TemplateEnvironment

    def wsgi_app(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request; work in the background gives way meanwhile."""
        services: Services = self.extensions["helpshelf"]
        with services.generations.requests:
            return super().wsgi_app(environ, start_response)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: there is no coroutine to be told from it, some 20 times a page."""
        return func
