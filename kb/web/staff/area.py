"""The staff area's blueprint; the views of each part register themselves on it."""

from flask import Blueprint

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
