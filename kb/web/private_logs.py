"""Keeps what customers typed out of the server's log.

Messages of our own name no query.  What may is the text of an exception, which comes
from anywhere (a parser that quotes its input, say): it is redacted line by line where
the log record is made, so that no handler can write it otherwise.
"""

import logging
import traceback
from collections.abc import Callable

from kb.text import MAX_QUERY_LENGTH

Redact = Callable[[str], str]

_OURS = "kb"
"""Of the names of all our loggers."""


class _PrivateRecords:
    """Makes log records whose traceback has no personal data in it."""

    def __init__(self, make: Callable[..., logging.LogRecord], redact: Redact) -> None:
        self.make = make
        self._redact = redact

    def __call__(self, name: str, *args: object, **others: object) -> logging.LogRecord:
        record = self.make(name, *args, **others)
        if name.partition(".")[0] == _OURS and record.exc_info and record.exc_info[1]:
            record.exc_text = redact_traceback(record.exc_info[1], self._redact)
        return record


def init_private_logs(redact: Redact) -> None:
    """Redact what is logged from now on in this process.

    Args:
        redact: takes personal data out of a text of at most ``MAX_QUERY_LENGTH`` characters.
    """
    current = logging.getLogRecordFactory()
    # An application that is built twice, as in tests, must not redact twice.
    make = current.make if isinstance(current, _PrivateRecords) else current
    logging.setLogRecordFactory(_PrivateRecords(make, redact))


def redact_traceback(error: BaseException, redact: Redact) -> str:
    """The traceback as Python prints it; lines that may quote data are cut and redacted."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(
        line if line.startswith('  File "') else redact(line[:MAX_QUERY_LENGTH]) for line in lines
    )
