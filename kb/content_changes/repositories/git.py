"""The content in a git repository: changes to the published branch, drafts on branches.

A branch is moved only from the commit that a change was made on.  If it has moved
meanwhile, the change is made again on top when its file is still the same, and comes
back as a conflict when it is not.
"""

import contextlib
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from kb.content_changes.models import (
    Author,
    Committed,
    CommittedDraft,
    Conflict,
    ConflictKind,
    ContentFile,
    DraftBranch,
    DraftFile,
    FaqDraft,
    FileEdit,
    MergeConflict,
    Proposal,
)
from kb.content_changes.repositories.merged_drafts import MergedDrafts
from kb.content_changes.repositories.merging import Merger
from kb.content_changes.repositories.plumbing import Blob, Move, Plumbing
from kb.content_changes.repositories.work_trees import WorkTrees
from kb.errors import ChangeRefused, SourceError
from kb.git import Git, checked_revision

_ATTEMPTS = 20
"""Each is lost only to somebody else's commit, so that somebody always gets on."""
_NAMES = 100
_SHOWN_DRAFTS = 100


class GitRepository:
    """One repository; ``prefix`` is the content folder in it, with a slash."""

    can_commit = True

    def __init__(self, git: Git, ref: str, prefix: str = "", remote: str = "") -> None:
        self.remote = remote
        self._git = git
        self._ref = ref
        self._plumbing = Plumbing(git, prefix)
        self._work_trees = WorkTrees(self._plumbing)
        self._merger = Merger(self._plumbing)
        self._merged_drafts = MergedDrafts(git, self._plumbing, self._work_trees, remote)

    @property
    def published_branch(self) -> str:
        """The branch that KB_CONTENT_REF names, or that is checked out; "" if it is none."""
        if self._ref == "HEAD":
            try:
                ref = self._git.run("symbolic-ref", "--quiet", "HEAD").decode().strip()
            except SourceError:
                return ""
            return ref.removeprefix("refs/heads/")
        branch = self._ref.removeprefix("refs/heads/")
        return branch if self._plumbing.find_branch(branch) else ""

    def read(self, path: str) -> ContentFile:
        """A file as it is committed on the published branch."""
        with _translated():
            blob = self._plumbing.read_file(self._published_tip(), path)
        return ContentFile(path, blob.text, blob.digest) if blob else ContentFile(path, "", "")

    def commit(self, proposal: Proposal, author: Author, at: datetime) -> Committed | Conflict:
        """Commit one change to the published branch."""
        with _translated():
            branch = self._get_published_branch()
            for _ in range(_ATTEMPTS):
                tip = self._published_tip()
                blob = self._plumbing.read_file(tip, proposal.path)
                if (blob.digest if blob else "") != proposal.base:
                    return _conflict(ConflictKind.CHANGED, proposal, branch, tip, blob)
                mode = blob.mode if blob else "100644"
                tree = self._plumbing.write_tree(tip, proposal.path, proposal.new, mode)
                commit = self._plumbing.write_commit(tree, [tip], proposal.message, author, at)
                if self._work_trees.advance([Move(branch, tip, commit)]):
                    return Committed(proposal.path, branch, commit)
        raise _busy(branch)

    def read_change(self, commit: str) -> FileEdit | None:
        """What a commit did, if it changed one file of the content and nothing else."""
        with _translated():
            found = self._git.find_commit(checked_revision(commit))
            parent = self._git.find_commit(f"{found}^") if found else None
            if found is None or parent is None:
                return None
            names = self._git.run("diff-tree", "-r", "-z", "--name-only", parent, found)
            paths = names.decode("utf-8", "surrogateescape").strip("\0").split("\0")
            prefix = self._plumbing.prefix
            if len(paths) != 1 or not paths[0].startswith(prefix) or not paths[0]:
                return None
            path = paths[0].removeprefix(prefix)
            before = self._plumbing.read_file(parent, path)
            after = self._plumbing.read_file(found, path)
            subject = self._git.run("log", "-1", "--format=%s", found).decode("utf-8", "replace")
        if after is None:
            return None
        return FileEdit(path, before.text if before else "", after.text, subject.strip())

    # -- drafts ----------------------------------------------------------------

    def start_draft(self, draft: FaqDraft, author: Author, at: datetime) -> CommittedDraft:
        """Commit a draft on top of the published branch, on a branch of its own."""
        with _translated():
            base = self._published_tip()
            path = self._find_free_path(base, draft.path)
            tree = self._plumbing.write_tree(base, path, draft.text)
            commit = self._plumbing.write_commit(tree, [base], draft.message, author, at)
            return CommittedDraft(path, self._create_branch(draft.branch, commit), commit)

    def list_drafts(self) -> Sequence[DraftBranch]:
        """Branches of drafts that are not merged, the latest first."""
        with _translated():
            tip = self._published_tip()
            fields = (
                "refname:lstrip=2",
                "objectname",
                "committerdate:unix",
                "authorname",
                "subject",
            )
            listing = self._git.run(
                "for-each-ref",
                "--sort=-committerdate",
                f"--count={_SHOWN_DRAFTS}",
                f"--no-merged={tip}",
                f"--format={'%00'.join(f'%({field})' for field in fields)}",
                "refs/heads/faq",
                "refs/heads/faq-*",
            )
            lines = listing.decode("utf-8", "replace").splitlines()
            return [self._describe(tip, *line.split("\0", 4)) for line in lines if line]

    def read_draft(self, branch: str, path: str) -> DraftFile | None:
        """An article on a draft's branch."""
        with _translated():
            tip = self._plumbing.find_branch(branch)
            blob = self._plumbing.read_file(tip, path) if tip else None
        return DraftFile(branch, path, blob.text, tip) if blob and tip else None

    def save_draft(
        self, draft: DraftFile, text: str, message: str, author: Author, at: datetime
    ) -> Committed | Conflict:
        """Commit a new text to the draft's branch."""
        with _translated():
            for _ in range(_ATTEMPTS):
                tip = self._plumbing.find_branch(draft.branch)
                blob = self._plumbing.read_file(tip, draft.path) if tip else None
                kind = self._find_conflict(draft, tip, blob)
                if kind is not None or tip is None or blob is None:
                    kind = kind or ConflictKind.DELETED
                    return self._describe_conflict(kind, draft, text, tip, blob)
                if blob.text == text:
                    return Committed(draft.path, draft.branch, tip)
                tree = self._plumbing.write_tree(tip, draft.path, text, blob.mode)
                commit = self._plumbing.write_commit(tree, [tip], message, author, at)
                if self._work_trees.advance([Move(draft.branch, tip, commit)]):
                    return Committed(draft.path, draft.branch, commit)
        raise _busy(draft.branch)

    def recreate_draft(
        self, draft: DraftFile, text: str, message: str, author: Author, at: datetime
    ) -> Committed | Conflict:
        """Make a deleted branch again, on the commit that was edited if git still has it."""
        with _translated():
            tip = self._plumbing.find_branch(draft.branch)
            if tip is not None:
                blob = self._plumbing.read_file(tip, draft.path)
                if blob is not None:
                    return self.save_draft(draft, text, message, author, at)
            has_base = draft.commit and self._plumbing.has_commit(draft.commit)
            base = tip or (draft.commit if has_base else self._published_tip())
            tree = self._plumbing.write_tree(base, draft.path, text)
            commit = self._plumbing.write_commit(tree, [base], message, author, at)
            if self._work_trees.advance([Move(draft.branch, tip or "", commit)]):
                return Committed(draft.path, draft.branch, commit)
        raise _busy(draft.branch)

    def publish_draft(
        self, draft: DraftFile, text: str, title: str, author: Author, at: datetime
    ) -> Committed | Conflict | MergeConflict:
        """Commit the draft as published and merge its branch; both or nothing."""
        with _translated():
            branch = self._get_published_branch()
            for _ in range(_ATTEMPTS):
                tip = self._plumbing.find_branch(draft.branch)
                blob = self._plumbing.read_file(tip, draft.path) if tip else None
                kind = self._find_conflict(draft, tip, blob)
                if kind is not None or tip is None or blob is None:
                    kind = kind or ConflictKind.DELETED
                    return self._describe_conflict(kind, draft, text, tip, blob)
                head = tip
                if blob.text != text:
                    tree = self._plumbing.write_tree(tip, draft.path, text, blob.mode)
                    message = f"Publish: {title}\n"
                    head = self._plumbing.write_commit(tree, [tip], message, author, at)
                base = self._published_tip()
                message = f"Merge the draft {draft.branch}: {title}\n"
                merged = self._merger.merge(base, head, draft.branch, message, author, at)
                if isinstance(merged, MergeConflict):
                    return merged
                moves = [Move(branch, base, merged), Move(draft.branch, tip, head)]
                if self._work_trees.advance(moves):
                    return Committed(draft.path, branch, merged)
        raise _busy(branch)

    def push(self, branch: str, timeout: float) -> str:
        """Push a branch to the remote; why it failed, "" when it did not."""
        if not self.remote or self._plumbing.find_branch(branch) is None:
            return ""  # a branch that was deleted meanwhile has nothing to push
        return self._git.push(self.remote, branch, timeout)

    def remove_merged_drafts(
        self, before: datetime, kept: Collection[str], timeout: float
    ) -> Sequence[str]:
        """Remove branches of drafts that were merged, here and on the remote."""
        with _translated():
            branch = self.published_branch
            if not branch:
                return ()
            tip = self._published_tip()
            return self._merged_drafts.remove(branch, tip, before, kept, timeout)

    # -- parts -----------------------------------------------------------------

    def _published_tip(self) -> str:
        tip = self._git.find_commit(self._ref)
        if tip is None:
            raise ChangeRefused(
                "There is no branch '%(branch)s' with a commit in %(folder)s: "
                "commit the articles first, or correct KB_CONTENT_REF.",
                branch=self._ref,
                folder=self._git.folder,
            )
        return tip

    def _get_published_branch(self) -> str:
        branch = self.published_branch
        if not branch:
            self._published_tip()
            what = (
                "no branch is checked out" if self._ref == "HEAD" else f"{self._ref!r} is no branch"
            )
            raise ChangeRefused(
                "In %(folder)s %(what)s, so a commit would be lost: "
                "switch to the published branch, or name it in KB_CONTENT_REF.",
                folder=self._git.folder,
                what=what,
            )
        return branch

    def _find_conflict(
        self, draft: DraftFile, tip: str | None, blob: Blob | None
    ) -> ConflictKind | None:
        if tip is None or blob is None:
            return ConflictKind.DELETED
        if tip == draft.commit:
            return None
        if not self._plumbing.has_commit(draft.commit):
            return ConflictKind.REWRITTEN
        if not self._plumbing.is_ancestor(draft.commit, tip):
            return ConflictKind.REWRITTEN
        base = self._plumbing.read_file(draft.commit, draft.path)
        return None if base and base.digest == blob.digest else ConflictKind.CHANGED

    def _describe_conflict(
        self, kind: ConflictKind, draft: DraftFile, text: str, tip: str | None, blob: Blob | None
    ) -> Conflict:
        theirs, digest = (blob.text, blob.digest) if blob else ("", "")
        base = None
        if kind is ConflictKind.CHANGED:
            base = self._plumbing.read_file(draft.commit, draft.path)
        both = self._merger.merge_texts(base.text, theirs, text) if base else ""
        return Conflict(kind, draft.path, draft.branch, theirs, text, tip or "", digest, both)

    def _find_free_path(self, base: str, wanted: str) -> str:
        prefix = self._plumbing.prefix
        for parent in PurePosixPath(wanted).parents:
            # git would put the folder in the place of the file.
            if self._git.succeeds("cat-file", "blob", f"{base}:{prefix}{parent}"):
                raise SourceError(f"{parent} is a file, not a folder.")
        stem = wanted.removesuffix(".md")
        for number in range(1, _NAMES):
            path = wanted if number == 1 else f"{stem}-{number}.md"
            if not self._git.succeeds("cat-file", "-e", f"{base}:{prefix}{path}"):
                return path
        raise SourceError(f"there are too many files like {wanted}.")

    def _create_branch(self, wanted: str, commit: str) -> str:
        if self._plumbing.find_branch(wanted.partition("/")[0]):
            # git cannot keep faq/1 beside a branch that is called faq.
            wanted = wanted.replace("/", "-")
        for number in range(1, _NAMES):
            branch = wanted if number == 1 else f"{wanted}-{number}"
            if self._plumbing.find_branch(branch):
                continue
            if self._plumbing.move_branches([Move(branch, "", commit)]):
                return branch
        raise SourceError(f"there are too many branches like {wanted}.")

    def _describe(
        self, tip: str, branch: str, commit: str, at: str, author: str, subject: str
    ) -> DraftBranch:
        changed = self._git.run(
            "diff",
            "-z",
            "--name-only",
            "--diff-filter=AM",
            "--no-ext-diff",
            f"{tip}...{commit}",
            "--",
        )
        names = changed.decode("utf-8", "replace").split("\0")
        prefix = self._plumbing.prefix
        paths = tuple(
            name.removeprefix(prefix)
            for name in names
            if name.startswith(prefix) and name.endswith((".md", ".markdown"))
        )
        when = datetime.fromtimestamp(int(at), UTC)
        return DraftBranch(branch, commit, paths, when, author, subject)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (SourceError, OSError) as error:
        raise ChangeRefused(
            "The change could not be committed: %(error)s "
            "Check that the server may write to the repository.",
            error=error,
        ) from error


def _busy(branch: str) -> ChangeRefused:
    return ChangeRefused(
        "Others committed to %(branch)s again and again meanwhile; nothing was changed. Try again.",
        branch=branch,
    )


def _conflict(
    kind: ConflictKind, proposal: Proposal, branch: str, tip: str, blob: Blob | None
) -> Conflict:
    theirs, digest = (blob.text, blob.digest) if blob else ("", "")
    return Conflict(kind, proposal.path, branch, theirs, proposal.new, tip, digest)
