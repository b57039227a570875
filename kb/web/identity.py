"""The company's own look as a style sheet of this site: colours and a font, and its logo.

A sheet of its own and not an attribute of each page, so that the policy against inline
styles stays whole.  Its address changes with what it says.
"""

import hashlib
from collections.abc import Mapping

from flask import Blueprint, Flask, Response, request

from kb.content.models import Site
from kb.errors import GenerationUnavailable
from kb.web.current_site import site
from kb.web.services import generation

blueprint = Blueprint("identity", __name__)

_YEAR = 365 * 24 * 60 * 60


def init_identity(app: Flask) -> None:
    """Offer the sheet's address and the logo's to templates."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["identity_url"] = identity_url
    app.jinja_env.globals["logo"] = find_logo


@blueprint.get("/identity.css")
def style_sheet() -> Response:
    """What ``_site.yml`` changes of the look; empty when it changes nothing."""
    text = build_style_sheet(site(), _font_url())
    response = Response(text, content_type="text/css; charset=utf-8")
    if request.args.get("v") == _digest(text):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    else:
        response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def identity_url() -> str:
    """The sheet's address; empty when the look is the product's own."""
    text = build_style_sheet(site(), _font_url())
    return f"/identity.css?v={_digest(text)}" if text else ""


def find_logo() -> "dict[str, object] | None":
    """Address and size of the logo for the header, None without one."""
    try:
        found = generation().library.find_file(site().logo)
    except GenerationUnavailable:
        return None
    if found is None:
        return None
    return {"url": found.url, "width": found.width, "height": found.height}


def build_style_sheet(site: Site, font_url: str) -> str:
    """The rules. Colours are ``#`` and six digits by now, addresses the product's own."""
    light, dark = (_block(site.colors.get(name, {})) for name in ("light", "dark"))
    rules = [f":root {{{light}}}"] if light else []
    if dark:
        rules.append(f"@media (prefers-color-scheme: dark) {{ :root {{{dark}}} }}")
    if font_url:
        rules.append(
            f'@font-face {{ font-family: "Own"; src: url("{font_url}"); font-display: swap; }}'
        )
        rules.append(
            ':root { --font-body: "Own", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }'
        )
    return "\n".join([*rules, ""]) if rules else ""


def _block(properties: Mapping[str, str]) -> str:
    return "".join(f" --color-{name}: {value};" for name, value in properties.items())


def _font_url() -> str:
    try:
        found = generation().library.find_file(site().font)
    except GenerationUnavailable:
        return ""
    return found.url if found else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
