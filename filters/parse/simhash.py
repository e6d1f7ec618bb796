"""SimhashParseFilter: fingerprints of texts, and which pages nearly repeat another one."""

from typing import Annotated, Literal

from pydantic import Field

from spindrift.filtering import FilterParams
from spindrift.metadata_keys import NO_INDEX
from spindrift.parse.page import Page
from spindrift.parse.simhash import NearDuplicates, simhash, words_of


class SimhashParseFilter:
    """Puts a fingerprint of the text into the metadata, as 16 hexadecimal digits: near-duplicates differ in few bits.

    With `duplicates` it also compares each page with the last `window` ones. A page that differs from one of them in
    `distance` bits or fewer gets the URL of that page under `<keyName>.duplicateOf`; with `skip` it is not indexed
    either, as if it had said noindex (`robots.noIndex`): it is FETCHED, its links are followed, and a document that it
    had is deleted. The page that came first is always kept.

    What is remembered, about 1 kB a page, is that of one parser since its start: of several parsers, each compares the
    pages that it was given. For all pages of a crawl, index the fingerprint (`indexer.md.mapping`).
    """

    class Params(FilterParams):
        """Parameters of SimhashParseFilter."""

        key_name: str = "simhash"
        """Key of the metadata."""
        shingle: Annotated[int, Field(ge=1, le=20)] = 3
        """Words in a row that are taken together."""
        duplicates: Literal["ignore", "mark", "skip"] = "ignore"
        """What to do with a page that nearly repeats another one."""
        distance: Annotated[int, Field(ge=0, le=10)] = 6
        """Most bits, of 64, in which near-duplicates differ: 3 are about one shingle in 100, 6 one in 25."""
        window: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
        """Pages that are remembered."""
        min_words: Annotated[int, Field(ge=1)] = 20
        """A text with fewer words is never a near-duplicate: such texts say too little."""

    def __init__(self, params: Params) -> None:
        self._key = params.key_name
        self._duplicate_of = f"{params.key_name}.duplicateOf"
        self._shingle = params.shingle
        self._compare = params.duplicates != "ignore"
        self._skip = params.duplicates == "skip"
        self._min_words = params.min_words
        self._known = NearDuplicates(params.window, params.distance)

    def filter(self, page: Page) -> None:
        """Set the keys; what an earlier fetch left is removed."""
        metadata = page.metadata
        metadata.pop(self._key, None)
        metadata.pop(self._duplicate_of, None)
        words = words_of(page.text)
        if not words:
            return
        fingerprint = simhash(words, self._shingle)
        metadata[self._key] = [f"{fingerprint:016x}"]
        if not self._compare or len(words) < self._min_words:
            return
        if (original := self._known.original_of(page.url, fingerprint)) is not None:
            metadata[self._duplicate_of] = [original]
            if self._skip:
                metadata[NO_INDEX] = ["true"]
