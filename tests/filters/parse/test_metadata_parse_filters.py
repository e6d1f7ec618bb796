"""MimeTypeNormalization and CommaSeparatedToMultivaluedMetadata."""

from pathlib import Path
from typing import Any

import pytest

from tests.filters.parse.parsed_page import load, mistakes, page


@pytest.mark.parametrize(
    ("mime_type", "name"),
    [
        ("text/html; charset=UTF-8", "html"),
        ("application/XHTML+xml", "html"),
        ("application/pdf", "pdf"),
        ("application/msword", "word"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word"),
        ("application/vnd.oasis.opendocument.text", "word"),
        ("application/vnd.ms-excel", "excel"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "excel"),
        ("application/vnd.ms-powerpoint", "powerpoint"),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "powerpoint"),
        ("video/mp4", "video"),
        ("image/png", "image"),
        ("audio/mpeg", "audio"),
        ("application/zip", "other"),
        ("videos", "other"),
        (" ", "unknown"),
    ],
)
def test_the_kind_of_a_document_is_one_word(tmp_path: Path, mime_type: str, name: str) -> None:
    found = page(format=["old"])
    found.metadata["parse.Content-Type"] = [mime_type]
    load(tmp_path, "org.apache.stormcrawler.parse.filter.MimeTypeNormalization").filter(found)
    assert found.metadata["format"] == [name]


def test_a_document_without_a_type_is_of_an_unknown_kind(tmp_path: Path) -> None:
    found = page()
    load(tmp_path, "MimeTypeNormalization").filter(found)
    assert found.metadata == {"format": ["unknown"]}


@pytest.mark.parametrize(
    ("keys", "values", "expected"),
    [
        (["k"], ["a, b ,c"], ["a", "b", "c"]),
        ("k", ["a,b"], ["a", "b"]),
        (["k"], ["a,b", "c", "d, e"], ["a", "b", "c", "d", "e"]),
        (["k"], [",, a,"], ["a"]),
        (["other"], ["a,b"], ["a,b"]),
        ([], ["a,b"], ["a,b"]),
        (["k"], [" , "], None),
        (["k"], [], None),
    ],
)
def test_lists_in_a_text_become_values(tmp_path: Path, keys: Any, values: list[str], expected: Any) -> None:
    found = page(k=values)
    load(tmp_path, "org.apache.stormcrawler.parse.filter.CommaSeparatedToMultivaluedMetadata", {"keys": keys}).filter(
        found
    )
    assert found.metadata == ({} if expected is None else {"k": expected})


def test_keys_that_are_none_are_told(tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, "CommaSeparatedToMultivaluedMetadata", {"keys": 3})
    assert told.startswith("/keys: ")
