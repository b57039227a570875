"""What the application may leave out because of how it is built."""

import inspect
from collections.abc import Iterable

import pytest
from jinja2 import Environment, pass_context, pass_environment, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from kb.web.application import QuickTemplate, TemplateContext, escape_quickly
from tests.conftest import RunningSite


def test_no_view_and_no_handler_is_a_coroutine(site: RunningSite) -> None:
    app = site.app
    handlers: list[object] = [*app.view_functions.values()]
    for by_blueprint in (
        app.before_request_funcs,
        app.after_request_funcs,
        app.teardown_request_funcs,
        app.template_context_processors,
    ):
        for functions in by_blueprint.values():
            handlers += functions
    for by_code in app.error_handler_spec.values():
        for by_class in by_code.values():
            handlers += by_class.values()
    handlers += app.teardown_appcontext_funcs
    assert len(handlers) > 100
    assert not [handler for handler in handlers if inspect.iscoroutinefunction(handler)]


def test_all_templates_have_the_globals_of_the_application(site: RunningSite) -> None:
    environment = site.app.jinja_env
    names: Iterable[str] = ("layout.html", "components.html", "help_center/search.html")
    assert all(environment.get_template(name).globals is environment.globals for name in names)
    apart = environment.get_template("skeleton.html", globals={"own": 1}).globals
    assert (apart["own"], apart["site"]) == (1, environment.globals["site"])
    assert "own" not in environment.globals


class Callables:
    """What a template may call besides functions and macros."""

    def __call__(self, word: str) -> str:
        return f"<object {word}>"

    @pass_context
    def method(self, context: Context, word: str) -> str:
        return f"<{context['known']} {word}>"


@pytest.mark.parametrize("autoescape", [True, False])
def test_templates_call_everything_as_with_jinja(autoescape: bool) -> None:
    @pass_context
    def with_context(context: Context, word: str) -> str:
        return f"<{context['known']} {context.get('inside')} {word}>"

    @pass_eval_context
    def with_eval_context(context: EvalContext, word: str, _end: str = "") -> str:
        return f"<{context.autoescape} {word}{_end}>"

    @pass_environment
    def with_environment(environment: Environment, word: str) -> str:
        return f"<{environment.autoescape} {word}>"

    def plain(*words: str, **values: str) -> str:
        return f"<{words} {values}>"

    source = """
    {%- macro twice(word) %}{{ plain(word) }}{{ caller(word) if caller else word }}{% endmacro -%}
    {% block body %}{% set inside = 1 %}
    {{ plain("a", end="b") }} {{ twice("&") }} {{ text.upper() }} {{ range(3)|list }}
    {{ with_context("c") }} {{ with_eval_context("d", _end="e") }} {{ with_environment("f") }}
    {{ object("g") }} {{ object.method("h") }} {{ dict(function="i", self="j") }}
    {% for word in "kl" %}{{ with_context(word) }}{{ plain(word) }}{% endfor %}
    {% call(word) twice("m") %}[{{ word }}]{% endcall %}
    {% endblock %}"""
    pages = []
    for kind in (Context, TemplateContext):
        environment = Environment(autoescape=autoescape)
        environment.context_class = kind
        environment.globals |= {
            "plain": plain, "with_context": with_context, "with_eval_context": with_eval_context,
            "with_environment": with_environment, "object": Callables(),
        }  # fmt: skip
        pages.append(environment.from_string(source).render(known="k", text="n"))
    assert pages[0] == pages[1]
    assert "&" in pages[0]


class Html:
    """What says itself how it is shown."""

    def __html__(self) -> str:
        return "<b>&</b>"


@pytest.mark.parametrize(
    "value",
    ["<a> & 'b' \"c\"", Markup("<a> &amp;"), "", "<" * 101, 1, True, 1.0, None, ["<"], Html()],
)
def test_escaping_quickly_gives_the_same_however_often(value: object) -> None:
    for _ in range(2):
        found = escape_quickly(value)
        assert (type(found), found) == (Markup, escape(value))


def test_templates_escape_the_same_quickly() -> None:
    source = """
    {%- macro mark(word) %}<mark>{{ word }}</mark>{% endmacro -%}
    {% set heading %}<h1>{{ text }}</h1>{% endset %}
    {% block body %}{{ text }} {{ text|safe }} {{ mark(text) }} {{ heading }} {{ html }}
    {{ text ~ html }} {{ [text] }} {{ missing }} {% filter upper %}{{ text }}{% endfilter %}
    {% autoescape false %}{{ text }}{% endautoescape %}{% endblock %}"""
    pages = []
    for kind in (QuickTemplate, Environment.template_class):
        environment = Environment(autoescape=True)
        environment.template_class = kind
        template = environment.from_string(source)
        assert ("quickly" in template.root_render_func.__globals__["escape"].__name__) == (
            kind is QuickTemplate
        )
        pages.append(template.render(text="<&>", html=Markup("<i>&amp;</i>")))
    assert pages[0] == pages[1]
    assert "<mark>&lt;&amp;&gt;</mark>" in pages[0]
