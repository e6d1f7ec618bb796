"""Which ports a service gets."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from spindrift.services.ports import HOST, choose_ports


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


def test_the_usual_ports_are_preferred(free: int, tmp_path: Path) -> None:
    assert choose_ports([free], tmp_path / "ports", prefer_usual=True) == [free]


def test_only_what_is_taken_is_another_one_and_that_is_said(free: int, taken: int, tmp_path: Path) -> None:
    said: list[str] = []
    first, second = choose_ports([taken, free], tmp_path / "ports", prefer_usual=True, say=said.append)
    assert first != taken
    assert second == free
    assert said == [f"port {taken} is taken: using {first}"]


def test_those_of_the_last_time_are_preferred_to_the_usual_ones(free: int, tmp_path: Path) -> None:
    before = choose_ports([free, free], tmp_path / "ports", prefer_usual=False)
    assert len(set(before)) == 2
    assert choose_ports([free, free], tmp_path / "ports", prefer_usual=True) == before


def test_a_file_that_was_cut_off_remembers_nothing(free: int, tmp_path: Path) -> None:
    (tmp_path / "ports").write_text(f"[{free}")
    assert choose_ports([free], tmp_path / "ports", prefer_usual=True) == [free]
