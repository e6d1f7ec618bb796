"""The status of a URL, as it travels on the status stream and rests in the status store."""

from enum import StrEnum


class Status(StrEnum):
    """StormCrawler's five states of a URL. Tuples carry the value (a plain string)."""

    DISCOVERED = "DISCOVERED"
    """Known, not fetched yet."""
    FETCHED = "FETCHED"
    """Fetched and indexed (said by the last bolt that holds the page), or unchanged (304)."""
    FETCH_ERROR = "FETCH_ERROR"
    """Could not be fetched this time; will be tried again."""
    REDIRECTION = "REDIRECTION"
    """Answers with a redirect; the target was emitted as DISCOVERED."""
    ERROR = "ERROR"
    """Given up, by default for good."""
