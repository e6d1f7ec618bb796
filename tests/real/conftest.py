"""Real servers, one start each a test run. Without Java and Maven their tests are skipped; in CI they are required."""

import os
from collections.abc import Iterator

import pytest

from spindrift.services.catalogue import SERVICES
from spindrift.services.errors import ServiceError
from spindrift.services.running import RunningService, start_and_end
from spindrift.services.toolchain import find_toolchain


@pytest.fixture(scope="session")
def toolchain() -> None:
    """Skips where it is missing."""
    try:
        find_toolchain()
    except ServiceError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no real servers: {error}")


def _service(name: str) -> Iterator[RunningService]:
    with start_and_end(SERVICES[name]) as service:
        yield service


@pytest.fixture(scope="session")
def storm(toolchain: None) -> Iterator[RunningService]:
    """ZooKeeper, Nimbus and a Supervisor."""
    yield from _service("storm")


@pytest.fixture(scope="session")
def kafka(toolchain: None) -> Iterator[RunningService]:
    """A broker."""
    yield from _service("kafka")


@pytest.fixture(scope="session")
def elasticsearch(toolchain: None) -> Iterator[RunningService]:
    """A node."""
    yield from _service("elasticsearch")


@pytest.fixture(scope="session")
def opensearch(toolchain: None) -> Iterator[RunningService]:
    """A node."""
    yield from _service("opensearch")
