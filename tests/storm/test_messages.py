"""Messages as bytes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spindrift.storm.messages import Framing, JsonFraming, MessagePackFraming

_KEYS = st.sampled_from(["$bytes", "$$bytes", "a", 'a"$bytes', '{"$bytes":null}', '{"$bytes":"', "QUJD"])
_LEAVES = st.none() | st.integers(-(2**53), 2**53) | st.text() | st.binary() | _KEYS
_VALUES = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner), max_leaves=6)


@pytest.mark.parametrize("make", [JsonFraming, MessagePackFraming])
@given(messages=st.lists(_VALUES, min_size=1, max_size=2))
@example(messages=[{"$bytes": "not base64!"}, {"$bytes": "QUJD"}, {"$$bytes": b"a"}, {"$bytes": {"$bytes": None}}])
def test_any_values_come_as_they_went(make: type[Framing], messages: list[Any]) -> None:
    framing = make()
    framing.feed(b"".join(framing.pack({"tuple": message}) for message in messages))
    assert list(framing.messages()) == [{"tuple": message} for message in messages]


def test_in_json_bytes_are_base64_in_an_object_of_their_own() -> None:
    packed = JsonFraming().pack({"tuple": [b"\xff\xfe\xfd/", bytearray(b"a")]})
    assert packed == b'{"tuple":[{"$bytes":"//79Lw=="},{"$bytes":"YQ=="}]}\nend\n'


def test_in_json_an_object_that_looks_like_bytes_has_one_more_dollar() -> None:
    packed = JsonFraming().pack({"tuple": [b"a", {"$bytes": "QUJD"}, {"$bytes": None, "a": 1}]})
    assert packed == b'{"tuple":[{"$bytes":"YQ=="},{"$$bytes":"QUJD"},{"$bytes":null,"a":1}]}\nend\n'


def test_what_another_component_says_that_is_no_base64_is_left_as_it_is() -> None:
    framing = JsonFraming()
    framing.feed('{"tuple":[{"$bytes":"not base64!"},{"$bytes":"ü"},{"$bytes":1}]}\nend\n'.encode())
    assert list(framing.messages()) == [{"tuple": [{"$bytes": "not base64!"}, {"$bytes": "ü"}, {"$bytes": 1}]}]


def test_a_message_that_cannot_be_read_is_passed_over_alone(caplog: pytest.LogCaptureFixture) -> None:
    framing = JsonFraming()
    framing.feed(b"1\nend\n{broken\nend\n" + b"[" * 100_000 + b"\nend\n2\nend\n3")
    assert list(framing.messages()) == [1, 2]
    assert caplog.text.count("a message cannot be read, and is passed over") == 2
    framing.feed(b"4\nend\n")
    assert list(framing.messages()) == [34]


def test_who_stops_reading_gets_none_twice() -> None:
    framing = JsonFraming()
    framing.feed(b"1\nend\n2\nend\n3\nend\n")
    assert next(framing.messages()) == 1
    assert list(framing.messages()) == [2, 3]


@pytest.mark.parametrize(
    ("deepest", "around"),
    [
        (1, lambda value: [value]),
        (1, lambda value: {"a": 1, "b": value}),
        (b"bytes are an object, too", lambda value: (value,)),
    ],
    ids=["lists", "dicts", "bytes"],
)
def test_json_takes_400_levels_as_storm_does(deepest: Any, around: Callable[[Any], Any]) -> None:
    value = deepest
    for _ in range(398 - isinstance(deepest, bytes)):
        value = around(value)
    JsonFraming().pack({"command": "emit", "tuple": [value, "[" * 1000]})
    with pytest.raises(ValueError, match="nested too deeply; Storm reads 398 levels of it in JSON"):
        JsonFraming().pack({"command": "emit", "tuple": [around(value)]})


def test_what_json_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="JSON has no set"):
        JsonFraming().pack({"tuple": [b"a", {1}]})
