"""The JSON-LD that a page carries in its scripts, whatever state it is in."""

import json
import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

MAX_DOCUMENTS = 10_000
"""Documents of a page, and nodes of its graphs, that are taken: each is gone through for every pointer of a filter."""
_TYPE = "application/ld+json"
# What templates put around JSON so that old browsers do not show it.
_OPENING = re.compile(r"\s*(?://\s*|/\*\s*)?(?:<!--|<!\[CDATA\[)(?:\s*\*/)?")
_CLOSING = re.compile(r"\s*(?://\s*|/\*\s*)?(?:-->|\]\]>)(?:\s*\*/)?")
# Strings are passed over; possessive, so that one without an end is looked at once.
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|,(?=\s*+[\]}])', re.DOTALL)


def read_linked_data(root: etree._Element) -> list[object]:
    """The documents in all `application/ld+json` scripts of a page, in order; what is beyond repair is left out.

    Numbers are texts, as written. Each node of an `@graph` comes as a document of its own, behind the one it is in. No
    more than MAX_DOCUMENTS.
    """
    return list(islice(_all_documents(root), MAX_DOCUMENTS))


def _all_documents(root: etree._Element) -> Iterator[object]:
    for script in root.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != _TYPE:
            continue
        for document in _documents(script.text or ""):
            yield document
            yield from _graph_nodes(document)


def _graph_nodes(document: object) -> Iterator[object]:
    for part in document if isinstance(document, list) else [document]:
        graph = part.get("@graph") if isinstance(part, dict) else None
        if isinstance(graph, list):
            yield from graph
        elif graph is not None:
            yield graph


def _documents(text: str) -> list[object]:
    """What a script holds: one document; none where it cannot be read; several, where they stand one after another."""
    text = _bare(text)
    try:
        return _decode_all(text)
    except (ValueError, RecursionError):
        pass
    try:
        return _decode_all(_STRING_OR_COMMA.sub(lambda match: match[0] if match[0][0] == '"' else "", text))
    except (ValueError, RecursionError):
        return []


def _bare(text: str) -> str:
    text = text.lstrip("\ufeff")
    if opening := _OPENING.match(text):
        text = text[opening.end() :]
        *_, closing = [None, *_CLOSING.finditer(text, max(0, len(text) - 100))]
        if closing:
            text = text[: closing.start()]
    return text.strip().rstrip(";")


def _decode_all(text: str) -> list[object]:
    documents: list[object] = []
    position = 0
    while position < len(text):
        document, position = _DECODER.raw_decode(text, position)
        documents.append(document)
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]  # matches everywhere
    return documents


_BETWEEN = re.compile(r"[\s,;]*")
# Control characters within strings are a common mistake; numbers of any length are fine as texts.
_DECODER = json.JSONDecoder(strict=False, parse_float=str, parse_int=str, parse_constant=str)
