"""Where every step is registered."""

from sqlite_utils.migrations import Migrations

migrations = Migrations("helpshelf")
