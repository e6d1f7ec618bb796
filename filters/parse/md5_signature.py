"""MD5SignatureParseFilter: has a page changed?"""

from hashlib import md5

from spindrift.filtering import FilterParams
from spindrift.metadata import first
from spindrift.parse.page import Page


class MD5SignatureParseFilter:
    """Puts a digest of the page into the metadata; of its URL, where it is empty.

    To tell at the next fetch whether the page has changed, persist the key (`metadata.persist`) and name a key for the
    old signature, which is what AdaptiveScheduler compares with:
    `{"useText": true, "keyName": "signature", "keyNameCopy": "signatureOld"}`. What other filters change counts, where
    they stand before this one and `useText` is set.
    """

    class Params(FilterParams):
        """Parameters of MD5SignatureParseFilter."""

        use_text: bool = False
        """The digest of the text, not of the bytes that were fetched: what changes in the markup alone is no change."""
        key_name: str = "signature"
        """Key of the metadata."""
        key_name_copy: str | None = None
        """Key for the signature of the fetch before; empty: it is not kept."""

    def __init__(self, params: Params) -> None:
        self._use_text = params.use_text
        self._key = params.key_name
        self._key_copy = (params.key_name_copy or "").strip()

    def filter(self, page: Page) -> None:
        """Set the key, after the old value was copied."""
        metadata = page.metadata
        old = first(metadata, self._key)
        if self._key_copy and old is not None:
            metadata[self._key_copy] = [old]
        data = _utf8(page.text.strip() and page.text) if self._use_text else page.content
        metadata[self._key] = [md5(data or _utf8(page.url), usedforsecurity=False).hexdigest()]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # "?" for a lone surrogate
