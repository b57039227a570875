"""Which part of a long list a page shows, and where the other parts are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

MAX_PAGE = 1000


def page_number() -> int:
    """The ``page`` of the address; anything that is no number counts as the first."""
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdigit():
        return 1
    return min(max(int(text[:6]), 1), MAX_PAGE)


@dataclass(frozen=True, slots=True)
class Pages:
    """A list of ``total`` entries, ``size`` on a page, of which ``number`` is shown."""

    number: int
    total: int
    size: int

    @property
    def count(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def is_beyond(self) -> bool:
        """Whether the address asks for a page after the last."""
        return self.number > self.count

    @property
    def slice(self) -> slice:
        """The entries of this page."""
        start = (self.number - 1) * self.size
        return slice(start, start + self.size)

    @property
    def previous(self) -> int | None:
        """The page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, None on the last."""
        return self.number + 1 if self.number < self.count else None

    def url(self, number: int) -> str:
        """The address of another page of the same list."""
        fields = {key: value for key, value in request.args.items() if key != "page"}
        if number > 1:
            fields["page"] = str(number)
        return request.path + (f"?{urlencode(fields)}" if fields else "")
