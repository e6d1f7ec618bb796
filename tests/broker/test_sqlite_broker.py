"""The embedded broker."""

from pathlib import Path
from typing import Any

import pytest

from tests.broker.contract import BrokerContract


class TestInAFile(BrokerContract):
    @pytest.fixture
    def conf(self, tmp_path: Path) -> dict[str, Any]:
        url = f"sqlite:///{tmp_path / 'topics.db'}"
        return {"broker.url": url, "broker.partitions": 3, "broker.session.timeout": 1}


class TestInMemory(BrokerContract):
    @pytest.fixture
    def conf(self) -> dict[str, Any]:
        return {"broker.url": "memory:", "broker.partitions": 3, "broker.session.timeout": 1}
