"""Documents, and the interface of what stores and searches them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from spindrift.metadata import Metadata

OnDurable = Callable[[BaseException | None], None]

MARKS = ("<mark>", "</mark>")
"""What stands around the words that were found, in a snippet."""


@dataclass(slots=True)
class Document:
    """One page as it is indexed. Its identity is its URL; of two, the one that was fetched last stays."""

    url: str
    host: str
    title: str
    text: str
    fields: Metadata = field(default_factory=dict)
    """All other fields, by their names in the index (`indexer.md.mapping`)."""
    status: int | None = None
    """Status code of the answer."""
    fetched: float = 0.0
    """Seconds since the epoch."""
    language: str = ""
    source: str = ""
    """URL that was fetched, where `url` is the canonical one; empty: the same."""


@dataclass(slots=True)
class Hit:
    """One document that was found."""

    url: str
    title: str
    snippet: str
    """A passage with the words that were found between marks. Not escaped for HTML."""
    host: str
    score: float
    """Higher is better; comparable within one answer only. 0 where nothing was searched for."""
    fetched: float
    status: int | None
    fields: Metadata = field(default_factory=dict)
    """Those of the document (`indexer.md.mapping`)."""


@dataclass(slots=True)
class SearchResult:
    """One page of what was found."""

    total: int
    hits: list[Hit]


class Documents(Protocol):
    """Stores and searches documents. Thread-safe; `tests/index/contract.py` says what it must hold to."""

    def put(self, documents: Sequence[Document], on_durable: OnDurable | None = None) -> None:
        """Store documents; one that was fetched before the stored one of its URL changes nothing.

        A page has one document: those that came of the same `source` under another URL are deleted.

        With `on_durable`: returns at once; without: when they are durable, or raises.
        """
        ...

    def delete(self, urls: Sequence[str], on_durable: OnDurable | None = None) -> None:
        """Delete the documents of `urls`, and those that were fetched from them. Unknown ones do no harm."""
        ...

    def count(self) -> int:
        """Documents held."""
        ...

    def search(
        self,
        query: str,
        *,
        host: str | None = None,
        status: int | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 10,
        offset: int = 0,
        marks: tuple[str, str] = MARKS,
    ) -> SearchResult:
        """The best documents for `query`, any text. Raises ConfigurationError where it has more than 32 words.

        All words must occur, in any order; `"a phrase"` as it stands; `wor*` a word that begins so; `a OR b`
        either; `-word` must not. What is said twice counts once. A query without words to look for lists what passes
        the filters, the newest first. `host`: that host and its subdomains, with `host:port` on that port only; `since`
        and `until`: fetched then or after, and before.
        """
        ...

    def iterate(self) -> Iterator[Document]:
        """All documents."""
        ...
