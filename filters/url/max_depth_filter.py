"""MaxDepthFilter: how many links away from a seed the crawl goes."""

from spindrift.filtering import FilterParams
from spindrift.metadata import Metadata, first
from spindrift.metadata_keys import DEPTH, MAX_DEPTH


class MaxDepthFilter:
    """Refuses the links of pages at the greatest depth. A seed has depth 0.

    Reads the metadata `depth` of the source, and `max.depth`, which stands above the parameter where it is a number.
    """

    class Params(FilterParams):
        """Parameters of MaxDepthFilter."""

        max_depth: int = -1
        """Greatest depth of a URL: 0 follows no links; negative: no limit."""

    def __init__(self, params: Params) -> None:
        self._max_depth = params.max_depth

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        """`url`, or None where its source is as deep as the crawl goes."""
        limit = (
            _number(source_metadata, MAX_DEPTH, self._max_depth) if MAX_DEPTH in source_metadata else self._max_depth
        )
        return url if limit < 0 or _depth(source_metadata) < limit else None

    def why_refused(self, source_url: str | None, source_metadata: Metadata, url: str) -> str:
        """By which limit."""
        name, limit = "maxDepth", self._max_depth
        if MAX_DEPTH in source_metadata:
            name, limit = f"{MAX_DEPTH} of its seed", _number(source_metadata, MAX_DEPTH, limit)
        return f"{name}: its page has depth {_depth(source_metadata)}, and {limit} is the greatest"


def _depth(metadata: Metadata) -> int:
    """-1 is that of the page before a seed: so URLFilterBolt asks about a URL itself."""
    return -1 if first(metadata, DEPTH) == "-1" else _number(metadata, DEPTH, 0)


def _number(metadata: Metadata, key: str, default: int) -> int:
    value = first(metadata, key) or ""
    # More digits than any depth has: int() would take long over them, or refuse.
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default
