"""Conditional requests (RFC 9110, 13): ask for a page only if it has changed since it was last fetched."""

from collections.abc import Mapping

from spindrift.metadata import first


def conditional_headers(metadata: Mapping[str, list[str]], prefix: str) -> dict[str, str]:
    """The request headers that make a fetch conditional; empty where nothing is known of an earlier answer.

    `<prefix>etag` becomes If-None-Match; `<prefix>last-modified`, or `last-modified`, becomes If-Modified-Since.
    Values that could not stand in a header are passed over.
    """
    headers = {}
    etag = first(metadata, prefix + "etag")
    if etag and etag.isprintable():
        headers["If-None-Match"] = etag
    modified = first(metadata, prefix + "last-modified") or first(metadata, "last-modified")
    if modified and modified.isprintable():
        headers["If-Modified-Since"] = modified
    return headers


def is_conditional(head: str) -> bool:
    """Whether the `head` of a request makes it conditional."""
    names = {line.partition(":")[0].strip().lower() for line in head.splitlines()[1:]}
    return not names.isdisjoint(("if-none-match", "if-modified-since"))
