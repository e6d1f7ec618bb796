"""The embedded broker."""

from pathlib import Path
from typing import Any

import pytest

from tests.broker.contract import BrokerContract
from tests.broker.kills import lose_nothing
from tests.broker.topic_crawl import crawl_between_topics


class TestInAFile(BrokerContract):
    @pytest.fixture
    def conf(self, tmp_path: Path) -> dict[str, Any]:
        url = f"sqlite:///{tmp_path / 'topics.db'}"
        return {"broker.url": url, "broker.partitions": 3, "broker.session.timeout": 1}


class TestInMemory(BrokerContract):
    @pytest.fixture
    def conf(self) -> dict[str, Any]:
        return {"broker.url": "memory:", "broker.partitions": 3, "broker.session.timeout": 1}


@pytest.mark.timeout(300)
def test_nothing_is_lost_when_readers_are_killed(tmp_path: Path) -> None:
    conf = {"broker.url": f"sqlite:///{tmp_path / 'topics.db'}", "broker.session.timeout": 1}
    twice = lose_nothing(conf, tmp_path, messages=100_000, kills=8)
    assert twice < 100_000


@pytest.mark.parametrize("where", ["file", "memory"])
def test_a_crawl_between_topics(tmp_path: Path, where: str) -> None:
    url = "memory:" if where == "memory" else f"sqlite:///{tmp_path / 'topics.db'}"
    crawl_between_topics({"broker.url": url}, tmp_path)
