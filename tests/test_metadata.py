"""Metadata: several values a key, in order."""

import pytest

from spindrift.metadata import (
    Metadata,
    MetadataError,
    add_values,
    as_metadata,
    copy,
    first,
    is_true,
    set_value,
    without_errors,
)


def test_the_first_value_counts_where_one_is_wanted() -> None:
    metadata: Metadata = {"a": ["1", "2"], "none": []}
    assert first(metadata, "a") == "1"
    assert first(metadata, "none") is None
    assert first(metadata, "b", "other") == "other"


def test_a_value_that_is_set_takes_the_place_of_all() -> None:
    metadata: Metadata = {"a": ["1", "2"]}
    set_value(metadata, "a", "3")
    assert metadata == {"a": ["3"]}


def test_blank_values_are_not_added() -> None:
    metadata: Metadata = {"a": ["1"]}
    add_values(metadata, "a", ["", " \n", "2"])
    add_values(metadata, "b", [" "])
    assert metadata == {"a": ["1", "2"]}


def test_a_copy_shares_no_lists() -> None:
    metadata: Metadata = {"a": ["1"]}
    copied = copy(metadata)
    add_values(copied, "a", ["2"])
    assert (metadata, copied) == ({"a": ["1"]}, {"a": ["1", "2"]})


def test_true_may_be_in_any_case() -> None:
    metadata: Metadata = {"a": ["True"], "b": ["yes"]}
    assert [is_true(metadata, key) for key in "abc"] == [True, False, False]


def test_metadata_stay_what_they_are() -> None:
    metadata: Metadata = {"a": ["1", "2"], "none": []}
    assert as_metadata(metadata) is metadata


class Text(str):
    """As lxml's results of XPath: a text with more to it."""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("13", ["13"]),
        ("", [""]),
        (13, ["13"]),
        (1.5, ["1.5"]),
        (True, ["true"]),
        ([5, "a", False], ["5", "a", "false"]),
        (("a", "b"), ["a", "b"]),
        ([Text("a")], ["a"]),
        (Text("ab"), ["ab"]),
    ],
)
def test_a_text_or_number_by_itself_is_one_value(written: object, meant: list[str]) -> None:
    metadata = as_metadata({"other": ["x"], "words": written})
    assert metadata == {"other": ["x"], "words": meant}
    assert {type(value) for value in metadata["words"]} <= {str}


@pytest.mark.parametrize("written", [None, {"a": 1}, [["a"]], [None], b"13", {"a"}, object])
def test_what_is_no_value_is_told(written: object) -> None:
    with pytest.raises(MetadataError, match=r"^set words to .*; expected a list of texts$"):
        as_metadata({"words": written})
    assert without_errors({"other": ["x"], "words": written, "n": 1}) == {"other": ["x"], "n": ["1"]}


def test_keys_are_texts_and_metadata_a_dict() -> None:
    with pytest.raises(MetadataError, match=r"^set 5 to \['a'\]"):
        as_metadata({5: ["a"]})
    with pytest.raises(MetadataError, match=r"^set metadata to None"):
        as_metadata(None)
