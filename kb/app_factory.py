"""Builds the web application: the only place that knows both the pages and the API."""

from pathlib import Path

from flask import Flask

from kb import api
from kb.bootstrap.services import build_services
from kb.config import load_settings
from kb.content.models import product_url
from kb.services import Services
from kb.web import (
    accessibility,
    account,
    articles,
    digest,
    directory,
    files,
    help_center,
    inquiries,
    machines,
    offline,
    page_reports,
    policy_changes,
    products,
    search,
    staff,
    tell_me,
)
from kb.web.application import Application, RowIdConverter
from kb.web.article_images import place_images
from kb.web.compiled_templates import init_compiled_templates
from kb.web.compression import init_compression
from kb.web.contact_cards import has_departments
from kb.web.errors import init_errors
from kb.web.formatting import init_formatting
from kb.web.heading_links import link_headings
from kb.web.help_center import article_language, collection_name
from kb.web.identity import init_identity
from kb.web.interface_language import init_interface_language
from kb.web.page_cache import init_page_cache
from kb.web.private_logs import init_private_logs
from kb.web.security import client_address, init_security
from kb.web.sign_in import init_sign_in
from kb.web.static_files import init_static_files
from kb.web.structured_data import init_structured_data
from kb.web.translation import gettext, ngettext, translate
from kb.web.turns import find_pause, init_turns
from kb.web.visits import init_visits

_ROOT = Path(__file__).resolve().parents[1]
_BLUEPRINTS = (
    help_center.blueprint,
    articles.blueprint,
    policy_changes.blueprint,
    products.blueprint,
    offline.blueprint,
    page_reports.blueprint,
    search.blueprint,
    directory.blueprint,
    inquiries.blueprint,
    accessibility.blueprint,
    machines.blueprint,
    files.blueprint,
    account.blueprint,
    staff.blueprint,
    tell_me.blueprint,
    digest.blueprint,
)


def create_app(services: Services | None = None) -> Flask:
    """The application, ready for a server.

    Args:
        services: what the pages work with; built from the environment's settings
            when omitted.

    Raises:
        SettingsError: a setting cannot work.
    """
    if services is None:
        services = build_services(load_settings())
    app = Application(
        "kb.web",
        template_folder=str(_ROOT / "templates"),
        static_folder=str(_ROOT / "static"),
    )
    app.extensions["helpshelf"] = services
    app.url_map.converters["int"] = RowIdConverter
    init_private_logs(services.search_log.redact)
    app.config["SECRET_KEY"] = services.secret_key
    services.outbox.deliver_in_background()
    # Keys of the API stand in the order in which they are documented.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # What is registered first sees the answer last: the guard of cookies has to come
    # after whatever sets them.
    init_compression(app)
    init_page_cache(app, (_ROOT / "templates", _ROOT / "static", _ROOT / "translations"))
    init_errors(app, api.answer_error, api.PREFIX)
    init_security(app)
    init_sign_in(app)
    init_visits(app)
    init_interface_language(app)
    init_turns(app)
    _init_templates(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    init_identity(app)
    api.init_api(app, client_address, find_pause)
    return app


def _init_templates(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = translate
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["collection_name"] = collection_name
    app.jinja_env.globals["article_language"] = article_language
    app.jinja_env.globals["has_departments"] = has_departments
    app.jinja_env.globals["is_tell_me_offered"] = tell_me.is_offered
    app.jinja_env.globals["tell_me_token"] = tell_me.form_token
    app.jinja_env.globals["offline_version"] = offline.offline_version
    app.jinja_env.globals["product_url"] = product_url
    app.jinja_env.globals["has_policies"] = articles.has_policies
    app.jinja_env.filters["link_headings"] = link_headings
    app.jinja_env.filters["place_images"] = place_images
    init_formatting(app)
    init_structured_data(app)
    init_static_files(app)
    # When all is chosen that templates are compiled by.
    folder = app.extensions["helpshelf"].settings.database.parent / "templates"
    init_compiled_templates(app, folder)
