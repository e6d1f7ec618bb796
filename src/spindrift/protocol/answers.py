"""From an answer on the wire to a Response, whichever library has read it."""

from collections.abc import Iterable

from spindrift.metadata import Metadata
from spindrift.protocol.decoding import BodyCollector
from spindrift.protocol.requests import SET_HEADER
from spindrift.protocol.response import Response


def header_lists(headers: Iterable[tuple[str, str]]) -> Metadata:
    """Headers by lower-case name, without those that only a user may give (set-header)."""
    lists: Metadata = {}
    for name, value in headers:
        lists.setdefault(name.lower(), []).append(value)
    lists.pop(SET_HEADER, None)
    return lists


def utf8_or_latin1(raw: bytes) -> str:
    """The text of a header value: nobody says what its bytes mean."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def trimming(
    response: Response, collector: BodyCollector | None, *, out_of_time: bool, partial_as_trimmed: bool
) -> str | None:
    """Why an answer that broke off is worth keeping as it is, as `Response.trimmed` says it; None: it is not."""
    if collector is not None and collector.content():
        if out_of_time:
            return "time"
        if partial_as_trimmed:
            return "disconnect"
    # Nobody reads the body of an error or a redirect: what matters has arrived.
    return "" if response.status_code >= 300 else None
