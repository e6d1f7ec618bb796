"""Documents as those of the index `content`, with the fields that StormCrawler gives them."""

from typing import Any, Final

from spindrift.index.documents import Document
from spindrift.index.snippets import words_of
from spindrift.search_engine.values import SORT_ID, as_fields, as_metadata, iso_us, seconds_of, sort_id
from spindrift.urls import registered_domain

_OWN: Final = frozenset(
    {"url", "source", "host", "domain", "title", "content", "language", "statusCode", "fetched", "search", SORT_ID}
)


def as_source(document: Document) -> dict[str, Any]:
    """A document as it is stored.

    `search`, which is indexed and not stored, holds the words as all stores of spindrift tell them apart (in lower
    case, without diacritics), so that a query finds the same in each, and the hosts by which the page is found.
    """
    title = " ".join(words_of(document.title))
    return {
        "url": document.url,
        "host": document.host,
        "domain": registered_domain(document.host),
        "title": document.title,
        "content": document.text,
        "fetched": iso_us(document.fetched),
        "search": {
            "title": title,
            "text": [title, " ".join(words_of(document.text))],  # no phrase reaches from one to the other
            "host": _hosts(document),
        },
        **sort_id(document.url),
        **({"statusCode": document.status} if document.status is not None else {}),
        **({"language": document.language} if document.language else {}),
        **({"source": document.source} if document.source and document.source != document.url else {}),
        **as_fields(document.fields, _OWN),
    }


def as_document(source: dict[str, Any]) -> Document:
    """The inverse."""
    return Document(
        url=source["url"],
        host=source.get("host", ""),
        title=source.get("title", ""),
        text=source.get("content", ""),
        fields=as_metadata({name: value for name, value in source.items() if name not in _OWN}),
        status=source.get("statusCode"),
        fetched=seconds_of(source.get("fetched")) or 0.0,
        language=source.get("language", ""),
        source=source.get("source", ""),
    )


def _hosts(document: Document) -> list[str]:
    """The host and those that it is a subdomain of; with its port, too, where the URL names one."""
    labels = document.host.split(".")
    hosts = [".".join(labels[start:]) for start in range(len(labels))]
    authority = document.url.partition("://")[2].partition("/")[0]
    name, _, port = authority.rpartition(":")
    return hosts + [f"{host}:{port}" for host in hosts] if name == document.host and port.isdigit() else hosts
