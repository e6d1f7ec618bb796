"""What can go wrong between a store and its search engine."""

from typing import Any, Final

from spindrift.errors import StoreError

_FULL_MAPPING: Final = "Limit of total fields"  # as both engines say: the type is that of many other errors
BLOCKED: Final = "cluster_block_exception"
_PASSING: Final = frozenset({429, 502, 503, 504})


class Unreachable(StoreError):  # noqa: N818 - what it is, as its neighbour
    """No answer of a search engine: it is away, restarts, takes too long, or a proxy answers. Worth another try."""


class Refused(StoreError):  # noqa: N818
    """The server's answer is an error. `status` is that of HTTP, `kind` the error's type (`parsing_exception`)."""

    def __init__(self, doing: str, status: int, body: Any) -> None:
        self.status = status
        self.kind, reason = _said(body)
        self.lacks_fields = status == 400 and _FULL_MAPPING in reason
        """Whether the index can have no more fields than it has."""
        super().__init__(f"{doing}: {status} {self.kind} {reason}{_advice(status, self.kind)}".rstrip())

    @property
    def passes(self) -> bool:
        """Whether the same request may be accepted later."""
        return self.status in _PASSING and self.kind != BLOCKED


def _said(body: Any) -> tuple[str, str]:
    error = body.get("error") if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return "", str(error or "")[:300]
    return str(error.get("type", "")), str(error.get("reason", ""))[:300]


def _advice(status: int, kind: str) -> str:
    if kind == BLOCKED:
        return (
            "; the index can only be read, as when a node's disk is full: make room, then set "
            "index.blocks.read_only_allow_delete (or index.blocks.write) of the index to null"
        )
    if status == 413:
        return "; the server, or a proxy before it, takes no request of this size"
    if status in (401, 403):
        return "; say who you are with store.search.user and store.search.password, or store.search.api.key"
    return ""
