"""What can go wrong between a store and its search engine."""

from typing import Any, Final

from spindrift.errors import StoreError

_FULL_MAPPING: Final = "Limit of total fields"  # as both engines say: the type is that of many other errors
BLOCKED: Final = "cluster_block_exception"
_BLOCKED_ADVICE: Final = (
    "the index can only be read, as when a node's disk is full: make room, then set "
    "index.blocks.read_only_allow_delete (or index.blocks.write) of the index to null"
)
_TOO_LARGE_ADVICE: Final = "the server, or a proxy before it, takes no request of this size"
_TOO_LARGE: Final = 413
_PASSING: Final = frozenset({429, 502, 503, 504})


class Unreachable(StoreError):  # noqa: N818 - what it is, as its neighbour
    """No answer of a search engine: it is away, restarts, takes too long, or a proxy answers. Worth another try."""


class Refused(StoreError):  # noqa: N818
    """The server's answer is an error. `status` is that of HTTP, `kind` the error's type (`parsing_exception`)."""

    def __init__(self, doing: str, status: int, body: Any, advice: str = "") -> None:
        self.status = status
        self.kind, reason = _said(body)
        self.lacks_fields = status == 400 and _FULL_MAPPING in reason
        """Whether the index can have no more fields than it has."""
        advice = _BLOCKED_ADVICE if self.kind == BLOCKED else _TOO_LARGE_ADVICE if status == _TOO_LARGE else advice
        super().__init__(f"{doing}: {status} {self.kind} {reason}".rstrip() + (f"; {advice}" if advice else ""))

    @property
    def passes(self) -> bool:
        """Whether the same request may be accepted later."""
        return self.status in _PASSING and self.kind != BLOCKED


def _said(body: Any) -> tuple[str, str]:
    error = body.get("error") if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return "", str(error or "")[:300]
    return str(error.get("type", "")), str(error.get("reason", ""))[:300]
