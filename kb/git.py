"""Runs the git command safely: fixed environment, no hooks, no network, no user configuration.

The command is used instead of a library because one ``git log`` pass over 5,000 files
takes 0.26 s where pygit2 needs 5 s.  Every argument that comes from outside is checked
or placed behind ``--end-of-options`` / ``--``, since git reads options anywhere
(``git show --output=FILE`` writes a file).
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kb.errors import SourceError

TIMEOUT_SECONDS = 120
_TRANSPORTS = ("file", "git", "http", "https", "ssh")
"""What a push may use; ``ext`` and remote helpers run whatever their address says."""
_MAX_REASON = 1_000
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=10"
_REVISION = re.compile(r"[0-9a-f]{7,64}\Z")
_SAFE_CONFIG = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=off",
    "protocol.allow=never",
    "gc.auto=0",
    # The content may belong to another user than the server; nothing in it is executed.
    "safe.directory=*",
)


class Git:
    """The git repository that a folder lies in (or is, when bare)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: dict[str, str] | None = None,
    ) -> bytes:
        """The standard output of one git command.

        Raises:
            SourceError: git is missing, timed out or refused; with git's own words.
        """
        result = self._start(arguments, stdin, environment)
        if result.returncode != 0:
            words = result.stderr.decode("utf-8", "replace").strip().splitlines()
            raise SourceError(
                f"git {arguments[0]} failed in {self.folder}: "
                + (words[-1] if words else f"exit code {result.returncode}")
            )
        return result.stdout

    def try_run(self, *arguments: str) -> tuple[int, bytes, str]:
        """Exit code, output and last words of a command whose failure is an answer."""
        result = self._start(arguments, None, None)
        words = result.stderr.decode("utf-8", "replace").strip().splitlines()
        return result.returncode, result.stdout, words[-1] if words else ""

    def read_blobs(self, digests: Sequence[str]) -> list[bytes]:
        """The contents with these blob ids, in order, from one process."""
        request = "".join(f"{checked_revision(digest)}\n" for digest in digests).encode("ascii")
        output = self.run("cat-file", "--batch", stdin=request)
        blobs: list[bytes] = []
        position = 0
        for digest in digests:
            end = output.index(b"\n", position)
            header = output[position:end].split()
            if header[-1] == b"missing":
                raise SourceError(
                    f"The repository in {self.folder} lacks {digest}: run `git fsck`."
                )
            size = int(header[2])
            blobs.append(output[end + 1 : end + 1 + size])
            position = end + 1 + size + 1
        return blobs

    def succeeds(self, *arguments: str) -> bool:
        """Whether the command ends with exit code 0."""
        return self._start(arguments, None, None).returncode == 0

    @staticmethod
    def is_installed() -> bool:
        """Whether there is a git command."""
        return shutil.which("git") is not None

    def is_repository(self) -> bool:
        """Whether the folder lies in (or is) a git repository and git is installed."""
        return (
            self.is_installed() and self.folder.is_dir() and self.succeeds("rev-parse", "--git-dir")
        )

    def is_inside_git_dir(self) -> bool:
        """Whether the folder is a bare repository or a ``.git`` folder: there are no files to see."""
        return self.run("rev-parse", "--is-inside-git-dir").strip() == b"true"

    def top(self) -> Path:
        """The top of the work tree."""
        output = self.run("rev-parse", "--show-toplevel")
        return Path(output.decode("utf-8", "surrogateescape").rstrip("\n"))

    def prefix(self) -> str:
        """The folder's path below the top of the work tree, with a trailing slash; "" at the top."""
        output = self.run("rev-parse", "--show-prefix")
        return output.decode("utf-8", "surrogateescape").rstrip("\n")

    def find_commit(self, name: str) -> str | None:
        """The full commit id of a branch, tag or abbreviated id, None if there is none."""
        wanted = f"{name}^{{commit}}"
        result = self._start(
            ("rev-parse", "--verify", "--quiet", "--end-of-options", wanted), None, None
        )
        return result.stdout.decode("ascii").strip() if result.returncode == 0 else None

    def push(self, remote: str, branch: str, timeout: float) -> str:
        """Push a branch; why it did not work in git's own words, "" when it did.

        Nothing is ever forced, and git never asks for a password: credentials are those
        of the repository's own configuration and of the server's ssh.
        """
        refspec = f"refs/heads/{branch}:refs/heads/{branch}"
        return self._push(remote, refspec, (), timeout)

    def delete_remote(self, remote: str, branch: str, tip: str, timeout: float) -> str:
        """Delete a remote's branch if it is still at ``tip``; why it did not work, "" when it did."""
        lease = f"--force-with-lease=refs/heads/{branch}:{tip}"
        return self._push(remote, f":refs/heads/{branch}", (lease,), timeout)

    def find_remote_tips(self, remote: str, timeout: float) -> dict[str, str]:
        """The remote's branches with their commits.

        Raises:
            SourceError: it cannot be asked.
        """
        listing = self._talk(("ls-remote", "--heads", "--end-of-options", remote), timeout)
        if listing.returncode:
            raise SourceError(_push_refusal(listing))
        lines = listing.stdout.decode("utf-8", "replace").splitlines()
        pairs = (line.split("\t", 1) for line in lines if "\t" in line)
        return {name.removeprefix("refs/heads/"): tip for tip, name in pairs}

    def _push(self, remote: str, refspec: str, options: Sequence[str], timeout: float) -> str:
        arguments = ("push", "--porcelain", *options, "--end-of-options", remote, refspec)
        try:
            result = self._talk(arguments, timeout)
        except SourceError as error:
            return str(error)
        return "" if result.returncode == 0 else _push_refusal(result)

    def _talk(self, arguments: Sequence[str], timeout: float) -> subprocess.CompletedProcess[bytes]:
        """Run a command that speaks with a remote."""
        options = [f"protocol.{name}.allow=always" for name in _TRANSPORTS]
        options.append("core.askPass=")
        if not self.succeeds("config", "--get", "core.sshCommand"):
            options.append(f"core.sshCommand={_SSH}")
        config = [part for option in options for part in ("-c", option)]
        agent = os.environ.get("SSH_AUTH_SOCK", "")
        environment = {"SSH_AUTH_SOCK": agent} if agent else {}
        return self._start((*config, *arguments), None, environment, timeout)

    def _start(
        self,
        arguments: Sequence[str],
        stdin: bytes | None,
        environment: dict[str, str] | None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> subprocess.CompletedProcess[bytes]:
        config = [part for setting in _SAFE_CONFIG for part in ("-c", setting)]
        try:
            with subprocess.Popen(
                ["git", *config, *arguments],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment() | (environment or {}),
                # Without a terminal nothing can ask, and all that git starts can be ended.
                start_new_session=True,
            ) as process:
                try:
                    output, errors = process.communicate(stdin or b"", timeout)
                except BaseException:
                    # The whole session: ssh would keep the pipes, and so us, waiting.
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    raise
            return subprocess.CompletedProcess(arguments, process.returncode, output, errors)
        except FileNotFoundError as error:
            if not self.folder.is_dir():
                raise SourceError(f"The folder {self.folder} does not exist.") from error
            raise SourceError(
                "git is not installed: install it (`apt-get install git`), "
                "or point KB_CONTENT_DIR at a plain folder."
            ) from error
        except NotADirectoryError as error:
            raise SourceError(f"{self.folder} is not a folder.") from error
        except subprocess.TimeoutExpired as error:
            command = "push" if "push" in arguments else arguments[0]
            advice = (
                "the remote does not answer"
                if command == "push"
                else "check the disk and other git processes"
            )
            raise SourceError(
                f"git {command} took longer than {timeout:g} s in {self.folder}: {advice}."
            ) from error


def _push_refusal(result: subprocess.CompletedProcess[bytes]) -> str:
    """The lines of a refused push that say why."""
    output = result.stdout.decode("utf-8", "replace").splitlines()
    errors = result.stderr.decode("utf-8", "replace").splitlines()
    refused = [line[1:].strip() for line in output if line.startswith("!")]
    told = [line.strip() for line in errors if line.strip() and not line.startswith("hint:")]
    words = "; ".join(dict.fromkeys([*refused, *told]))
    return words[:_MAX_REASON] or f"git push ended with code {result.returncode}"


def checked_revision(text: str) -> str:
    """``text`` if it has the form of a commit id.

    Raises:
        SourceError: it has not, so it must not reach git.
    """
    if not _REVISION.match(text):
        raise SourceError("Not a commit id.")
    return text


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }
