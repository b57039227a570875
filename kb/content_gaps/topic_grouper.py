"""Puts failed wordings into topics: by their words at once, by what they mean in the regular job.

A request only looks at words, which is quick: a wording whose key is known goes where that
key is, another one becomes a topic of its own for the time being.  The regular job compares
new keys with all others (``key_groups``): by meaning and words where there is a sentence
model, else by words.

A wording that has a topic stays in it.  Topics that an agent has decided about take in new
wordings, and nothing else happens to them.  Topics that nobody has touched are joined when
later searches show that they ask the same; the one with more keys keeps its number, and the
other number leads to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.clock import Clock
from kb.content_gaps.grouping import Grouper
from kb.content_gaps.grouping_store import GroupingStore, KnownKey, PlacedKey, Placement
from kb.content_gaps.key_groups import join_keys
from kb.content_gaps.key_meanings import KeyMeanings, Meanings
from kb.content_gaps.linkage import Freedom
from kb.content_gaps.models import Wording, Words
from kb.content_gaps.noise import NoiseFilter

_MOST_WORDINGS = 200_000
"""Grouped in one run; the next takes the rest."""
_ONE_VISIT = 30
"""One-off wordings of one visit from which on they are the work of a script."""

_ASKED_OFTEN = 3
"""Searches from which on letters mean something to somebody, whatever they look like."""


@dataclass(slots=True)
class _NewKey:
    """A key of wordings without a topic."""

    text: str
    searches: int = 0
    wordings: list[int] = field(default_factory=list)


class TopicGrouper:
    """Gives wordings without a topic one; any number of processes may do so at once."""

    def __init__(
        self,
        store: GroupingStore,
        clock: Clock,
        words: Callable[[], Words],
        meanings: KeyMeanings,
    ) -> None:
        """Put it together; ``meanings`` are asked for in the regular job only."""
        self._store = store
        self._clock = clock
        self._words = words
        self._meanings = meanings

    def place_by_words(self, limit: int) -> int:
        """Place up to so many wordings by their words; how many there were."""
        wordings = self._store.list_ungrouped(limit)
        if wordings:
            self._place_alone(self._sort_out(wordings))
        return len(wordings)

    def group(self) -> None:
        """The regular job: place everything, and compare what is new with all there is."""
        wordings = self._store.list_ungrouped(_MOST_WORDINGS)
        new = self._sort_out(wordings) if wordings else {}
        known = self._store.list_known(self._meanings.model)
        if new or self._is_waiting(known):
            self._place_alone(self._compare(new, known))

    def _is_waiting(self, known: Sequence[KnownKey]) -> bool:
        """Whether an earlier run, or a request, left something over."""
        return self._meanings.are_missing(known) or any(key.model is None for key in known)

    def _sort_out(self, wordings: Sequence[Wording]) -> dict[str, _NewKey]:
        """Place what is noise or has a known key; the keys that are new."""
        topics = self._store.list_keys()
        grouper = Grouper(self._words(), topics)
        texts = {wording.id: wording for wording in wordings}
        found: dict[str, _NewKey] = {}
        for number, key in grouper.group(wordings).items():
            wording = texts[number]
            entry = found.setdefault(key, _NewKey(wording.text))
            entry.searches += wording.searches
            entry.wordings.append(number)
        if empty := found.pop("", None):
            self._store.set_aside(empty.wordings)
        old = {key: found.pop(key) for key in list(found) if key in topics}
        self._store.place(
            [Placement(topics[k], (PlacedKey(k, tuple(e.wordings)),)) for k, e in old.items()],
            self._clock.now(),
        )
        return self._without_noise(found)

    def _without_noise(self, found: dict[str, _NewKey]) -> dict[str, _NewKey]:
        scripted = self._store.list_one_off(_ONE_VISIT)
        noise_filter = NoiseFilter(self._words())
        noise = {
            key: entry.wordings
            for key, entry in found.items()
            if scripted.issuperset(entry.wordings)
            or (entry.searches < _ASKED_OFTEN and noise_filter.is_noise(entry.text))
        }
        if noise:
            self._store.put_with_noise(noise, self._clock.now())
        return {key: entry for key, entry in found.items() if key not in noise}

    def _find_freedom(self, known: Sequence[KnownKey]) -> dict[int, Freedom]:
        touched = self._store.list_touched()
        freedom: dict[int, Freedom] = {}
        for key in known:
            if key.topic in touched:
                freedom[key.topic] = Freedom.FIXED
            else:
                # Compared without a model, or by another one, is not compared by this one.
                free = Freedom.OPEN if key.model == self._meanings.model else Freedom.FRESH
                freedom[key.topic] = max(free, freedom.get(key.topic, Freedom.FRESH))
        return freedom

    def _compare(self, new: dict[str, _NewKey], known: Sequence[KnownKey]) -> dict[str, _NewKey]:
        """Place as many keys as there is time to compare; those that are left."""
        often_first = sorted(new, key=lambda key: (-new[key].searches, key))
        found = self._meanings.load(known, {key: new[key].text for key in often_first})
        topics = {key.key: key.topic for key in known}
        joined = join_keys(
            found.keys,
            [topics.get(key) for key in found.keys],
            self._find_freedom(known),
            found.rows(),
        )
        placements = [
            Placement(
                group.into, tuple(_placed(key, new, found) for key in group.keys), group.absorbed
            )
            for group in joined
        ]
        placed = {key for group in joined for key in group.keys}
        placements += [
            Placement(topics[key], (_placed(key, new, found),))
            for key in sorted(found.computed - placed)
            if key in topics
        ]
        self._store.place(placements, self._clock.now())
        return {key: entry for key, entry in new.items() if key not in placed}

    def _place_alone(self, new: Mapping[str, _NewKey]) -> None:
        """A topic for each key; the next run of the regular job compares it."""
        self._store.place(
            [Placement(None, (PlacedKey(key, tuple(new[key].wordings)),)) for key in sorted(new)],
            self._clock.now(),
        )


def _placed(key: str, new: Mapping[str, _NewKey], found: Meanings) -> PlacedKey:
    wordings = tuple(new[key].wordings) if key in new else ()
    return PlacedKey(key, wordings, found.model, found.stored(key))
