"""Finds text for people that no catalog sees: in Python, in scripts of pages.

Text is what two words and a space give away, so a single word is seen only where it can be
nothing else: as what is flashed, refused with or set on an element.
"""

import ast
import re
from collections.abc import Iterator

TRANSLATORS = frozenset(("_", "gettext", "ngettext"))
DESCRIBED = frozenset(("InvalidInput", "ChangedMeanwhile", "ChangeRefused", "TrialError"))
"""Errors whose message a view translates (``describe_error``)."""
_FOR_LOGS = frozenset(("debug", "info", "warning", "error", "exception", "critical"))
_SHOWN = {
    "flash": 0, "BadRequest": 0, "ValidationError": 0, "abort": 1, "make_response": 0,
    "FormError": 1,
}  # fmt: skip
"""Calls whose argument at this place is read by people."""
_SHOWN_KEYWORDS = frozenset(("description", "message", "title", "label", "text"))
_PROSE = re.compile(r"[A-Za-z’']{2,}[,:;]? [A-Za-z(“]")
_CODE = re.compile(r"[<>{}=;]|^[a-z]|\*/")
"""Markup, headers, style sheets, types; and what begins small is for operators and programs."""


def find_in_python(source: str) -> list[str]:
    """``line: text`` of each text of a view that goes past the catalogs."""
    tree = ast.parse(source)
    settled = set(_settled(tree))
    found = {
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in settled
        and _PROSE.search(node.value)
        and not _CODE.search(node.value)
    }
    found |= set(_bare_arguments(tree))
    return [f"{line}: {text}" for line, text in sorted(found)]


def find_built_messages(source: str) -> list[str]:
    """Errors for people whose message is put together, so that no catalog can have it."""
    return [
        f"{call.lineno}: {ast.unparse(call.args[0])}"
        for call in _calls(ast.parse(source))
        if _name(call) in DESCRIBED and call.args and _is_built(call.args[0])
    ]


def find_in_script(source: str) -> list[str]:
    """Text in a script of the pages; the pages have to hand over what it says."""
    code = _SELECTOR.sub("", _COMMENT.sub(lambda m: m["string"] or "", source))
    code = _PLACEHOLDER.sub("", code)
    spoken = [m["text"] for m in _SPOKEN.finditer(code) if re.search(r"[A-Za-z]{2}", m["text"])]
    prose = [m[0][1:-1] for m in _STRING.finditer(code) if _PROSE.search(m[0])]
    return [*spoken, *(text for text in prose if text not in spoken)]


_STRING = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""")
_COMMENT = re.compile(rf"(?P<string>{_STRING.pattern})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_SELECTOR = re.compile(
    rf"(?:querySelector(?:All)?|closest|matches)\((?:{_STRING.pattern})\)"
    rf"|className = (?:{_STRING.pattern})"
)
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
_QUOTED = r"""["'`](?P<text>[^"'`\n]*)["'`]"""
_SPOKEN = re.compile(
    r"(?:\.(?:textContent|innerText|title|placeholder|alt|ariaLabel)\s*=\s*"
    r"""|setAttribute\(\s*["'](?:aria-label|title|alt|placeholder)["'],\s*"""
    rf"|(?:alert|confirm|prompt|append)\(\s*){_QUOTED}"
)


def _settled(tree: ast.AST) -> Iterator[ast.AST]:
    """Constants that are translated, logged, or documentation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
    for call in _calls(tree):
        if _name(call) in TRANSLATORS | DESCRIBED | _FOR_LOGS:
            for argument in call.args:
                yield from ast.walk(argument)


def _bare_arguments(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for call in _calls(tree):
        place = _SHOWN.get(_name(call))
        if place is None:
            continue
        shown = [*call.args[place : place + 1]]
        shown += [k.value for k in call.keywords if k.arg in _SHOWN_KEYWORDS]
        for value in shown:
            if isinstance(value, ast.JoinedStr | ast.Constant) and re.search(
                r"[A-Za-z]{2}", text := _text_of(value)
            ):
                yield value.lineno, text


def _text_of(value: ast.JoinedStr | ast.Constant) -> str:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return "".join(str(p.value) for p in parts if isinstance(p, ast.Constant))


def _is_built(message: ast.expr) -> bool:
    if isinstance(message, ast.IfExp):
        return _is_built(message.body) or _is_built(message.orelse)
    return isinstance(message, ast.JoinedStr | ast.BinOp)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
