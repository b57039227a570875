"""The real application on the demo content, with a few routes of the tests' own."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flask import Flask, request
from werkzeug.exceptions import BadRequest

from kb.accounts.models import Permission
from kb.accounts.rate_limits import RateLimiter
from kb.accounts.service import AccountService
from kb.app_factory import create_app
from kb.bootstrap.services import build_services
from kb.clock import Clock
from kb.config import load_settings
from kb.web.security import check_form_token, client_address, make_form_token
from kb.web.sign_in import requires


def build_app(
    accounts: AccountService,
    limiter: RateLimiter,
    clock: Clock,
    index_dir: Path,
    database: Path,
    environ: Mapping[str, str],
) -> Flask:
    settings = replace(
        load_settings({"KB_SECRET_KEY": "a key for tests", **environ}),
        index_dir=index_dir,
        database=database,
    )
    services = replace(build_services(settings, clock), accounts=accounts, rate_limiter=limiter)
    app = create_app(services)
    _add_routes(app)
    return app


def _add_routes(app: Flask) -> None:
    @app.get("/test/token")
    def token():
        return make_form_token("vote:kettle")

    @app.post("/test/vote")
    def vote():
        if not check_form_token("vote:kettle", request.form.get("token", "")):
            raise BadRequest
        return "counted"

    @app.get("/test/address")
    def address():
        return f"{client_address()} at {request.host}"

    @app.get("/test/accounts")
    @requires(Permission.MANAGE_ACCOUNTS)
    def manage():
        return "all accounts"
