"""A company with its help center as it would run: a bare repository, a database, a mail server."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from werkzeug.serving import make_server

from kb.accounts.models import Role
from kb.app_factory import create_app
from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.services import build_services
from kb.clock import FixedClock
from kb.config import Settings, load_settings, settings_environment
from kb.services import Services
from tests.conftest import ROOT, run_git
from tests.mail.servers import MailServer

EMAIL, PASSWORD = "ada@example.com", "four quiet blue kettles"
NAME = "Ada Writer"


@dataclass(frozen=True)
class Company:
    """Everything that the loop touches."""

    folder: Path
    """All files that are written lie below it."""
    settings: Settings
    services: Services
    clock: FixedClock
    mail: MailServer
    address: str
    """Where the help center is served."""

    @property
    def repository(self) -> Path:
        """The bare repository of the content."""
        return self.settings.content_dir

    def kb(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a ``kb`` command as the company's own computer would."""
        return _kb(self.settings, *arguments)

    def commit(self, path: str, text: str, message: str) -> None:
        """Change a file of the published branch as an editor does with git."""
        work = self.folder / "editor"
        shutil.rmtree(work, ignore_errors=True)
        run_git(self.folder, "clone", "-q", str(self.repository), str(work))
        (work / path).write_text(text, encoding="utf-8")
        run_git(work, "commit", "-q", "-a", "-m", message)
        run_git(work, "push", "-q", "origin", "HEAD:main")

    def list_files(self) -> Sequence[Path]:
        """All files that exist below the folder."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


@contextmanager
def open_company(folder: Path, clock: FixedClock, *, by_meaning: bool = False) -> Iterator[Company]:
    """Publish the demo content from a bare repository, and serve it over HTTP with mail."""
    work = folder / "first"
    shutil.copytree(ROOT / "articles", work)
    run_git(work, "init", "-q")
    run_git(work, "add", "-A")
    run_git(work, "commit", "-q", "-m", "articles")
    bare = folder / "content.git"
    run_git(folder, "clone", "-q", "--bare", str(work), str(bare))
    shutil.rmtree(work)
    mail = MailServer().start()
    settings = load_settings(
        {
            "KB_CONTENT_DIR": str(bare),
            "KB_CONTENT_REF": "main",
            "KB_INDEX_DIR": str(folder / "index"),
            "KB_DATABASE": str(folder / "instance" / "helpshelf.db"),
            "KB_BASE_URL": "https://help.example.com",
            "KB_SECRET_KEY": "only for this rehearsal",
            "KB_RATE_LIMIT": "off",
            "KB_SEMANTIC": "on" if by_meaning else "off",
            "KB_MAIL_FROM": "Fernhill Help <help@example.com>",
            "KB_SMTP_HOST": "127.0.0.1",
            "KB_SMTP_PORT": str(mail.port),
            "KB_SMTP_TLS": "off",
        }
    )
    build_publisher(settings, clock).publish()
    if by_meaning:
        computed = _kb(settings, "index")  # in a process of its own: it loads a model
        assert computed.returncode == 0, computed.stderr
    services = build_services(settings, clock)
    services.accounts.add(EMAIL, Role.EDITOR, PASSWORD, NAME)
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        yield Company(folder, settings, services, clock, mail, address)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        services.outbox.stop()
        services.generations.close()
        mail.stop()


def _kb(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from kb.cli.main import main; main()", *arguments]
    environment = settings_environment(settings) | {"PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
