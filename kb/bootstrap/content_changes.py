"""Settings in, changes of the content and drafts out."""

from kb.clock import Clock
from kb.config import Settings
from kb.content_changes.drafts import DraftService
from kb.content_changes.pushes import PushService
from kb.content_changes.repositories import open_repository
from kb.content_changes.runners.subprocesses import SubprocessRunner
from kb.content_changes.service import ContentChangeService
from kb.storage.content_changes import SqliteContentChangeStore
from kb.storage.sqlite import SqliteFile


def build_content_changes(
    settings: Settings, clock: Clock, file: SqliteFile
) -> tuple[ContentChangeService, DraftService]:
    """What changes the content; ``file`` keeps a committed transaction through a power cut."""
    repository = open_repository(
        settings.content_dir, settings.content_ref, settings.content_remote
    )
    store = SqliteContentChangeStore(file)
    pushes = PushService(repository, store, clock)
    changes = ContentChangeService(repository, pushes, clock)
    return changes, DraftService(repository, store, pushes, SubprocessRunner(settings), clock)
