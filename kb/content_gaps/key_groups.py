"""Which keys ask the same thing: those in topics already, and those that are new.

Pure and deterministic: the same keys, topics and vectors give the same groups.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.content_gaps.linkage import Freedom, Groups, Indices, join
from kb.content_gaps.neighbours import Pull, draw_to_groups, draw_to_neighbours
from kb.content_gaps.text_vectors import Array, build_vectors


@dataclass(frozen=True, slots=True)
class Nearness:
    """How far keys are drawn to others, and from which similarity (cosine) on they are joined.

    Measured by ``benchmarks/topics.py``; above its precision, since agents merge more easily
    than they take apart.
    """

    pull: Pull
    same: float


BY_MEANING = Nearness(Pull(floor=0.35, growth=0.2), same=0.67)
BY_WORDS = Nearness(Pull(floor=0.25, growth=0.3), same=0.65)


@dataclass(frozen=True, slots=True)
class JoinedKeys:
    """Keys for the topic ``into``, a new one when it is None; all of ``absorbed`` goes there too."""

    into: int | None
    keys: tuple[str, ...]
    """Those that were never compared before."""
    absorbed: tuple[int, ...]


def join_keys(
    keys: Sequence[str],
    topics: Sequence[int | None],
    freedom: Mapping[int, Freedom],
    meanings: Array | None,
) -> list[JoinedKeys]:
    """What becomes of new keys and of topics that turn out to be one; nothing of the rest.

    Args:
        keys: every key that can be compared, each once.
        topics: the topic of each, None for those without.
        freedom: what may happen to each topic.
        meanings: a row for each key from the sentence model; None to compare words alone.
    """
    if not keys:
        return []
    nearness = BY_WORDS if meanings is None else BY_MEANING
    table = _Table(keys, topics, freedom)
    drawn = _draw(build_vectors(keys, meanings), table, nearness.pull)
    ended = join(table.build_groups(drawn), nearness.same)
    return list(table.read_off(ended))


class _Table:
    """Keys as rows, and the nodes that are joined: a topic, or a key without one."""

    def __init__(
        self, keys: Sequence[str], topics: Sequence[int | None], freedom: Mapping[int, Freedom]
    ) -> None:
        self._keys = keys
        numbers: dict[int, int] = {}
        self._topics: list[int | None] = []
        self._freedom: list[Freedom] = []
        nodes = []
        for topic in topics:
            node = len(self._topics) if topic is None else numbers.get(topic, len(self._topics))
            if node == len(self._topics):
                self._topics.append(topic)
                self._freedom.append(Freedom.FRESH if topic is None else freedom[topic])
                if topic is not None:
                    numbers[topic] = node
            nodes.append(node)
        self._nodes = np.array(nodes, np.int64)
        is_fresh = np.array(self._freedom) == Freedom.FRESH
        self.fresh: Indices = np.flatnonzero(is_fresh[self._nodes])
        self.settled: Indices = np.flatnonzero(~is_fresh[self._nodes])

    def settled_groups(self) -> Indices:
        """The topics of the settled rows, numbered 0, 1, 2, ..."""
        return np.asarray(np.unique(self._nodes[self.settled], return_inverse=True)[1], np.int64)

    def build_groups(self, rows: Array) -> Groups:
        """What is joined, by the mean of its rows."""
        sizes = np.bincount(self._nodes).astype(np.float32)
        sums = np.zeros((len(sizes), rows.shape[1]), np.float32)
        np.add.at(sums, self._nodes, rows)
        return Groups(sums / sizes[:, None], sizes, np.array(self._freedom, np.int8))

    def read_off(self, ended: Indices) -> Iterator[JoinedKeys]:
        """What has to be done to bring topics into this state."""
        sizes = np.bincount(self._nodes)
        fresh: dict[int, list[str]] = defaultdict(list)
        for row in self.fresh:
            fresh[int(ended[self._nodes[row]])].append(self._keys[row])
        members: dict[int, list[int]] = defaultdict(list)
        for node, end in enumerate(ended):
            members[int(end)].append(node)
        for end, nodes in members.items():
            # An agent's topic first, then the one with most keys, then the oldest.
            ranked = sorted(
                (-self._freedom[node], -int(sizes[node]), topic)
                for node in nodes
                if (topic := self._topics[node]) is not None
            )
            known = tuple(topic for _, _, topic in ranked)
            if end in fresh or len(known) > 1:
                into = known[0] if known else None
                yield JoinedKeys(into, tuple(fresh.get(end, ())), known[1:])


def _draw(rows: Array, table: _Table, pull: Pull) -> Array:
    drawn = np.empty_like(rows)
    if len(table.fresh):
        drawn[table.fresh] = draw_to_neighbours(rows, table.fresh, pull)
    if len(table.settled):
        drawn[table.settled] = draw_to_groups(rows[table.settled], table.settled_groups(), pull)
    return drawn
