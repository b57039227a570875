"""Finds every problem code that the product can report, by reading its source.

A code that is computed in a new way makes ``find_codes`` fail, so that none can be
added without the documentation noticing.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.content.links import Fate
from tests.conftest import ROOT

_PLACE_OF_CODE = {"Problem": 2, "report": 0, "_report": 0}
_PLACE_OF_SEVERITY = {"Problem": 3, "report": 4}
_FROM_FATE = "str(link.fate)"
_PASSED_ON = {
    # The two functions that build a Problem out of a code they were given.
    ("kb/content/yaml_document.py", "report"),
    ("kb/content/renderer.py", "_report"),
}


def find_codes() -> Mapping[str, set[str]]:
    """Every code with the severities that it is reported with."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "kb").rglob("*.py")):
        for code, severity in _codes_of(path):
            found.setdefault(code, set()).add(severity)
    return found


def _codes_of(path: Path) -> Iterator[tuple[str, str]]:
    name = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or (name, function.name) in _PASSED_ON:
            continue
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or _callee(call) not in _PLACE_OF_CODE:
                continue
            code = call.args[_PLACE_OF_CODE[_callee(call)]]
            for text in _values(code, function, f"{name}:{call.lineno}"):
                yield text, _severity(call)


def _callee(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _values(code: ast.expr, function: ast.FunctionDef, place: str) -> list[str]:
    if isinstance(code, ast.Constant):
        return [str(code.value)]
    if isinstance(code, ast.Name) and (assigned := list(_assigned(code.id, function))):
        return assigned
    if ast.unparse(code) == _FROM_FATE:
        return [str(fate) for fate in Fate if fate is not Fate.KEPT]
    raise AssertionError(
        f"{place}: this test cannot see which problem code `{ast.unparse(code)}` is: "
        "write it as a string, or teach tests/docs/problem_codes.py"
    )


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = (
                zip(target.elts, node.value.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else [(target, node.value)]
            )
            for left, right in pairs:
                if isinstance(left, ast.Name) and left.id == name:
                    assert isinstance(right, ast.Constant), ast.unparse(node)
                    yield str(right.value)


def _severity(call: ast.Call) -> str:
    place = _PLACE_OF_SEVERITY.get(_callee(call))
    given = [keyword.value for keyword in call.keywords if keyword.arg == "severity"]
    if place is not None and len(call.args) > place:
        given.append(call.args[place])
    if given:
        return ast.unparse(given[0]).rpartition(".")[2].lower()
    # FieldReader.report means an error unless told otherwise, the renderer always warns.
    return "error" if _callee(call) == "report" else "warning"
