"""What the application may leave out because of how it is built."""

import inspect
from collections.abc import Iterable

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
