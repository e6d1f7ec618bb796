"""Component processes that are killed while they start, hang, leave others behind, or are told of a stop."""

from pathlib import Path
from typing import Any

import pytest

from spindrift.local import ComponentStartError, topology
from tests.local.components.ends import (
    GivesUpApart,
    HangsInATickApart,
    HasForkedApart,
    KilledAtFirstApart,
    LeavesAtFirstApart,
    SlowToComeBackApart,
    SpoutKilledAtFirstApart,
    StubbornApart,
)
from tests.local.running import running

WORKERS: dict[str, Any] = {"topology_workers": 2}
PATIENT: dict[str, Any] = {**WORKERS, "topology_subprocess_timeout_secs": 3}
NEVER: dict[str, Any] = {**WORKERS, "topology_subprocess_timeout_secs": 3600}
"""No heartbeat notices anything."""


@pytest.mark.parametrize("apart", [KilledAtFirstApart, SpoutKilledAtFirstApart], ids=["bolt", "spout"])
class TestKilledWhileItStarts:
    def test_it_is_started_again(self, apart: Any, tmp_path: Path) -> None:
        with running(apart, tmp_path, [(1, "a")], test_kills=2, **WORKERS) as run:
            run.settle()
            assert run.values("last") == [1]
            components = run.topology.stats().components
            told = [each.message for each in (components.get("ending") or components["numbers"]).errors]
        assert len(told) == 2
        assert all("killed by signal 9 while it started" in each for each in told)

    def test_but_not_for_ever(self, apart: Any, tmp_path: Path) -> None:
        with (
            pytest.raises(ComponentStartError, match="killed by signal 9 while it started"),
            running(apart, tmp_path, test_kills=9, **WORKERS),
        ):
            pass


def test_no_other_is_promised_for_one_that_is_killed_because_the_topology_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topology, "_LAST_SECONDS", 0.2)
    with running(SlowToComeBackApart, tmp_path, [(1, "kill")], **NEVER) as run:
        run.until(lambda: run.events("starts again"))
        run.topology.stop(drain=0)
        told = [each.message for each in run.topology.stats().components["ending"].errors]
    assert not [each for each in told if "while it started" in each]


@pytest.mark.parametrize(("how", "said"), [("raise", "no way"), ("leave", r"exit code 7")])
def test_one_that_cannot_start_is_not_started_again(how: str, said: str, tmp_path: Path) -> None:
    with (
        pytest.raises(ComponentStartError, match=said),
        running(LeavesAtFirstApart, tmp_path, test_how=how, **WORKERS),
    ):
        pass
    assert (tmp_path / "journal").read_text().count('"starts"') == 1


@pytest.mark.parametrize("size", [1, 3_000_000], ids=["idle", "while its pipe is full"])
def test_its_death_is_noticed_at_once_also_when_another_process_holds_its_pipes(size: int, tmp_path: Path) -> None:
    with running(HasForkedApart, tmp_path, [(1, "kill"), ("y" * size, "a")], **NEVER) as run:
        run.until(lambda: run.topology.stats().components["last"].acked == 1)
        run.until(lambda: not run.topology.in_flight())
        assert run.ids("fail") == [0, 0]


def test_what_a_process_hung_in_is_given_up_by_a_bolt_that_knows_how(tmp_path: Path) -> None:
    tuples = [(1, "a"), (2, "hang"), (3, "b")]
    with running(GivesUpApart, tmp_path, tuples, **PATIENT) as run:
        run.until(lambda: len(run.ids("ack")) == 3)
        assert run.values("last") == [1, "2 in 3 s", 3]
        assert not run.ids("fail")
        errors = [each.message for each in run.topology.stats().components["ending"].errors]
    assert any("it hung in 2, which is given up; 1 more go to its successor" in each for each in errors)


def test_what_a_process_died_of_is_tried_again_all_the_same(tmp_path: Path) -> None:
    with running(GivesUpApart, tmp_path, [(1, "kill")], **WORKERS) as run:
        run.until(lambda: run.ids("fail") == [0, 0])
        assert not run.values("last")


def test_and_what_the_bolt_cannot_give_up_fails(tmp_path: Path) -> None:
    with running(GivesUpApart, tmp_path, [("odd", "hang")], **PATIENT) as run:
        run.until(lambda: run.ids("fail"))
        errors = [each.message for each in run.topology.stats().components["ending"].errors]
    assert any("emitted 1 values on stream 'default'" in each for each in errors)


def test_no_tuple_is_to_blame_for_a_tick(tmp_path: Path) -> None:
    with running(HangsInATickApart, tmp_path, topology_max_spout_pending=4, **PATIENT) as run:
        run.until(lambda: run.events("hangs"))
        before = len(run.values("last"))
        run.until(lambda: len(run.values("last")) > before + 4)
        assert all(isinstance(value, int) for value in run.values("last")), "no tuple was given up"
        errors = [each.message for each in run.topology.stats().components["ending"].errors]
    assert any("it worked on a tick; 4 more go to its successor" in each for each in errors)


def test_a_bolt_in_a_process_is_told_of_the_stop_while_it_works(tmp_path: Path) -> None:
    with running(StubbornApart, tmp_path, [(n, "a") for n in range(3)], **NEVER) as run:
        run.until(lambda: run.events("works"))
        run.topology.stop(drain=20)
        assert len(run.events("stopping")) == 1
        assert set(run.ids("fail")) == {0, 1, 2}, "what it was sent before it was told"


def test_so_is_one_that_replaces_another_meanwhile(tmp_path: Path) -> None:
    with running(StubbornApart, tmp_path, [(1, "kill")], **NEVER) as run:
        run.until(lambda: run.events("works"))
        run.topology._bolts[0].stopping()
        run.until(lambda: run.ids("fail"))
        run.topology.stop(drain=20)


def test_what_it_raises_then_is_reported(tmp_path: Path) -> None:
    with running(StubbornApart, tmp_path, [(1, "a")], test_raises=True, **NEVER) as run:
        run.until(lambda: run.events("works"))
        run.topology.stop(drain=20)
        assert set(run.ids("fail")) == {0}
        errors = [each.message for each in run.topology.stats().components["ending"].errors]
    assert any("it should not stop" in each for each in errors)
