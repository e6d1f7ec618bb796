"""What is archived: a URL, what was answered, and what is known of it."""

import math
from dataclasses import dataclass, field

from spindrift import metadata_keys as names
from spindrift.metadata import Metadata, first


@dataclass(frozen=True, slots=True)
class Capture:
    """One visit of a URL: the content (decoded) and the metadata with which the fetcher has emitted it."""

    url: str
    content: bytes = b""
    metadata: Metadata = field(default_factory=dict)


def request_time(metadata: Metadata, prefix: str) -> float | None:
    """Epoch seconds at which the request began (http.store.headers); None where that is not known."""
    text = first(metadata, prefix + names.REQUEST_TIME)
    if text is None:
        return None
    try:
        seconds = float(text) / 1000
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
