"""Fixtures that every test may use: real content, a real generation, a real site."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.app_factory import create_app
from kb.bootstrap.publishing import build_generations, build_publisher
from kb.bootstrap.services import build_services
from kb.clock import FixedClock
from kb.config import Settings, load_settings
from kb.publishing.generation import Generation
from kb.publishing.generations import Generations
from kb.services import Services

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Monday, 10 a.m. in New York, where the demo company's departments are open."""

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """An empty content folder."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


@pytest.fixture
def write(content: Path) -> Write:
    """Writes a file into the content folder: ``write("a/b.md", "text")``; bytes as they are."""

    def write_file(path: str, text: str | bytes = "") -> Path:
        file = content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write_file


@pytest.fixture
def settings(tmp_path: Path, content: Path) -> Settings:
    """Settings in which everything lies below the test's own folder."""
    return load_settings(
        {
            "KB_CONTENT_DIR": str(content),
            "KB_INDEX_DIR": str(tmp_path / "index"),
            "KB_DATABASE": str(tmp_path / "instance" / "helpshelf.db"),
            "KB_SECRET_KEY": "only for tests",
            "KB_RATE_LIMIT": "off",
            # Vectors take half a minute; tests of search by meaning make their own.
            "KB_SEMANTIC": "off",
        }
    )


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at ``NOW`` until a test moves it."""
    return FixedClock(NOW)


@pytest.fixture
def publish(settings: Settings, clock: FixedClock) -> Iterator[Callable[[], Generation]]:
    """Publishes the content folder and opens the generation, until the test ends."""
    opened: list[Generations] = []

    def run() -> Generation:
        build_publisher(settings, clock).publish()
        opened.append(build_generations(settings, clock))
        return opened[-1].current()

    yield run
    for generations in opened:
        generations.close()


@dataclass(frozen=True)
class RunningSite:
    """The whole product on published demo content."""

    app: Flask
    client: FlaskClient
    services: Services
    settings: Settings
    clock: FixedClock


@pytest.fixture(scope="session")
def demo_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own articles, published once for the whole run."""
    folder = tmp_path_factory.mktemp("demo") / "index"
    settings = replace(
        load_settings({"KB_LEARN": "off", "KB_SEMANTIC": "off"}),
        content_dir=ROOT / "articles",
        index_dir=folder,
    )
    build_publisher(settings, FixedClock(NOW)).publish()
    return folder


@pytest.fixture
def site(settings: Settings, demo_index: Path, clock: FixedClock) -> Iterator[RunningSite]:
    """The site on the demo content, with an empty database and the clock at ``NOW``."""
    on_demo = replace(settings, content_dir=ROOT / "articles", index_dir=demo_index)
    services = build_services(on_demo, clock)
    app = create_app(services)
    app.testing = True
    yield RunningSite(app, app.test_client(), services, on_demo, clock)
    services.generations.close()


@pytest.fixture(scope="session")
def awkward_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Content folder and index of a help center with all that content should not have."""
    from tests.awkward_content import write_awkward_content  # it needs this module

    folder = tmp_path_factory.mktemp("awkward")
    content, index = folder / "content", folder / "index"
    content.mkdir()
    write_awkward_content(content)
    settings = replace(
        load_settings({"KB_LEARN": "off", "KB_SEMANTIC": "off"}),
        content_dir=content,
        index_dir=index,
    )
    build_publisher(settings, FixedClock(NOW)).publish()
    return content, index


@pytest.fixture
def awkward(
    settings: Settings, awkward_folders: tuple[Path, Path], clock: FixedClock
) -> Iterator[RunningSite]:
    """The site on it, which can also be read from right to left."""
    content, index = awkward_folders
    chosen = replace(settings, content_dir=content, index_dir=index, languages=("ar-XB",))
    services = build_services(chosen, clock)
    app = create_app(services)
    app.testing = True
    yield RunningSite(app, app.test_client(), services, chosen, clock)
    services.generations.close()


def run_git(folder: Path, *arguments: str, at: str = "") -> str:
    """Run git in a test's own repository, with an identity and no configuration from outside."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada Writer",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada Writer",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }
    if at:
        environment |= {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    result = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return result.stdout
