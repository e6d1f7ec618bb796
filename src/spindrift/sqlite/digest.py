"""The identity of a URL in an index that must stay small and local."""

import struct
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32


def url_digest(url: str) -> tuple[int, int]:
    """128 bits as two signed integers: 32 of a hash of the origin (scheme, host, port), then 96 of the whole URL's.

    URLs of one origin stand together in an index, where the links of a page touch one or two of its pages rather than
    one each. Two of a billion URLs of one origin agree with a probability of 6e-12 (n²/2^97).
    """
    encoded = url.encode(errors="replace")
    path = encoded.find(b"/", encoded.find(b"://") + 3)
    origin = encoded[:path] if path > 0 else encoded
    first, second = struct.unpack(">qq", _origin_digest(origin) + blake2b(encoded, digest_size=12).digest())
    return first, second


def key_hash(key: str) -> int:
    """A hash of a partition key, the same in every process, by which spout tasks share the keys."""
    return crc32(key.encode(errors="replace"))


@lru_cache(maxsize=4096)
def _origin_digest(origin: bytes) -> bytes:
    return blake2b(origin, digest_size=4).digest()
