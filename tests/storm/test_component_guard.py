"""A component's process on Storm: nothing gets into the protocol, nothing is lost, and a busy one is alive."""

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.storm.components import (
    Busy,
    BusySpout,
    Closing,
    Directing,
    Echo,
    Exiting,
    FailingFirst,
    Forking,
    Misemitting,
    Nesting,
    NotANumber,
    Printing,
    Raising,
    Uncarriable,
)
from tests.storm.fake_storm import FakeStorm

BOTH = pytest.mark.parametrize("serializer", ["json", "msgpack"])


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        "text \ud800 \N{SNOWMAN}",
        bytes(range(256)) * 20_000,
        {"deep": [b"\0end\n", {"": b""}]},
        [1, -(2**63), 2.5, True, None, "\nend\n"],
    ],
    ids=["text", "5 MB", "nested", "plain"],
)
def test_values_come_back_as_they_were(value: Any, serializer: str, tmp_path: Path) -> None:
    with FakeStorm(Echo, tmp_path, serializer) as storm:
        storm.tuple(value)
        assert storm.hear("emit")["tuple"] == [value]
        assert storm.hear("ack")["id"] == "1"


@BOTH
@pytest.mark.parametrize("value", ["class", "set"])
def test_what_cannot_be_carried_fails_its_tuple_and_is_named(value: str, serializer: str, tmp_path: Path) -> None:
    with FakeStorm(Uncarriable, tmp_path, serializer) as storm:
        storm.tuple(value)
        said = storm.until("fail")
        assert said[-1]["id"] == "1"
        (error,) = [message["msg"] for message in said if message.get("command") == "error"]
        assert "EmitError: uncarriable cannot emit on stream 'odd': field 'second' cannot be carried" in error
        storm.tuple(value, "2")
        assert storm.hear("fail")["id"] == "2", "it goes on"


def test_nan_is_a_number_of_messagepack_and_none_of_json(tmp_path: Path) -> None:
    with FakeStorm(NotANumber, tmp_path, "msgpack") as storm:
        storm.tuple(1)
        assert [message["command"] for message in storm.until("ack")][-2:] == ["emit", "ack"]
    with FakeStorm(NotANumber, tmp_path, "json") as storm:
        storm.tuple(1)
        assert "field 'value' cannot be carried" in storm.hear("error")["msg"]
        storm.hear("fail")


def test_a_direct_emit_that_would_end_the_worker_fails_its_tuple(tmp_path: Path) -> None:
    with FakeStorm(Directing, tmp_path, "json") as storm:
        storm.tuple(1)
        assert (
            "directing cannot emit on stream 'default': Storm takes direct emits in MessagePack only"
            in (storm.hear("error")["msg"])
        )
        storm.hear("fail")
    with FakeStorm(Directing, tmp_path, "msgpack") as storm:
        storm.tuple(1)
        assert storm.hear("emit")["task"] == 7


@BOTH
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("stream", "misemitting emitted on stream 'nope', which it does not declare (declared: default)"),
        ("values", "misemitting emitted 2 values on stream 'default', which has 1 fields (value): [1, 2]"),
    ],
)
def test_an_emit_that_would_end_the_worker_fails_its_tuple(
    value: str, said: str, serializer: str, tmp_path: Path
) -> None:
    with FakeStorm(Misemitting, tmp_path, serializer) as storm:
        storm.tuple(value)
        heard = storm.until("fail")
        assert not [each for each in heard if each.get("command") == "emit"]
        assert said in next(each["msg"] for each in heard if each.get("command") == "error")


def test_a_value_too_deep_for_storm_fails_its_tuple_and_is_named(tmp_path: Path) -> None:
    with FakeStorm(Nesting, tmp_path, "json") as storm:
        storm.tuple(398)
        storm.hear("emit")
        storm.tuple(399, "2")
        told = "nesting cannot emit on stream 'default': field 'value' cannot be carried: it is nested too deeply"
        assert told in storm.hear("error")["msg"]
        assert storm.hear("fail")["id"] == "2"


@BOTH
def test_what_is_printed_is_logged_and_breaks_nothing(serializer: str, tmp_path: Path) -> None:
    with FakeStorm(Printing, tmp_path, serializer) as storm:
        storm.tuple("this")
        said = storm.until("ack")
        assert {message["command"] for message in said} == {"log", "ack"}, "no metric, which would end the worker"
        logged = " / ".join(message["msg"] for message in said if message["command"] == "log")
        assert "printed this / " in logged
        assert "written / " in logged
        assert "read ''" in logged
        assert "past Python" not in logged
        assert "past Python" in storm.end()


@BOTH
def test_a_busy_bolt_says_that_it_is_alive_and_what_it_has_emitted(serializer: str, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with FakeStorm(Busy, tmp_path, serializer) as storm:
        storm.tuple(str(gate))
        storm.hear("emit")
        for _ in range(2):
            assert storm.hear("log")["level"] == 0, "which Storm writes nowhere"
        gate.touch()
        storm.hear("ack")
        storm.heartbeat()
        storm.hear("sync")


def test_a_bolt_that_hangs_for_good_says_no_more(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with FakeStorm(Busy, tmp_path, topology_subprocess_timeout_secs=0.25) as storm:
        storm.tuple(str(gate))
        storm.hear("emit")
        assert storm.hear("log")["msg"] == "busy"
        while storm.speaks_within(4):
            assert storm.hear("log")["msg"] == "busy"
        gate.touch()
        storm.hear("ack")


def test_a_busy_spout_says_that_it_is_alive(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with FakeStorm(BusySpout, tmp_path, gate=str(gate)) as storm:
        storm.send({"command": "next"})
        while storm.hear("log")["msg"] != "busy":
            pass
        gate.touch()
        assert [message["command"] for message in storm.until("sync")][-2:] == ["emit", "sync"]


def test_a_bolt_that_raises_goes_on(tmp_path: Path) -> None:
    with FakeStorm(Raising, tmp_path) as storm:
        storm.tuple("this")
        said = storm.until("fail")
        assert "ValueError: cannot take this" in next(each["msg"] for each in said if each["command"] == "error")
        storm.tuple("good", "2")
        assert storm.hear("ack")["id"] == "2"


@BOTH
def test_what_comes_after_a_fail_and_would_end_the_worker_is_not_said(serializer: str, tmp_path: Path) -> None:
    with FakeStorm(FailingFirst, tmp_path, serializer) as storm:
        storm.tuple("emit", "1")
        storm.tuple("twice", "2")
        storm.heartbeat()
        heard = storm.until("sync") + storm.until("sync")  # that of an error, that of the heartbeat
        said = [each for each in heard if each["command"] not in ("log", "sync")]
        told = [each for each in said if each["command"] == "error"]
        assert [(each["command"], each["id"]) for each in said if each not in told] == [("fail", "1"), ("fail", "2")]
        assert "anchored to a tuple that it had already acked or failed" in told[0]["msg"]


def test_a_bolt_that_wants_to_end_goes_on(tmp_path: Path) -> None:
    with FakeStorm(Exiting, tmp_path) as storm:
        storm.tuple("this")
        said = storm.until("fail")
        told = next(each["msg"] for each in said if each["command"] == "error")
        assert "exiting raised SystemExit('this'), which ends no component" in told
        storm.tuple("good", "2")
        assert storm.hear("ack")["id"] == "2"


def test_what_a_bolt_forks_says_nothing_and_is_not_waited_for(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with FakeStorm(Forking, tmp_path) as storm:
        try:
            storm.tuple(str(gate))
            said = [each["command"] for each in storm.until("ack")]
            assert [each for each in said if each != "log"] == ["emit", "ack"]
            storm.process.kill()
            while storm.speaks_within(20) and storm.says_more():
                pass
            assert storm.speaks_within(0), "it is heard to end, though what it has forked lives"
        finally:
            gate.touch()


@pytest.mark.parametrize("signalled", [True, False])
def test_the_last_call_is_made_when_storm_ends_it_or_is_gone(signalled: bool, tmp_path: Path) -> None:
    file = tmp_path / "file"
    with FakeStorm(Closing, tmp_path, file=str(file)) as storm:
        storm.heartbeat()
        storm.hear("sync")
        if signalled:
            storm.process.send_signal(signal.SIGTERM)
        else:
            storm.end()
        assert storm.process.wait(20) == 2
    assert file.read_text() == "closed"


def test_a_worker_that_is_gone_ends_its_bolt(tmp_path: Path) -> None:
    with FakeStorm(Echo, tmp_path) as storm:
        storm.end()
        assert storm.process.returncode == 2
