"""What a crawl came to."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from spindrift.crawl.progress import Progress


class Ending(StrEnum):
    """Why a crawl ended."""

    FINISHED = "finished"
    """Nothing is due soon."""
    MAX_PAGES = "max-pages"
    MAX_ITEMS = "max-items"
    MAX_ERRORS = "max-errors"
    MAX_BYTES = "max-bytes"
    NO_ITEMS = "no-items"
    """For too long, nothing came for the index."""
    TIME = "time"
    INTERRUPTED = "interrupted"
    STORE = "store"
    """The store could not be written any more."""
    ARCHIVE = "archive"
    """The archive could not be written any more."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of this run, and what the store holds now."""

    ended: Ending
    pages: int
    bytes: int
    seconds: float
    pages_per_second: float
    indexed: int
    status_codes: dict[str, int]
    filter_errors: dict[str, int]
    """Links that were refused because a URL filter raised, by its name."""
    errors: dict[str, int]
    """Causes of what could not be fetched or was given up in this run, most frequent first."""
    statuses: dict[str, int]
    """All URLs of the store by status."""
    documents: int
    """All documents of the store."""
    store: str
    next_due: float | None = None
    """Seconds since the epoch at which the next URL is due; None: never."""
    injected: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""
    """Why the store or the archive could not be written any more, and what to do; empty: they could."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "ended": str(self.ended)}

    @property
    def tried(self) -> bool:
        """Whether any URL had its turn."""
        return bool(self.status_codes or self.errors)

    @property
    def fetched_nothing(self) -> bool:
        """Whether the run had something to fetch, and got not a single answer for it."""
        return self.pages == 0 and self.indexed == 0 and bool(self.errors)


def summarize(
    progress: Progress,
    ended: Ending,
    *,
    errors: dict[str, int],
    documents: int,
    store: str,
    next_due: float | None,
    injected: dict[str, Any],
    trouble: str,
) -> Summary:
    """The summary of a run whose last reading is `progress`."""
    return Summary(
        ended=ended,
        pages=progress.pages,
        bytes=progress.bytes,
        seconds=round(progress.elapsed, 3),
        pages_per_second=round(progress.mean_rate, 1),
        indexed=progress.indexed,
        status_codes=progress.status_codes,
        filter_errors=progress.filter_errors,
        errors=errors,
        statuses=progress.frontier,
        documents=documents,
        store=store,
        next_due=next_due,
        injected=injected,
        trouble=trouble,
    )
