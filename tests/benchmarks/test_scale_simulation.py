"""The simulated crawl: polite, complete, and the same every time."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from benchmarks.scaling.fetcher import SimulatedFetcher
from benchmarks.scaling.scenario import Scenario
from benchmarks.scaling.simulated import TOPOLOGY
from benchmarks.scaling.simulation import Simulation
from benchmarks.scaling.web import Web

SMALL = Scenario(Web(urls=120, hosts=40, dead=0.0, largest=20), TOPOLOGY, seconds=800, samples=8)


def test_the_same_scenario_gives_the_same_figures() -> None:
    scenario = replace(SMALL, seconds=20, samples=2)
    assert list(Simulation(scenario).samples()) == list(Simulation(scenario).samples())


def test_every_page_is_fetched_and_every_robots_txt_once() -> None:
    simulation = Simulation(SMALL)
    samples = list(simulation.samples())
    step = SMALL.seconds / SMALL.samples
    assert samples[-1].due_urls == samples[-1].in_flight == samples[-1].unvisited == 0
    assert sum(sample.pages * step for sample in samples) == pytest.approx(120)
    assert sum(sample.requests * step for sample in samples) == pytest.approx(120 + 40)


def test_several_tasks_share_the_hosts() -> None:
    samples = list(Simulation(replace(SMALL, tasks=3)).samples())
    assert samples[-1].due_urls == 0


def test_no_host_is_asked_sooner_than_its_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: dict[str, list[float]] = {}

    class Watched(SimulatedFetcher):
        def _page(self, item: Any) -> None:
            ended.setdefault(item.key, []).append(self._clock.monotonic())
            super()._page(item)

    monkeypatch.setattr("benchmarks.scaling.simulation.SimulatedFetcher", Watched)
    simulation = Simulation(SMALL)
    list(simulation.samples())
    assert max(len(times) for times in ended.values()) > 5
    for key, times in ended.items():
        pause = simulation.hosts[key].pause(1.0)
        assert all(later - earlier >= pause for earlier, later in pairwise(times))


def test_hosts_that_never_answer_are_held_and_lose_no_other_its_turn() -> None:
    samples = list(Simulation(replace(SMALL, web=replace(SMALL.web, dead=0.3))).samples())
    assert samples[-1].due_urls == samples[-1].unvisited == 0
    assert samples[-1].lost == 0


def test_pages_are_due_again_after_the_interval() -> None:
    scenario = replace(SMALL, interval=100.0, seconds=1000.0, samples=10)
    last = list(Simulation(scenario).samples())[-1]
    assert last.pages == pytest.approx(1.2, rel=0.1)
    assert last.oldest < 60
