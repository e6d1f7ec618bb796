"""Files that were made to take long take no longer than their size is worth."""

import gzip
from contextlib import suppress
from io import BytesIO

from spindrift.warc.packing import packing_of
from spindrift.warc.record_heads import read_head

MEMBER = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"


class Counting(BytesIO):
    """A file that knows how much was read of it."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece


def head(length: int) -> bytes:
    return b"WARC/1.0\r\nContent-Length: %d\r\n\r\n" % length


def read(content: bytes) -> tuple[int, int]:
    """Records that there seem to be, and bytes that were read for them."""
    file, records = Counting(content), 0
    packing = packing_of(file, 0)
    while packing.next():
        with suppress(ValueError):
            packing.content(int(read_head(packing).length), 0, 2)
            records += 1
        packing.recover()
    return records, file.count


def test_a_member_that_lies_about_its_length_is_not_read_through_those_behind_it() -> None:
    few, more = (read(gzip.compress(head(10**6)) * members) for members in (2000, 4000))
    assert (few[0], more[0]) == (2000, 4000)
    assert more[1] < 2.2 * few[1]


def stored(length: int) -> bytes:
    """The head of a deflate block of so many bytes that are not compressed."""
    return b"\0" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little")


def nested(groups: int) -> bytes:
    """Members that all go on to the end of the file, each through all that follow, and are damaged there."""
    said, count = head(10**9), 500
    size = len(MEMBER + stored(0) + said)
    members = [MEMBER + stored(len(said) + left * size) + said for left in reversed(range(count))]
    return stored(count * size).join([b"".join(members)] * groups) + b"\xff" * 8


def test_members_that_are_all_in_each_other_are_not_read_to_their_end_each() -> None:
    content = nested(10)
    assert packing_of(BytesIO(content), 0).content(10**9, 0, 2).there > 0.9 * len(content)
    records, count = read(content)
    assert records > 2
    assert count < 1 << 25


def test_what_is_in_a_member_that_is_damaged_is_found() -> None:
    inner = head(10**9) + bytes(20_000) + gzip.compress(head(5) + b"hello")
    assert read(MEMBER + stored(len(inner)) + inner + b"\xff" * 8)[0] == 2
