"""One action for everything that was ticked in a list, or one undo for several events.

What can be changed is changed and can be taken back; what cannot is named with its reason.
Stopping at the first would leave the agent to find out which ones were done.
"""

from collections.abc import Callable, Iterable

from flask import flash

from kb.errors import ChangedMeanwhile, InvalidInput
from kb.web.translation import describe_error


def change_each(
    numbers: Iterable[int], change: Callable[[int], int | None], *, say_which: bool = True
) -> list[int]:
    """Change them one by one and flash what is refused; the events of those that were changed.

    Args:
        numbers: of topics, inquiries or events.
        change: gives back its event, None when there was nothing to change.
        say_which: whether agents know the numbers and the messages should name them.
    """
    events: list[int | None] = []
    refused: dict[str, list[int]] = {}
    for number in dict.fromkeys(numbers):
        try:
            events.append(change(number))
        except (InvalidInput, ChangedMeanwhile) as error:
            refused.setdefault(describe_error(error), []).append(number)
    # The same reason for all of them is about the form, not about one of them.
    with_numbers = say_which and bool(events or len(refused) > 1)
    for reason, left in refused.items():
        which = ", ".join(f"#{number}" for number in left)
        flash(f"{which}: {reason}" if with_numbers else reason, "problem")
    return [event for event in events if event is not None]
