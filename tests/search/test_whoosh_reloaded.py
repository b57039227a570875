"""The way back stays open: contract and scores hold on the other Whoosh distribution too."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

RELOADED = ROOT / ".build" / "whoosh-reloaded"


@pytest.mark.skipif(
    not (RELOADED / ".installed").exists(),
    reason="whoosh-reloaded is not installed in .build (make test does it)",
)
def test_the_contract_holds_on_whoosh_reloaded() -> None:
    environment = os.environ | {"PYTHONPATH": f"{RELOADED}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    which = [sys.executable, "-c", "import whoosh; print(whoosh.__file__)"]
    used = subprocess.run(which, env=environment, capture_output=True, text=True, check=True).stdout
    assert used.startswith(str(RELOADED)), "the other distribution must be the one that is tested"
    suite = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/search/test_engines.py",
        "tests/search/test_whoosh_ranking.py",
    ]
    result = subprocess.run(
        suite, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-3_000:]
