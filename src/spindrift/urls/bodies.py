"""The identity of requests that differ in nothing but their body."""

from hashlib import blake2b
from typing import Final

_MARK: Final = "post-"


def with_body(url: str, body: str) -> str:
    """The URL under which a request of `url` with `body` is known: its fragment is a digest of the body.

    So it is another URL than `url` itself, or with another body, everywhere (store, index, archive); the part behind
    the # is never sent.
    """
    return body_prefix(url) + blake2b(body.encode(errors="replace"), digest_size=8).hexdigest()


def body_prefix(url: str) -> str:
    """What the URLs begin with under which requests of `url` with any body are known."""
    return f"{url.partition('#')[0]}#{_MARK}"
