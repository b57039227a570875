"""Every change of the database's tables, in order. Never edit one that has been released."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("helpshelf")
