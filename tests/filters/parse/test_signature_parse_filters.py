"""MD5SignatureParseFilter and SimhashParseFilter."""

from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from spindrift.parse.page import Page
from tests.filters.parse.parsed_page import load, mistakes

URL = "http://a.example/"
STORY = " ".join(f"word{number} of a long story that is told here once" for number in range(40))


def document(text: str = "", content: bytes = b"", url: str = URL, **metadata: list[str]) -> Page:
    return Page(url, content, metadata, text=text)


def digest(data: bytes) -> str:
    return md5(data).hexdigest()


@pytest.mark.parametrize(
    ("params", "found", "expected"),
    [
        (None, document("text", b"bytes"), digest(b"bytes")),
        ({"useText": True}, document("text é", b"bytes"), digest("text é".encode())),
        (None, document("text", b""), digest(URL.encode())),
        ({"useText": True}, document(" ", b"bytes"), digest(URL.encode())),
        ({"useText": True}, document("\udc80"), digest(b"?")),
    ],
)
def test_the_signature_is_a_digest(tmp_path: Path, params: Any, found: Page, expected: str) -> None:
    load(tmp_path, "org.apache.stormcrawler.parse.filter.MD5SignatureParseFilter", params).filter(found)
    assert found.metadata == {"signature": [expected]}


def test_the_signature_of_the_last_fetch_is_kept_where_it_has_a_key(tmp_path: Path) -> None:
    signature = load(tmp_path, "MD5SignatureParseFilter", {"keyName": "sig", "keyNameCopy": "sigOld"})
    found = document(content=b"1")
    signature.filter(found)
    assert found.metadata == {"sig": [digest(b"1")]}
    again = document(content=b"2", sig=found.metadata["sig"])
    signature.filter(again)
    assert again.metadata == {"sig": [digest(b"2")], "sigOld": [digest(b"1")]}


def test_an_empty_name_of_a_key_keeps_nothing(tmp_path: Path) -> None:
    found = document(content=b"2", signature=["old"])
    load(tmp_path, "MD5SignatureParseFilter", {"keyNameCopy": " "}).filter(found)
    assert found.metadata == {"signature": [digest(b"2")]}


def test_the_fingerprint_is_16_digits_and_hardly_changes_with_the_text(tmp_path: Path) -> None:
    simhash = load(tmp_path, "SimhashParseFilter")
    one, two, three = document(STORY), document(STORY.upper() + "!"), document(STORY + " And a word more.")
    for found in (one, two, three):
        simhash.filter(found)
        assert list(found.metadata) == ["simhash"]
    assert len(one.metadata["simhash"][0]) == 16
    assert one.metadata == two.metadata
    bits = [int(found.metadata["simhash"][0], 16) for found in (one, three)]
    assert (bits[0] ^ bits[1]).bit_count() <= 6


def test_a_fingerprint_is_the_same_in_every_process(tmp_path: Path) -> None:
    found = document("one two three four")
    load(tmp_path, "SimhashParseFilter").filter(found)
    assert found.metadata == {"simhash": ["321a425111104400"]}


def test_a_page_without_words_has_no_fingerprint(tmp_path: Path) -> None:
    metadata = {"simhash": ["old"], "simhash.duplicateOf": ["http://old.example/"]}
    found = Page(URL, b"", metadata, text="…")
    load(tmp_path, "SimhashParseFilter", {"duplicates": "skip"}).filter(found)
    assert found.metadata == {}


@pytest.mark.parametrize(("duplicates", "keys"), [("mark", set()), ("skip", {"robots.noIndex"})])
def test_a_near_duplicate_names_the_page_that_came_first(tmp_path: Path, duplicates: str, keys: set[str]) -> None:
    simhash = load(tmp_path, "SimhashParseFilter", {"duplicates": duplicates})
    first, second = document(STORY), document(STORY + " Mirror.", url="http://mirror.example/")
    for _ in range(2):  # fetched again, both are what they were
        simhash.filter(first)
        simhash.filter(second)
        assert set(first.metadata) == {"simhash"}
        assert set(second.metadata) == {"simhash", "simhash.duplicateOf"} | keys
        assert second.metadata["simhash.duplicateOf"] == [URL]


def test_short_texts_are_no_duplicates(tmp_path: Path) -> None:
    simhash = load(tmp_path, "SimhashParseFilter", {"duplicates": "skip", "minWords": 4})
    for number in range(2):
        for text, marked in {"not found here": False, "four words are enough": number > 0}.items():
            found = document(text, url=f"http://{number}.example/")
            simhash.filter(found)
            assert ("robots.noIndex" in found.metadata) is marked


def test_duplicates_are_looked_for_only_where_wanted(tmp_path: Path) -> None:
    simhash = load(tmp_path, "SimhashParseFilter")
    for number in range(2):
        found = document(STORY, url=f"http://{number}.example/")
        simhash.filter(found)
        assert set(found.metadata) == {"simhash"}


def test_parameters_out_of_bounds_are_told(tmp_path: Path) -> None:
    params = {"distance": 11, "window": 0, "shingle": 0, "duplicates": "drop"}
    found = mistakes(tmp_path, "SimhashParseFilter", params)
    assert {place.partition(":")[0] for place in found} == {"/distance", "/window", "/shingle", "/duplicates"}
