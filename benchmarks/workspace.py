"""A content folder of a given size, what is published from it, and the settings to run on it.

Everything lies below ``build/bench/``, which git ignores.  The content is a git
repository of its own, as a company's would be, and is kept between runs.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import corpus

from kb.config import Settings, load_settings

KB = Path(sys.executable).with_name("kb")


@dataclass(frozen=True)
class Workspace:
    """The folders of one corpus size."""

    size: int
    folder: Path
    content: Path
    others: Mapping[str, str] = field(default_factory=dict)
    """Settings besides those of every run."""

    @property
    def environment(self) -> dict[str, str]:
        """The settings as environment variables, for processes."""
        return {
            "KB_CONTENT_DIR": str(self.content),
            "KB_INDEX_DIR": str(self.folder / "index"),
            "KB_DATABASE": str(self.folder / "instance" / "helpshelf.db"),
            "KB_RATE_LIMIT": "off",
            **self.others,
        }

    @property
    def settings(self) -> Settings:
        """The settings as values, for this process."""
        return load_settings(self.environment)

    def with_settings(self, others: Mapping[str, str]) -> "Workspace":
        """The same folders with other settings."""
        return replace(self, others=others)

    def process_environment(self) -> dict[str, str]:
        """The environment of a process: this one's, with no other ``KB_`` settings."""
        inherited = {name: value for name, value in os.environ.items() if name[:3] != "KB_"}
        return {**inherited, **self.environment}

    def publish(self, *options: str, embed: bool = False) -> tuple[float, dict[str, Any]]:
        """Run ``kb index`` as a process: seconds from start to end, and its report.

        Vectors only with ``embed``: all those of 5,000 articles take a quarter of an hour.
        """
        started = time.perf_counter()
        result = subprocess.run(
            [KB, "index", "--json", *options],
            env=self.process_environment() | {"KB_SEMANTIC": "on" if embed else "off"},
            cwd=corpus.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        if not result.stdout.startswith("{"):
            raise SystemExit(f"kb index failed:\n{result.stderr}")
        return seconds, json.loads(result.stdout)

    @contextmanager
    def changing_articles(self) -> Iterator["ArticleChanges"]:
        """Commit changes to articles for a while; all of them are gone afterwards."""
        start = _git(self.content, "rev-parse", "HEAD")
        try:
            yield ArticleChanges(self.content)
        finally:
            _git(self.content, "reset", "--quiet", "--hard", start)


class ArticleChanges:
    """Changes one article after the other and commits each."""

    def __init__(self, content: Path) -> None:
        self._content = content
        self._paths = sorted(content.glob("c*/*.md"))
        self._number = 0

    def commit_one(self) -> Path:
        """Add a sentence to the next article; articles far apart take turns."""
        path = self._paths[self._number * 397 % len(self._paths)]
        self._number += 1
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}\nThis was change {self._number}.\n", encoding="utf-8")
        _git(self._content, "commit", "--quiet", "--all", "--message", "One change")
        return path


def open_workspace(size: int, base: Path) -> Workspace:
    """Make the content, or find it as an earlier run made it; prints what it consists of."""
    content = base / f"content-{size}"
    report = corpus.write_corpus(content, size)
    print(report)
    if not (content / ".git").exists():
        _git(content, "init", "--quiet")
        _git(content, "add", "--all")
        _git(content, "commit", "--quiet", "--message", "All articles")
    else:
        _git(content, "reset", "--quiet", "--hard")  # an earlier run may have been killed
    folder = base / f"run-{size}"
    (folder / "instance").mkdir(parents=True, exist_ok=True)
    return Workspace(size, folder, content)


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.com")
    result = subprocess.run(
        ["git", *identity, "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return result.stdout.strip()
