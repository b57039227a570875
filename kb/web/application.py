"""Flask's application, quicker in what every request does many times."""

from collections.abc import Callable, Iterable, MutableMapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.templating import Environment
from jinja2 import Environment as JinjaEnvironment
from jinja2 import Template, pass_eval_context
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from werkzeug.routing import IntegerConverter, Map

from kb.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


_MARK = "jinja_pass_arg"
"""What Jinja's decorators leave at a function that takes more than it is given."""
_TAKES_EVAL_CONTEXT = getattr(pass_eval_context(lambda context: None), _MARK)

_ESCAPED_KEPT = 4_096
_LONGEST_KEPT = 100
"""Characters: labels, addresses and titles, which most of a page is made of."""


class TemplateContext(Context):
    """Calls what templates call mostly, plain functions and macros, without looking far.

    Jinja asks each time whether the function or its type takes the context, which costs 2 to 3
    microseconds: a results page has 160 calls.
    """

    def call(  # noqa: D102 - as there
        self,
        function: Callable[..., Any],
        /,
        *args: Any,  # noqa: ANN401
        **values: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        kind = type(function)
        mark = getattr(function, _MARK, None) if kind is FunctionType else None
        if kind is Macro or mark is _TAKES_EVAL_CONTEXT:
            args = (self.eval_ctx, *args)
        elif kind is not FunctionType or mark is not None:
            return super().call(function, *args, **values)
        # For functions that take the whole context.
        values.pop("_block_vars", None)
        values.pop("_loop_vars", None)
        return function(*args, **values)


_escape_kept = lru_cache(maxsize=_ESCAPED_KEPT)(escape)


def escape_quickly(value: object) -> Markup:
    """What ``markupsafe.escape`` gives, which takes a twentieth of the time of a page.

    Most of what pages show is the same from one to the next, and what is escaped already is not
    copied.
    """
    kind = type(value)
    if kind is str:
        text: str = value  # type: ignore[assignment]
        return _escape_kept(text) if len(text) <= _LONGEST_KEPT else escape(text)
    return value if kind is Markup else escape(value)  # type: ignore[return-value]


class QuickTemplate(Template):
    """A template that escapes quickly."""

    @classmethod
    def from_code(  # noqa: D102 - as there
        cls,
        environment: JinjaEnvironment,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        template = super().from_code(environment, code, globals, uptodate)
        # What templates are compiled to finds it by this name in its own module.
        template.root_render_func.__globals__["escape"] = escape_quickly
        return template


class TemplateEnvironment(Environment):
    """Gives all templates the same globals, since none has any of its own.

    Jinja keeps those of each template apart in a ``ChainMap``, which is copied for every template
    of a page and compared name by name at every import: a sixth of the time of an article page.
    """

    context_class = TemplateContext
    template_class = QuickTemplate

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template; nobody may change them once it is loaded."""
        return super().make_globals(d) if d else self.globals


class RowIdConverter(IntegerConverter):
    """``<int:…>`` in addresses: numbers as far as SQLite counts; beyond there is nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


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
