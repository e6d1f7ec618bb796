"""Why URLs could not be fetched, or were given up."""

from collections import Counter
from collections.abc import Mapping

from spindrift.fetching.outcomes import CRAWL_DELAY, ROBOTS
from spindrift.frontier import Frontier
from spindrift.metadata import first
from spindrift.metadata_keys import ERROR_CAUSE, FETCH_EXCEPTION, STATUS_CODE
from spindrift.protocol.causes import UNKNOWN_HOST
from spindrift.status import Status

# Followed by the host's name: each would be a cause of its own.
_UNKNOWN = f"robots.txt: {UNKNOWN_HOST}"
_IN_WORDS = {
    ROBOTS: "forbidden by robots.txt",
    CRAWL_DELAY: "Crawl-delay in robots.txt is too long (fetcher.max.crawl.delay)",
}


def cause_of(metadata: Mapping[str, list[str]]) -> str:
    """The cause that stands with a URL: what was said of it, else the exception, else the answer's status code."""
    code = first(metadata, STATUS_CODE)
    said = first(metadata, ERROR_CAUSE) or ""
    if said.startswith(_UNKNOWN):
        return _UNKNOWN
    return (
        _IN_WORDS.get(said, said)
        or first(metadata, FETCH_EXCEPTION)
        or (
            f"status code {code}"
            if code
            else "no cause is stored (neither error.cause nor fetch.exception nor fetch.statusCode)"
        )
    )


def causes_since(frontier: Frontier, since: float) -> dict[str, int]:
    """The causes of URLs that got FETCH_ERROR or ERROR at `since` (epoch seconds) or later, most frequent first."""
    causes = Counter(
        cause_of(record.metadata)
        for status in (Status.FETCH_ERROR, Status.ERROR)
        for record in frontier.records(status)
        if record.updated >= since
    )
    return dict(causes.most_common())
