"""`spindrift topic`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'topics.db'}"


def topic(url: str, *arguments: str, lines: str = "", code: int = 0) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "spindrift", "topic", *arguments, "--broker", url],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def consumed(url: str, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in topic(url, "consume", *arguments).stdout.splitlines()]


def test_what_is_produced_is_consumed(url: str) -> None:
    done = topic(url, "produce", "t", "--key", "url", lines='{"url": "a"}\n\n{"url": "a", "n": [1]}\n')
    assert done.stderr == "2 written to topic t\n"
    for _ in range(2):  # nothing remembers it
        records = consumed(url, "t")
        assert [(each["offset"], each["key"], each["value"]) for each in records] == [
            (0, "a", {"url": "a"}),
            (1, "a", {"url": "a", "n": [1]}),
        ]
    assert len(consumed(url, "t", "--count", "1")) == 1
    assert [each["offset"] for each in consumed(url, "t", "--from", "1")] == [1]


def test_a_group_goes_on(url: str) -> None:
    topic(url, "produce", "t", lines="1\n2\n3\n")
    assert json.loads(topic(url, "lag", "t", "--group", "g", "--json").stdout) == [
        {"topic": "t", "partition": number, "lag": 1 if number < 3 else 0} for number in range(4)
    ]
    assert len(consumed(url, "t", "--group", "g", "--count", "2")) == 2
    assert topic(url, "lag", "t", "--group", "g").stdout.splitlines()[-1].split() == ["all", "1"]
    assert len(consumed(url, "t", "--group", "g")) == 1
    assert consumed(url, "t", "--group", "g") == []


def test_lists_topics(url: str) -> None:
    topic(url, "produce", "b", lines="1\n")
    topic(url, "produce", "a", lines="1\n")
    assert topic(url, "list").stdout.split() == ["topic", "partitions", "a", "4", "b", "4"]
    assert json.loads(topic(url, "list", "--json").stdout)[0] == {"topic": "a", "partitions": 4}


def test_lines_that_cannot_be_written_are_told_and_the_others_written(url: str) -> None:
    done = topic(url, "produce", "t", "--key", "url", lines='no JSON\n{"n": 1}\n{"url": "a"}\n', code=1)
    first, second, third = done.stderr.splitlines()
    assert first == "line 1: is no JSON"
    assert second == "line 2: no field 'url', which is to be the key"
    assert third == "1 written to topic t"


def test_to_look_at_a_topic_does_not_make_it(url: str) -> None:
    topic(url, "produce", "statuses", lines="1\n")
    done = topic(url, "consume", "status", code=1)
    assert "there is no topic status" in done.stderr
    assert "statuses" in done.stderr
    assert topic(url, "list").stdout.split() == ["topic", "partitions", "statuses", "4"]
