"""Commits reach the remote, or wait for it: whatever it does, nobody waits long and nothing is lost."""

import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from kb.content_changes.models import Committed, FaqDraft, PushState
from kb.git import Git
from tests.content_changes.conftest import ADA


@pytest.fixture
def remote(checkout, git, tmp_path):
    """The company's repository; the checkout is a clone of it."""
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "remote.git")
    git(checkout, "remote", "add", "origin", str(tmp_path / "remote.git"))
    return tmp_path / "remote.git"


@pytest.fixture
def changes(make_changes, checkout):
    return make_changes(checkout / "help", "", "origin")


def commit(changes, *words):
    return changes.commit(changes.propose_synonym(words or ("sofa", "couch")), ADA)


def test_without_a_remote_nothing_is_pushed(make_changes, checkout, remote, git):
    done = commit(make_changes(checkout / "help"))
    assert done.push.state is PushState.OFF
    assert git(remote, "rev-parse", "main").strip() != done.commit


def test_a_commit_is_pushed(changes, remote, git):
    done = commit(changes)
    assert done.push.state is PushState.PUSHED
    assert git(remote, "rev-parse", "main").strip() == done.commit
    assert changes.pushes.list_pending() == []


def test_a_draft_is_pushed(changes, remote, git):
    done = changes.start_draft(FaqDraft("care/x.md", "x\n", "faq/7-x", "x\n"), ADA)
    assert done.push.state is PushState.PUSHED
    assert git(remote, "rev-parse", "faq/7-x").strip() == done.commit


def test_a_refusal_is_told_in_the_words_of_the_remote(changes, remote, git, clock):
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'articles are frozen until Monday' >&2\nexit 1\n")
    hook.chmod(0o755)
    done = commit(changes)
    assert isinstance(done, Committed)
    assert done.push.state is PushState.WAITING
    assert "articles are frozen until Monday" in done.push.reason
    (pending,) = changes.pushes.list_pending()
    assert (pending.branch, pending.attempts) == ("main", 1)
    assert pending.next_at == clock.now() + timedelta(minutes=5)

    hook.unlink()
    assert [p.attempts for p in changes.pushes.retry()] == [1]  # not due yet
    clock.advance(timedelta(minutes=5))
    assert changes.pushes.retry() == []
    assert git(remote, "rev-parse", "main").strip() == done.commit


def test_the_next_action_pushes_what_waits(changes, remote, git):
    git(changes._repository._git.folder, "remote", "set-url", "origin", str(remote) + "-gone")
    assert commit(changes).push.state is PushState.WAITING
    git(changes._repository._git.folder, "remote", "set-url", "origin", str(remote))
    done = commit(changes, "tv", "television")
    assert git(remote, "rev-parse", "main").strip() == done.commit
    assert changes.pushes.list_pending() == []


def test_a_remote_that_went_another_way_is_never_overwritten(changes, remote, git, tmp_path):
    git(tmp_path, "clone", "-q", str(remote), "other")
    (tmp_path / "other" / "README.md").write_text("theirs\n")
    git(tmp_path / "other", "commit", "-q", "-am", "theirs")
    git(tmp_path / "other", "push", "-q", "origin", "main")
    before = git(remote, "rev-parse", "main")
    done = commit(changes)
    assert done.push.state is PushState.WAITING
    assert "rejected" in done.push.reason
    assert git(remote, "rev-parse", "main") == before


def test_pauses_grow(changes, remote, git, clock):
    git(changes._repository._git.folder, "remote", "set-url", "origin", "/nowhere")
    commit(changes)
    pauses = []
    for _ in range(5):
        (pending,) = changes.pushes.list_pending()
        pauses.append((pending.next_at - clock.now()).total_seconds() / 60)
        clock.advance(pending.next_at - clock.now())
        changes.pushes.retry()
    assert pauses == [5, 15, 60, 240, 240]


def test_a_branch_that_was_deleted_waits_no_longer(changes, remote, git, checkout):
    changes.pushes.request("faq/9-gone")
    assert changes.pushes.retry(everything=True) == []


@pytest.mark.parametrize("how", ["ssh", "git"])
def test_a_remote_that_hangs_is_given_up(checkout, git, how, tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    if how == "git":
        address = f"git://127.0.0.1:{listener.getsockname()[1]}/content.git"
    else:
        # Ends after a while by itself, in case nobody ends it.
        (tmp_path / "ssh").write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
        (tmp_path / "ssh").chmod(0o755)
        git(checkout, "config", "core.sshCommand", str(tmp_path / "ssh"))
        address = "ssh://git@example.com/content.git"
    git(checkout, "remote", "add", "origin", address)
    started = time.monotonic()
    reason = Git(checkout).push("origin", "main", 1.0)
    assert time.monotonic() - started < 10
    assert "git push took longer than 1 s" in reason
    listener.close()
    if how == "ssh":
        pid = (tmp_path / "pid").read_text().strip()
        deadline = time.monotonic() + 10
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _runs(pid)


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_remote_that_runs_a_command_is_refused(checkout, git, tmp_path):
    git(checkout, "remote", "add", "origin", f"ext::touch {tmp_path}/ran")
    assert "not allowed" in Git(checkout).push("origin", "main", 10.0)
    assert not (tmp_path / "ran").exists()


def test_nobody_is_asked_for_a_password(checkout, git, tmp_path):
    """A remote that wants a password is a refusal at once, not a question to nobody."""
    import http.server
    import threading

    class Wants(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Wants)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    git(checkout, "remote", "add", "origin", f"http://127.0.0.1:{server.server_port}/x.git")
    try:
        started = time.monotonic()
        reason = Git(checkout).push("origin", "main", 20.0)
    finally:
        server.shutdown()
        server.server_close()
    assert time.monotonic() - started < 10
    assert "could not read Username" in reason
