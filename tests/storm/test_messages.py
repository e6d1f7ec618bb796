"""Messages as bytes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.storm.messages import Framing, JsonFraming, MessagePackFraming

_KEYS = st.sampled_from(["$bytes", "a", '{"$bytes":null}', '{"$bytes":"'])
_LEAVES = st.none() | st.integers(-(2**53), 2**53) | st.text() | st.binary() | _KEYS
_VALUES = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner), max_leaves=6)


def _stands_for_bytes(value: Any) -> bool:
    """Whether it has an object that JSON cannot tell from bytes."""
    if isinstance(value, dict):
        own = len(value) == 1 and isinstance(value.get("$bytes"), str)
        return own or any(map(_stands_for_bytes, value.values()))
    return isinstance(value, list) and any(map(_stands_for_bytes, value))


@pytest.mark.parametrize("make", [JsonFraming, MessagePackFraming])
@given(messages=st.lists(_VALUES.filter(lambda value: not _stands_for_bytes(value)), min_size=1, max_size=2))
def test_any_values_come_as_they_went(make: type[Framing], messages: list[Any]) -> None:
    framing = make()
    framing.feed(b"".join(framing.pack({"tuple": message}) for message in messages))
    assert list(framing.messages()) == [{"tuple": message} for message in messages]


def test_in_json_bytes_are_base64_in_an_object_of_their_own() -> None:
    message = {"tuple": [b"\xff\xfe\xfd/", {"$bytes": None}, bytearray(b"a")]}
    first, second = JsonFraming().pack({"tuple": message["tuple"][::2]}), JsonFraming().pack(message)
    assert first == b'{"tuple":[{"$bytes":"//79Lw=="},{"$bytes":"YQ=="}]}\nend\n'
    assert json.loads(second.removesuffix(b"end\n"))["tuple"] == [
        {"$bytes": "//79Lw=="},
        {"$bytes": None},
        {"$bytes": "YQ=="},
    ]


def test_what_json_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="JSON has no set"):
        JsonFraming().pack({"tuple": [b"a", {1}]})
