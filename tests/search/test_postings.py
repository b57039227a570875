"""Posting lists that are not what they should be are refused, not read wrong."""

import pickle
import struct
import zlib

import pytest

from kb.search.engines.postings import UnknownFormat, build_postings, decode_postings

Block = tuple[list[int], list[float] | float | None]


def write(blocks: list[Block], *, compressed: bool = True) -> bytes:
    """As Whoosh writes a posting list."""
    raw = b"W3Bl"
    for number, (documents, frequencies) in enumerate(blocks):
        steps = [b - a for a, b in zip([0, *documents], documents, strict=False)]
        stored = tuple(frequencies) if isinstance(frequencies, list) else frequencies
        data = pickle.dumps((tuple(steps), stored, None), 2)
        data = zlib.compress(data) if compressed else data
        info = (len(documents), documents[-1], 9.0, int(compressed), 3, 40)
        body = pickle.dumps(info, 2) + data
        last = number == len(blocks) - 1
        raw += struct.pack("!i", -len(body) if last else len(body)) + body
    return raw


@pytest.mark.parametrize("compressed", [True, False])
def test_blocks_follow_each_other(compressed: bool) -> None:
    blocks: list[Block] = [([0, 3, 130], [1.0, 7.0, 2.0]), ([131, 900], None), ([1_000], 4.0)]
    read = decode_postings(write(blocks, compressed=compressed))
    assert read.documents.tolist() == [0, 3, 130, 131, 900, 1_000]
    assert read.frequencies.tolist() == [1.0, 7.0, 2.0, 1.0, 1.0, 4.0]


def test_what_comes_after_the_last_block_belongs_to_another_term() -> None:
    raw = write([([4, 5], None)])
    assert decode_postings(raw + raw).documents.tolist() == [4, 5]


@pytest.mark.parametrize("highest", [200.0, 60_000.0, 70_000.0, 0.5])
def test_long_lists_are_narrow_and_exact(highest: float) -> None:
    frequencies = [1.0] * 399 + [highest]
    read = build_postings(list(range(400)), frequencies)
    assert read.frequencies.tolist() == frequencies
    assert read.frequencies.itemsize == {200.0: 1, 60_000.0: 2}.get(highest, 4)


def test_damage_is_noticed() -> None:
    raw = write([([1, 2, 3], None)], compressed=False)
    with pytest.raises(UnknownFormat):
        decode_postings(b"????" + raw[4:])
    info = pickle.dumps((3, 3, 9.0, 0, 3, 40), 2)
    assert info in raw
    for other in ((4, 3, 9.0, 0, 3, 40), (3, 5, 9.0, 0, 3, 40), (3, 3, 9.0, 1, 3, 40)):
        with pytest.raises(UnknownFormat):
            decode_postings(raw.replace(info, pickle.dumps(other, 2)))
    for cut in (6, 20, len(raw) - 3):
        with pytest.raises(UnknownFormat):
            decode_postings(raw[:cut])
