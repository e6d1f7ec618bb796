"""Metadata of a URL: multi-valued strings, as StormCrawler's. A plain `dict`, so that any serializer carries it."""

from collections.abc import Iterable, Mapping

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
