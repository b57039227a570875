"""The real sign-in pages, guards and templates around two routes that stand for the rest."""

from pathlib import Path

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from kb.accounts.models import Permission
from kb.accounts.rate_limits import RateLimiter
from kb.accounts.service import AccountService
from kb.clock import Clock
from kb.config import load_settings
from kb.errors import GenerationUnavailable
from kb.services import Services
from kb.web import account
from kb.web.contact_cards import find_card
from kb.web.formatting import init_formatting
from kb.web.security import check_form_token, client_address, init_security, make_form_token
from kb.web.sign_in import init_sign_in, requires
from kb.web.static_files import init_static_files
from kb.web.translation import gettext, ngettext

ROOT = Path(__file__).resolve().parents[2]


class NothingPublished:
    """The generations of a fresh installation, where signing in has to work already."""

    def current(self):
        raise GenerationUnavailable("nothing has been published")


def make_app(accounts: AccountService, limiter: RateLimiter, clock: Clock, environ=None) -> Flask:
    app = Flask(
        "kb.web", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.extensions["helpshelf"] = Services(
        settings=load_settings(environ or {}),
        clock=clock,
        secret_key="a key for tests",
        generations=NothingPublished(),
        search_log=None,
        content_gaps=None,
        accounts=accounts,
        rate_limiter=limiter,
    )
    app.config["SECRET_KEY"] = "a key for tests"
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)
    app.jinja_env.globals["find_card"] = find_card
    init_formatting(app)
    init_static_files(app)
    init_security(app)
    init_sign_in(app)
    app.register_blueprint(account.blueprint)
    _add_routes(app)
    return app


def _add_routes(app: Flask) -> None:
    @app.get("/")
    def home():
        return make_form_token("vote:kettle")

    @app.post("/vote")
    def vote():
        if not check_form_token("vote:kettle", request.form.get("token", "")):
            raise BadRequest
        return "counted"

    @app.get("/address")
    def address():
        return f"{client_address()} at {request.host}"

    @app.route("/staff/", methods=["GET", "POST"])
    @requires(Permission.VIEW_REPORTS)
    def staff():
        return "the staff area"

    @app.get("/staff/accounts")
    @requires(Permission.MANAGE_ACCOUNTS)
    def manage():
        return "all accounts"
