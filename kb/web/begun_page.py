"""A page that is begun before it is known what it shows.

While the sentence model works on a question, the worker has nothing else to do for whoever
asked: head, navigation and search form are made meanwhile.
"""

from collections.abc import Iterator
from typing import Any

from flask import current_app


class BegunPage:
    """One page of one request.

    Its template calls ``begun.wait()`` where it needs what is still to come, and finds that in
    ``begun.values`` from then on.
    """

    def __init__(self, template: str, **values: object) -> None:
        """``values`` are known from the beginning."""
        self.values: dict[str, Any] = {}
        self._has_come = False
        self._error: Exception | None = None
        self._done: list[str] = []
        self._left = self._make(template, {**values, "begun": self})

    def begin(self) -> None:
        """Make the page as far as that can be done now; never raises."""
        try:
            for part in self._left:
                self._done.append(part)
                if self._has_come:
                    break
        except Exception as error:
            self._error = error  # of the page, not of whoever has it begun

    def wait(self) -> str:
        """For the template: what follows needs the rest of the values."""
        self._has_come = True
        return ""

    def finish(self, **values: object) -> str:
        """The whole page, with the rest of the values; raises what its template does."""
        if self._error is not None:
            raise self._error
        self.values = values
        self._done.extend(self._left)
        return "".join(self._done)

    @staticmethod
    def _make(template: str, values: dict[str, Any]) -> Iterator[str]:
        current_app.update_template_context(values)
        return current_app.jinja_env.get_template(template).generate(values)
