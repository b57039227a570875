"""The error tree: everything the product raises on purpose descends from one class.

Adapters translate foreign exceptions (git, SQLite, Whoosh) into these at their
border, so callers need to know this file only.  Every message says what is
wrong and what to do, because it is shown to editors and administrators as is.
"""


class HelpshelfError(Exception):
    """Base of all errors that the product raises on purpose.

    A message with values names them, as in ``"Use at most %(count)s."``, and gets them as
    keywords, so that a page can show it in another language.
    """

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values


class SettingsError(HelpshelfError):
    """A setting has a value that cannot work; the message names the variable."""


class SourceError(HelpshelfError):
    """The content cannot be read as a whole: folder missing, git missing, no such branch."""


class PublishError(HelpshelfError):
    """A new generation could not be built or switched to; the last one stays in place."""


class GenerationUnavailable(HelpshelfError):
    """There is no usable generation to serve: never published, damaged or of another version."""


class EmbedderUnavailable(HelpshelfError):
    """The sentence model cannot be used now: missing, damaged or too slow."""


class DatabaseError(HelpshelfError):
    """The SQLite database cannot be used: locked, read-only, damaged or unreachable."""


class DraftError(HelpshelfError):
    """A FAQ draft could not be committed to the content repository."""


class InvalidInput(HelpshelfError):
    """What a person entered cannot be accepted; ``field`` names the form field."""

    def __init__(self, message: str, field: str = "", **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class ChangedMeanwhile(HelpshelfError):
    """Somebody else changed it in the meantime; nothing was done, look again first."""


class ChangeRefused(DraftError):
    """A change of the content cannot be made as it is; the message says what to do first."""


class TrialError(HelpshelfError):
    """What a change would do cannot be told: it cannot be built, or took too long."""
