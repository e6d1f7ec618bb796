"""The plan's tables, and how they are asked for."""

import json
import math
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from benchmarks.scaling.figures import Measured, SearchMeasured
from benchmarks.scaling.planning import Assumed, Machines, Politeness, days_by_resource, machines, politeness
from benchmarks.scaling.web import Web, make_hosts

SIZES: Final = (10**7, 10**8, 10**9)
REMEDIES: Final = {
    "politeness": "fewer URLs of the largest hosts: crawl.max.urls.per.host",
    "worker": "more workers, or cores",
    "status writes": "more shards; fewer links stored (parser.emitOutlinks.max.per.page, URL filters)",
    "due URLs": "more shards, and as many spout tasks",
    "tuples": "more processes (topology.workers)",
    "network": "more workers",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a crawl of one size needs."""

    urls: int
    polite: Politeness
    needs: Machines
    days: dict[str, float]
    """Of each resource, on one machine."""


def add_arguments(parser: ArgumentParser) -> None:
    """What `plan` takes."""
    assumed = Assumed()
    parser.add_argument("--measured", type=Path, required=True, help="figures of `measure --json`")
    parser.add_argument("--hosts", type=int, default=1_000_000, help="default %(default)s")
    parser.add_argument("--largest", type=int, help="most URLs of a host (default: as the power law has it)")
    parser.add_argument("--days", type=float, default=assumed.days, help="to be done in (default %(default)s)")
    parser.add_argument("--links", type=float, default=assumed.links, help="that a page puts (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def plan(arguments: Namespace) -> None:
    """Compute the plans, and print them."""
    measured = read_measured(arguments.measured)
    assumed = Assumed(days=arguments.days, links=arguments.links)
    plans = list(make_plans(measured, assumed, arguments.hosts, arguments.largest))
    if arguments.json:
        json.dump([asdict(each) for each in plans], sys.stdout, indent=1)
    else:
        show_plans(plans, assumed)


def read_measured(path: Path) -> Measured:
    """What `measure --json` has written."""
    values = json.loads(path.read_text())
    search = values.pop("search", None)
    return Measured(**values, search=None if search is None else SearchMeasured(**search))


def make_plans(measured: Measured, assumed: Assumed, hosts: int, largest: int | None) -> Sequence[Plan]:
    """One for each of the sizes that so many hosts can have."""
    plans = []
    for urls in SIZES:
        if not hosts <= urls <= hosts * (largest or urls):
            continue
        polite = politeness(make_hosts(Web(urls=urls, hosts=hosts, largest=largest, dead=0.0)), assumed.server_delay)
        needs = machines(measured, assumed, urls, hosts, polite)
        plans.append(Plan(urls, polite, needs, days_by_resource(measured, assumed, urls, polite)))
    return plans


_ROWS: Final[tuple[tuple[str, Callable[[Plan], str]], ...]] = (
    ("URLs of the largest host", lambda plan: f"{plan.polite.largest:,}"),
    ("polite days to 90 % of the URLs", lambda plan: _days(plan.polite.days_90)),
    ("polite days to 99 %", lambda plan: _days(plan.polite.days_99)),
    ("polite days to all", lambda plan: _days(plan.polite.days_all)),
    ("pages a second", lambda plan: f"{plan.needs.pages:,.0f}"),
    ("requests a second, robots.txt included", lambda plan: f"{plan.needs.requests:,.0f}"),
    ("workers", lambda plan: f"{plan.needs.workers:,}"),
    ("fetcher and parser tasks", lambda plan: f"{plan.needs.fetchers:,} and {plan.needs.parsers:,}"),
    ("fetch threads, all together", lambda plan: f"{plan.needs.threads:,}"),
    ("URLs in flight (max.spout.pending), all together", lambda plan: f"{plan.needs.pending:,}"),
    ("tuples a second", lambda plan: f"{plan.needs.tuples:,.0f}"),
    ("status writes a second", lambda plan: f"{plan.needs.upserts:,.0f}"),
    ("SQLite files that could take them", lambda plan: f"{plan.needs.stores:,}"),
    ("shards of a search engine that could", lambda plan: _or_unknown(plan.needs.shards)),
    ("disk, statuses", lambda plan: _bytes(plan.needs.status_bytes)),
    ("disk, documents and full text", lambda plan: _bytes(plan.needs.document_bytes)),
    ("memory", lambda plan: _bytes(plan.needs.memory)),
    ("network, Mbit/s", lambda plan: f"{plan.needs.network * 8 / 1e6:,.0f}"),
)


def show_plans(plans: Sequence[Plan], assumed: Assumed) -> None:
    """The tables on stdout."""

    def line(name: str, values: Sequence[str]) -> None:
        print(f"{name:50}" + "".join(f"{value:>16}" for value in values))

    line(f"done in {assumed.days:g} days, where politeness lets it", [_size(plan) for plan in plans])
    for name, value in _ROWS:
        line(name, [value(plan) for plan in plans])
    print("\nDays on one machine like this one, if it were for that alone")
    for name in plans[0].days:
        line(name + (" (99 %)" if name == "politeness" else ""), [_days(plan.days[name]) for plan in plans])
    print()
    for plan in plans:
        first, second = list(plan.days)[:2]
        print(f"{_size(plan)}: first {first} ({REMEDIES[first]}); then {second} ({REMEDIES[second]}).")


def show_measured(measured: Measured) -> None:
    """What was measured, on stdout."""
    rows = {
        "cores": f"{measured.cores}",
        f"bytes a URL, of {measured.urls:,} in SQLite": f"{measured.bytes_per_url:,.0f}",
        "of these, in indexes": f"{measured.index_bytes_per_url:,.0f}",
        "bytes a document, page of 27 kB": f"{measured.bytes_per_document:,.0f}",
        "status writes a second": f"{measured.upserts:,.0f}",
        "due URLs a second, in batches of 1,000": f"{measured.due_urls:,.0f}",
        "tuples a second and core": f"{measured.tuples:,.0f}",
        "pages a second, whole crawl": f"{measured.pages:,.0f}",
        "CPU a page, ms": f"{measured.cpu_per_page * 1000:,.1f}",
        "memory of the crawl, MB": f"{measured.worker_memory / 1e6:,.0f}",
    }
    if (search := measured.search) is not None:
        rows |= {
            f"search engine: bytes a URL, of {search.urls:,}": f"{search.bytes_per_url:,.0f}",
            "search engine: status writes a second": f"{search.upserts:,.0f}",
            "search engine: due URLs a second": f"{search.due_urls:,.0f}",
        }
    for name, value in rows.items():
        print(f"{name:50}{value:>16}")


def _size(plan: Plan) -> str:
    return f"10^{math.log10(plan.urls):.0f} URLs"


def _or_unknown(number: int | None) -> str:
    return "not measured" if number is None else f"{number:,}"


def _days(days: float) -> str:
    return f"{days:,.0f}" if days >= 10 else f"{days:.1f}" if days >= 0.1 else f"{days:.2g}"


def _bytes(number: float) -> str:
    for unit in ("MB", "GB", "TB"):
        number /= 1000 if unit != "MB" else 1e6
        if number < 1000:
            break
    return f"{number:,.1f} {unit}"
