"""Progress of a publish on standard error: a bar on a terminal, nothing in a pipe."""

import sys
import time

import click


class ProgressLine:
    """One line that is rewritten as work goes on; erased at the end."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown_at = 0.0
        self._is_shown = False

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show how far a step is, at most ten times a second."""
        now = time.monotonic()
        if not self._is_terminal or (now - self._shown_at < 0.1 and done != total):
            return
        self._shown_at, self._is_shown = now, True
        bar = ""
        if total:
            filled = 30 * done // total
            bar = f" [{'#' * filled}{'.' * (30 - filled)}] {done}/{total}"
        click.echo(f"\r\033[K{step}{bar}", nl=False, err=True)

    def clear(self) -> None:
        """Erase the line, so that what follows starts on an empty one."""
        if self._is_shown:
            click.echo("\r\033[K", nl=False, err=True)
            self._is_shown = False
