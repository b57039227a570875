"""Every change of the database's tables, in order. Never edit one that has been released.

Steps are applied in the order in which they are registered: the parts one after the other,
each from its first to its last.  A new step goes to the end of the last part.
"""

from kb.storage.migrations import (
    part1_searches_and_topics,
    part2_answers_and_mail,
    part3_inquiries_and_counts,
)
from kb.storage.migrations.registry import migrations

__all__ = [
    "migrations",
    "part1_searches_and_topics",
    "part2_answers_and_mail",
    "part3_inquiries_and_counts",
]
