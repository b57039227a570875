"""Branches and paths that come from an address: only those that can be a draft's."""

import re
import unicodedata

from kb.errors import InvalidInput

_BRANCH = re.compile(r"faq[/-][\w.-]+\Z")
_ENDINGS = (".md", ".markdown")
_MAX_PATH = 500


def checked_branch(text: str) -> str:
    """``text`` if it is the name of a draft's branch, such as ``faq/12-late-parcel``.

    Raises:
        InvalidInput: it is not, so it must not reach git.
    """
    if (
        len(text) > _MAX_PATH
        or not _BRANCH.match(text)
        or ".." in text
        or text.endswith((".", ".lock"))
    ):
        raise InvalidInput("That is not the branch of a draft.", "branch")
    return text


def checked_path(text: str) -> str:
    """``text`` if it is the path of an article below the content folder.

    Raises:
        InvalidInput: it is not.
    """
    parts = text.split("/")
    is_bad = (
        len(text) > _MAX_PATH
        or not text.lower().endswith(_ENDINGS)
        or any(part.startswith(".") or not part for part in parts)
        or any(unicodedata.category(c)[0] == "C" for c in text)
        or "\\" in text
    )
    if is_bad:
        raise InvalidInput("That is not the path of an article.", "path")
    return text
