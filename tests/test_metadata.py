"""Metadata: several values a key, in order."""

from spindrift.metadata import Metadata, add_values, copy, first, is_true, set_value


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
