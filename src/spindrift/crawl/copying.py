"""Moves a crawl from one store to another: all that is known of URLs, the hosts that are held, the documents."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from spindrift.errors import ConfigurationError, StoreError
from spindrift.frontier.records import StatusUpdate, UrlRecord
from spindrift.store import Store

T = TypeVar("T")

_URLS: Final = 2000
_DOCUMENTS: Final = 100
_MOST_HELD: Final = 1_000_000


@dataclass(slots=True)
class Copied:
    """How much was copied."""

    urls: int = 0
    held_hosts: int = 0
    documents: int = 0


def copy_store(
    source: Store, target: Store, *, merge: bool = False, show: Callable[[Copied], object] = lambda copied: None
) -> Copied:
    """Copy all of `source` into `target`, which nobody else may crawl into meanwhile. `show` is called now and then.

    Raises ConfigurationError where `target` holds URLs, unless they are to be merged: then a URL that is only
    discovered in `source` stays as it is in `target`, and every other one becomes what it is in `source`. What was
    copied halfway can be copied again, with `merge`. Raises StoreError where a store cannot be read or written, or gave
    less than it holds.
    """
    claim = target.frontier.claim()
    try:
        if not merge and any(target.frontier.count_by_status().values()):
            raise ConfigurationError(
                "the store to copy into holds a crawl already; name a new one, or let --merge join the two"
            )
        copied = Copied()
        urls, pages = sum(source.frontier.count_by_status().values()), source.documents.count()
        for records in _batches(source.frontier.records(), _URLS):
            target.frontier.put([_update(record) for record in records])
            copied.urls += len(records)
            show(copied)
        for host in source.frontier.hosts(_MOST_HELD, held_only=True):
            target.frontier.hold(host.key, host.held_until or 0.0, host.reason, host.failures)
            copied.held_hosts += 1
        for documents in _batches(source.documents.iterate(), _DOCUMENTS):
            target.documents.put(documents)
            copied.documents += len(documents)
            show(copied)
        _check("URLs", copied.urls, urls)
        _check("documents", copied.documents, pages)
        return copied
    finally:
        claim.release()


def _check(what: str, copied: int, held: int) -> None:
    if copied < held:
        raise StoreError(
            f"the store that was copied holds {held:,} {what}, and gave {copied:,}: is it being crawled? Copy it "
            "again, with --merge, when nobody changes it"
        )


def _update(record: UrlRecord) -> StatusUpdate:
    return StatusUpdate(
        record.url, record.key, record.status, record.metadata, record.next_fetch, updated=record.updated
    )


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
