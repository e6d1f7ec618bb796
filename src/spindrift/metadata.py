"""Metadata of a URL: multi-valued strings, as StormCrawler's. A plain `dict`, so that any serializer carries it."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

Metadata = dict[str, list[str]]
"""Key to its values, in order. A single value is a list of length 1."""


def first(metadata: Mapping[str, list[str]], key: str, default: str | None = None) -> str | None:
    """The first value of `key`, or `default` where there is none."""
    values = metadata.get(key)
    return values[0] if values else default


def set_value(metadata: Metadata, key: str, value: str) -> None:
    """Replace whatever `key` holds by one value."""
    metadata[key] = [value]


def add_values(metadata: Metadata, key: str, values: Iterable[str]) -> None:
    """Append `values` to those of `key`; blank ones are left out, as StormCrawler's addValue does."""
    kept = [value for value in values if value and not value.isspace()]
    if kept:
        metadata.setdefault(key, []).extend(kept)


def copy(metadata: Mapping[str, list[str]]) -> Metadata:
    """A copy whose lists can be changed without touching the original: emitted metadata is never mutated."""
    return {key: list(values) for key, values in metadata.items()}


def is_true(metadata: Mapping[str, list[str]], key: str) -> bool:
    """Whether the first value of `key` reads "true" (any case)."""
    value = first(metadata, key)
    return value is not None and value.lower() == "true"


class MetadataError(ValueError):
    """A key has a value that is no metadata."""

    def __init__(self, key: object, value: object) -> None:
        name = key if isinstance(key, str) else repr(key)
        super().__init__(f"set {name} to {value!r:.100}; expected a list of texts")


def as_metadata(written: Any) -> Metadata:
    """What anyone's code wrote as metadata, as metadata: `written` itself where it is, as ordinarily, else a copy.

    A text by itself is one value, as with StormCrawler's setValue, and not its letters; a number or a truth value is
    its text. Raises MetadataError for what cannot be read so.
    """
    if (  # in C: it is asked after each parse filter of each page
        type(written) is dict
        and _TEXT.issuperset(map(type, written))
        and _LIST.issuperset(map(type, written.values()))
        and _TEXT.issuperset(map(type, chain.from_iterable(written.values())))
    ):
        return written
    if not isinstance(written, Mapping):
        raise MetadataError("metadata", written)
    return {_key(key, values): _values(key, values) for key, values in written.items()}


def without_errors(written: Mapping[Any, Any]) -> Metadata:
    """What of `written` is metadata, or can be read so; the rest is left out."""
    kept: Metadata = {}
    for key, values in written.items():
        try:
            kept |= as_metadata({key: values})
        except MetadataError:
            continue
    return kept


_TEXT = frozenset({str})
_LIST = frozenset({list})


def _key(key: object, values: object) -> str:
    if not isinstance(key, str):
        raise MetadataError(key, values)
    return str(key)


def _values(key: object, written: object) -> list[str]:
    if isinstance(written, list | tuple):
        return [_text(key, value, written) for value in written]
    return [_text(key, written, written)]


def _text(key: object, value: object, written: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()  # as flags are written everywhere else
    if isinstance(value, str | int | float):
        return str(value)  # of a text that is more than a text, such as lxml's, the text
    raise MetadataError(key, written)
