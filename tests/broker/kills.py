"""Consumers that are killed with SIGKILL lose nothing."""

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from spindrift.broker import Message, open_broker
from spindrift.conf import Settings
from tests.broker.reading import wait_until, write

ROOT: Final = Path(__file__).parents[2]


def lose_nothing(conf: Mapping[str, Any], folder: Path, messages: int, kills: int) -> int:
    """Write messages while two readers of a group are killed again and again; returns how many came more than once."""
    topic = f"killed-{uuid4().hex}"
    file = folder / "read"
    file.touch()
    with open_broker(Settings(conf)) as opened:
        opened.broker.create_topic(topic, 4)
        producer = opened.broker.producer()
        readers = [_reader(conf, topic, file) for _ in range(2)]
        try:
            part = messages // (kills + 1)
            for number in range(kills + 1):
                first = number * part
                last = messages if number == kills else first + part
                seen = _lines(file)
                write(producer, [Message(topic, str(n).encode()) for n in range(first, last)])
                if number < kills:
                    # One is killed in the middle of its work; now and then both.
                    wait_until(lambda seen=seen: _lines(file) > seen)  # type: ignore[misc]
                    for victim in random.sample(range(2), 1 + (number % 3 == 2)):
                        _kill(readers[victim])
                        readers[victim] = _reader(conf, topic, file)
            wait_until(lambda: len(set(file.read_bytes().split())) >= messages, lambda: f"{_lines(file)} were read")
            wait_until(lambda: sum(opened.broker.lag("readers", [topic]).values()) == 0)
        finally:
            for reader in readers:
                _kill(reader)
            producer.close()
    read = file.read_bytes().split()
    assert set(read) == {str(n).encode() for n in range(messages)}
    return len(read) - messages


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def _reader(conf: Mapping[str, Any], topic: str, file: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.broker.killed_reader", json.dumps(conf), topic, str(file)]
    return subprocess.Popen(command, cwd=ROOT)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
