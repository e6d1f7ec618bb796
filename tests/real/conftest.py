"""Real servers, one start each a test run.

Without a JDK and Maven their tests are left out, and a line a service says so; where SPINDRIFT_REQUIRE_SERVICES is
set, as in CI, they fail.
"""

import os
from collections.abc import Iterator

import pytest

from spindrift.services.catalogue import SERVICES
from spindrift.services.errors import ServiceError
from spindrift.services.running import RunningService, start_and_end
from spindrift.services.toolchain import find_toolchain

_LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a service that cannot be started here."""
    if os.environ.get("SPINDRIFT_REQUIRE_SERVICES"):
        return
    try:
        find_toolchain()
    except ServiceError as error:
        needed = [_needed(item) for item in items]
        config.stash[_LEFT_OUT] = [
            f"{name} is not tested: {error}" for name in SERVICES if any(name in names for names in needed)
        ]
        config.hook.pytest_deselected(items=[item for item, names in zip(items, needed, strict=True) if names])
        items[:] = [item for item, names in zip(items, needed, strict=True) if not names]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out."""
    for line in config.stash.get(_LEFT_OUT, []):
        terminalreporter.write_line(line)


def _needed(item: pytest.Item) -> set[str]:
    names = set(getattr(item, "fixturenames", ()))
    if callspec := getattr(item, "callspec", None):  # fixtures that are asked for by a parameter's name
        names.update(value for value in callspec.params.values() if isinstance(value, str))
    return names & {"toolchain", *SERVICES}


def _service(name: str) -> Iterator[RunningService]:
    with start_and_end(SERVICES[name]) as service:
        yield service


@pytest.fixture(scope="session")
def toolchain() -> None:
    """A JDK and Maven, for tests that start services themselves."""


@pytest.fixture(scope="session")
def storm() -> Iterator[RunningService]:
    """ZooKeeper, Nimbus and a Supervisor."""
    yield from _service("storm")


@pytest.fixture(scope="session")
def kafka() -> Iterator[RunningService]:
    """A broker."""
    yield from _service("kafka")


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[RunningService]:
    """A node."""
    yield from _service("elasticsearch")


@pytest.fixture(scope="session")
def opensearch() -> Iterator[RunningService]:
    """A node."""
    yield from _service("opensearch")
