"""Simulations side by side, and how they are printed."""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from benchmarks.scaling.scenario import Sample, Scenario, as_json
from benchmarks.scaling.simulation import Simulation
from benchmarks.scaling.web import EXPONENT, Web
from spindrift.conf.layers import parse_options
from spindrift.local.collector import calm_collector

TOPOLOGY: Final = {"topology.max.spout.pending": 1000, "topology.message.timeout.secs": 300}
"""What CrawlTopology sets."""
VARIANTS: Final = (
    "fetcher.threads.number=50",
    "fetcher.threads.number=200",
    "topology.max.spout.pending=4000",
    "spout.max.urls.per.key=1",
    "spout.max.urls.per.key=2",
    "spout.max.urls.per.key=50",
    "spout.batch.size=200",
    "spout.batch.size=4000",
    "robots.cache.spec=maximumSize=1000000,expireAfterWrite=6h",
)
"""Each changes one setting of the scenario, with --compare."""


def add_arguments(parser: ArgumentParser) -> None:
    """What `simulate` takes."""
    web = Web(urls=1, hosts=1)
    parser.add_argument("--hosts", type=int, default=1_000_000, help="default %(default)s")
    parser.add_argument("--urls", type=int, help="default: three a host")
    parser.add_argument(
        "--exponent", type=float, default=EXPONENT, help="of the sizes' power law (default %(default)s)"
    )
    parser.add_argument("--largest", type=int, help="most URLs of a host (default: as the power law has it)")
    parser.add_argument(
        "--response", type=float, default=web.response, help="median response time, s (default %(default)s)"
    )
    parser.add_argument("--dead", type=float, default=web.dead, help="share of dead hosts (default %(default)s)")
    parser.add_argument(
        "--tasks", type=int, default=1, help="frontier spouts, and as many fetchers (default %(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=400, help="of virtual time (default %(default)s)")
    parser.add_argument("--interval", type=float, help="seconds until a page is due again (default: never)")
    parser.add_argument("--samples", type=int, default=10, help="rows (default %(default)s)")
    parser.add_argument("--store", default="memory:", help="any store.url; it has to be empty (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "-o", dest="options", action="append", default=[], metavar="KEY=VALUE", help="a configuration key"
    )
    parser.add_argument("--compare", action="store_true", help="a row a setting, each with one key changed")
    parser.add_argument("--json", action="store_true", help="print JSON")


def scenario_of(arguments: Namespace) -> Scenario:
    """The scenario that the arguments ask for; ends the program where they make no sense."""
    conf, problems = parse_options(arguments.options)
    if problems:
        sys.exit("\n".join(problems))
    web = Web(
        urls=arguments.urls or 3 * arguments.hosts,
        hosts=arguments.hosts,
        exponent=arguments.exponent,
        largest=arguments.largest,
        response=arguments.response,
        dead=arguments.dead,
        seed=arguments.seed,
    )
    return Scenario(
        web=web,
        conf=TOPOLOGY | conf,
        tasks=arguments.tasks,
        seconds=arguments.seconds,
        interval=arguments.interval,
        samples=arguments.samples,
        store=arguments.store,
    )


def simulate(arguments: Namespace) -> None:
    """Run what is asked for, and print it."""
    scenario = scenario_of(arguments)
    if not arguments.compare:
        samples = []
        if not arguments.json:
            print(_HEAD, flush=True)
        for sample in run(scenario):
            samples.append(sample)
            if not arguments.json:
                print(_row(scenario, sample), flush=True)
        if arguments.json:
            json.dump([as_json(sample) for sample in samples], sys.stdout, indent=1)
        else:
            print(f"{'all':>7}{_means(scenario, samples)}")
        return
    compared: list[dict[str, Any]] = []
    if not arguments.json:
        print(_COMPARED, flush=True)
    for variant in ("", *VARIANTS):
        changed = replace(scenario, conf=scenario.conf | parse_options([variant] if variant else [])[0])
        samples = list(run(changed, variant))
        compared.append({"changed": variant, "samples": [as_json(sample) for sample in samples]})
        if not arguments.json:
            print(f"{variant.split(',')[0] or 'the scenario itself':46}{_means(changed, samples)}", flush=True)
    if arguments.json:
        json.dump(compared, sys.stdout, indent=1)


def run(scenario: Scenario, name: str = "") -> Iterable[Sample]:
    """The samples as they come; progress goes to stderr."""
    progress = Progress(name)
    with calm_collector():
        yield from Simulation(scenario, progress).samples()
    progress.end()


class Progress:
    """One line on stderr that is written over, on a terminal; a line every ten seconds elsewhere."""

    def __init__(self, name: str) -> None:
        self._name = name and f"{name}: "
        self._began = self._said = time.monotonic()

    def __call__(self, message: str) -> None:
        now = time.monotonic()
        if now - self._said < (0.2 if sys.stderr.isatty() else 10.0):
            return
        self._said = now
        start, end = ("\r\x1b[K", "") if sys.stderr.isatty() else ("", "\n")
        print(f"{start}{self._name}{message} ({now - self._began:,.0f} s)", end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the terminal's line empty."""
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


_RATES: Final = f"{'pages/s':>9}{'requests/s':>12}{'polite':>9}{'share':>7}"
_HEAD: Final = (
    f"{'s':>7}{_RATES}{'due URLs':>12}{'on hosts':>11}{'in flight':>11}{'busy':>7}{'lost':>6}"
    f"{'oldest s':>10}{'of all':>8}{'unvisited':>11}"
)
_COMPARED: Final = f"{'changed':46}{_RATES}{'in flight':>11}{'oldest s':>10}{'unvisited':>11}"


def _row(scenario: Scenario, sample: Sample) -> str:
    rates = _rates(scenario, sample.pages, sample.requests, sample.polite)
    return (
        f"{sample.seconds:7,.0f}{rates}{sample.due_urls:12,}{sample.due_hosts:11,}{sample.in_flight:11,}"
        f"{sample.busy:7,}{sample.lost:6,}{sample.oldest:10,.0f}{sample.oldest_of_all:8,.0f}{sample.unvisited:11,}"
    )


def _means(scenario: Scenario, samples: Sequence[Sample]) -> str:
    """Means over all of the time; in flight, the oldest and what is unvisited as it was at the end."""
    pages, requests, polite = (
        sum(getattr(sample, name) for sample in samples) / len(samples) for name in ("pages", "requests", "polite")
    )
    last = samples[-1]
    ends = f"{last.in_flight:11,}{last.oldest:10,.0f}{last.unvisited:11,}"
    return _rates(scenario, pages, requests, polite) + ends


def _rates(scenario: Scenario, pages: float, requests: float, polite: float) -> str:
    """Where pages fall due all the time, a host with nothing due has no part in the maximum: no share can be told."""
    if scenario.interval is not None:
        return f"{pages:9,.0f}{requests:12,.0f}{'-':>9}{'-':>7}"
    return f"{pages:9,.0f}{requests:12,.0f}{polite:9,.0f}{requests / polite if polite else 1:7.2f}"
