"""What a component process says to its parent: in order, gathered, and nothing twice."""

import io
from typing import Any, cast

import pytest
from lxml import html
from pystorm.component import Tuple

from spindrift.local.pipe import Pipe
from spindrift.local.wire import resolved, unpacker

PAGE = b"<p>" * 1000


def page(number: int = 1) -> Tuple:
    return Tuple(str(number), "fetch", "default", 3, ("http://a.example/", PAGE, {}))


def said(stream: io.BytesIO) -> list[Any]:
    reading = unpacker()
    reading.feed(stream.getvalue())
    return list(reading)


def test_what_a_tuple_makes_goes_together_and_in_order_with_messages() -> None:
    stream = io.BytesIO()
    pipe = Pipe(stream)
    for anchor, name, value in [(1, "status", "a"), (1, "status", "b"), (1, None, "c"), (2, None, "d")]:
        assert pipe.emit([value], name, page(anchor))
    pipe.send({"command": "ack", "id": "2"})
    assert stream.getvalue(), "the bundles are closed"
    pipe.emit(["e"], None, page(3))
    pipe.flush()
    assert said(stream) == [
        ["status", "1", [["a"], ["b"]]],
        [None, "1", [["c"]]],
        [None, "2", [["d"]]],
        {"command": "ack", "id": "2"},
        [None, "3", [["e"]]],
    ]


def test_an_emitted_value_may_be_changed_afterwards() -> None:
    stream = io.BytesIO()
    pipe = Pipe(stream)
    metadata = {"depth": ["1"]}
    pipe.emit(["u", metadata], None, page())
    metadata["depth"] = ["2"]
    pipe.flush()
    assert said(stream) == [[None, "1", [["u", {"depth": ["1"]}]]]]


def test_a_page_is_not_sent_back_to_whom_it_came_from() -> None:
    stream = io.BytesIO()
    pipe = Pipe(stream)
    source = page()
    other = PAGE + b"!"
    pipe.emit(["u", source.values[1], other], None, source)
    pipe.flush()
    assert len(stream.getvalue()) < len(PAGE) + 200
    ((_, _, (values,)),) = said(stream)
    known = source.values
    assert resolved(values, known) == ["u", PAGE, other]
    assert values[1] is known[1]


@pytest.mark.parametrize("value", [{(1,): "a"}, {"a": {("b",): 1}}, [{"a": [{(2,): 3}]}], {"a": ["b"], (): ["c"]}])
def test_a_key_that_comes_back_as_a_list_is_refused_where_it_is_emitted(value: Any) -> None:
    with pytest.raises(TypeError, match="takes no dict with the key"):
        Pipe(io.BytesIO()).emit([value], None, page())


(SMART,) = cast(list[str], html.fromstring("<p title='x'>y</p>").xpath("//@title"))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("half \ud83d of a pair", "half \ud83d of a pair"),
        ({"\ud83d": ["a"]}, {"\ud83d": ["a"]}),
        ({None: 1, 2: 3, 1.5: True, False: b"x"}, {None: 1, 2: 3, 1.5: True, False: b"x"}),
        (SMART, "x"),
        (bytearray(b"a"), b"a"),
        (memoryview(b"a"), b"a"),
        (("a", ("b",)), ["a", ["b"]]),
    ],
)
def test_what_a_filter_may_put_into_a_tuple_comes_through(value: Any, read: Any) -> None:
    stream = io.BytesIO()
    pipe = Pipe(stream)
    pipe.emit([value], None, page())
    pipe.send({"command": "metrics", "name": "m", "params": value})
    assert said(stream) == [[None, "1", [[read]]], {"command": "metrics", "name": "m", "params": read}]


def test_a_value_that_holds_itself_is_refused_and_nothing_is_left_of_it() -> None:
    endless: list[Any] = []
    endless.append(endless)
    stream = io.BytesIO()
    pipe = Pipe(stream)
    with pytest.raises(ValueError, match="nested too deeply"):
        pipe.emit([endless], None, page())
    pipe.send({"command": "ack", "id": "1"})
    assert said(stream) == [{"command": "ack", "id": "1"}]
