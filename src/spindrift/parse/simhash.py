"""Simhash: fingerprints of texts, which differ in few bits where the texts differ in few words.

Charikar, Similarity estimation techniques from rounding algorithms (STOC 2002); found again by parts of the
fingerprint that are equal, as in Manku, Jain, Das Sarma, Detecting near-duplicates for web crawling (WWW 2007).
"""

import re
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice

BITS = 64
MAX_WORDS = 100_000
"""Words of a text that are looked at."""

# Chinese, Japanese and Korean do without blanks (or use them between phrases): each character counts as a word.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
_ONE_BIT = [bytes(value >> bit & 1 for value in range(256)) for bit in range(8)]


def words_of(text: str) -> list[str]:
    """The words of a text, without case and punctuation, up to MAX_WORDS."""
    return [match[0] for match in islice(_WORD.finditer(text.casefold()), MAX_WORDS)]


def simhash(words: Sequence[str], shingle: int = 3) -> int:
    """The fingerprint of a text by its runs of `shingle` words, each counted once. A microsecond or two a word."""
    count = max(len(words) - shingle + 1, 1)
    shingles = {" ".join(words[start : start + shingle]) for start in range(count)}
    # All hashes in a row: of every bit, the ones are counted in C.
    hashes = b"".join([blake2b(each.encode(), digest_size=BITS // 8).digest() for each in shingles])
    half = len(shingles) / 2
    fingerprint = 0
    for byte in range(BITS // 8):
        column = hashes[byte :: BITS // 8]
        for bit in range(8):
            if column.translate(_ONE_BIT[bit]).count(1) > half:
                fingerprint |= 1 << (byte * 8 + bit)
    return fingerprint


class NearDuplicates:
    """Remembers the fingerprints of the last `window` pages, and finds the page that a new one nearly repeats.

    `distance`: most bits, of 64, in which the two may differ. Two fingerprints that differ in so many bits have one of
    `distance` + 1 parts in common, so only those are compared.
    """

    def __init__(self, window: int, distance: int) -> None:
        self._window = window
        self._distance = distance
        self._fingerprints: OrderedDict[str, int] = OrderedDict()
        self._bounds = [BITS * part // (distance + 1) for part in range(distance + 2)]
        self._by_part: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._fingerprints)

    def original_of(self, url: str, fingerprint: int) -> str | None:
        """The URL of the earliest remembered page that this one nearly repeats; itself never counts.

        A page that repeats none is remembered, as the newest; one that does is not, so that pages that drift away from
        each other step by step are not all taken for one.
        """
        self._forget(url)
        candidates = {candidate: None for part in self._parts(fingerprint) for candidate in self._by_part.get(part, ())}
        near = [
            candidate
            for candidate in candidates
            if (self._fingerprints[candidate] ^ fingerprint).bit_count() <= self._distance
        ]
        if near:
            if len(near) == 1:
                return near[0]
            among = set(near)
            return next(known for known in self._fingerprints if known in among)
        self._remember(url, fingerprint)
        return None

    def _remember(self, url: str, fingerprint: int) -> None:
        self._fingerprints[url] = fingerprint
        for part in self._parts(fingerprint):
            self._by_part[part][url] = None
        if len(self._fingerprints) > self._window:
            self._forget(next(iter(self._fingerprints)))

    def _forget(self, url: str) -> None:
        fingerprint = self._fingerprints.pop(url, None)
        if fingerprint is None:
            return
        for part in self._parts(fingerprint):
            urls = self._by_part[part]
            del urls[url]
            if not urls:
                del self._by_part[part]

    def _parts(self, fingerprint: int) -> list[tuple[int, int]]:
        return [
            (number, fingerprint >> start & (1 << (end - start)) - 1)
            for number, (start, end) in enumerate(zip(self._bounds, self._bounds[1:], strict=False))
        ]
