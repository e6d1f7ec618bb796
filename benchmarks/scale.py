"""Past one machine: what crawls of 10^7, 10^8 and 10^9 URLs need, and how near scheduling comes to the polite maximum.

    python benchmarks/scale.py

does a little of all three in some minutes; docs/scale.md has the results of the long runs, and what they mean:

    python benchmarks/scale.py measure --json > figures.json
    python benchmarks/scale.py measure --search elasticsearch://127.0.0.1:9200/scale
    python benchmarks/scale.py plan --measured figures.json --days 30 --largest 1000000
    python benchmarks/scale.py simulate --tasks 4 -o fetcher.threads.number=1000
    python benchmarks/scale.py simulate --hosts 20000 --urls 200000 -o fetcher.threads.number=1000 --compare
    python benchmarks/scale.py simulate --hosts 20000 --largest 50 --interval 600 -o fetcher.threads.number=200

- measure: bytes and speed of this machine's stores, runner and crawl.
- plan: what follows from that for the three sizes, and where the first bottleneck lies.
- simulate: the frontier, the spouts' supplies and the politeness queues, as they are, on a virtual clock. Printed over
  the virtual time: requests answered a second, of the polite maximum the share; URLs that are due; in flight; fetch
  threads that are busy, and lost to hosts that never answer; the age of the oldest due URL, of hosts that can keep up
  and of all; hosts of which no page has been fetched yet. With --interval pages are due again: then there is no share.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.scaling import planned, simulated
from benchmarks.scaling.figures import Measured
from benchmarks.scaling.measuring import measure
from benchmarks.scaling.planning import Assumed
from spindrift.errors import SpindriftError


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", metavar="measure | plan | simulate")
    measuring = commands.add_parser("measure", help="the speed of this machine")
    measuring.add_argument("--urls", type=int, default=1_000_000, help="in the status store (default %(default)s)")
    measuring.add_argument("--hosts", type=int, default=100_000, help="they are on (default %(default)s)")
    measuring.add_argument("--crawl-hosts", type=int, default=100, help="of 20 pages (default %(default)s)")
    measuring.add_argument("--search", metavar="URL", help="an empty store in a search engine, to be measured as well")
    measuring.add_argument("--json", action="store_true", help="print JSON")
    planned.add_arguments(commands.add_parser("plan", help="what crawls of three sizes need"))
    simulated.add_arguments(commands.add_parser("simulate", help="the frontier's logic on a virtual clock"))
    arguments = parser.parse_args()
    try:
        if arguments.command == "measure":
            show(measured_by(arguments), as_json=arguments.json)
        elif arguments.command == "plan":
            planned.plan(arguments)
        elif arguments.command == "simulate":
            simulated.simulate(arguments)
        else:
            everything(parser)
    except (SpindriftError, OSError, ValueError) as error:
        parser.exit(1, f"{error}\n")


def everything(parser: argparse.ArgumentParser) -> None:
    """A little of each."""
    measured = measured_by(parser.parse_args(["measure", "--urls", "300000", "--hosts", "30000"]))
    show(measured, as_json=False)
    print()
    assumed = Assumed()
    planned.show_plans(planned.make_plans(measured, assumed, 1_000_000, None), assumed)
    print("\nSimulated: 20,000 hosts, 1,000 fetch threads")
    small = ["--hosts", "20000", "--urls", "100000", "--seconds", "100"]
    simulated.simulate(parser.parse_args(["simulate", *small, "-o", "fetcher.threads.number=1000"]))


def measured_by(arguments: argparse.Namespace) -> Measured:
    """Measure what is asked for, with progress on stderr."""

    def say(message: str) -> None:
        print(f"measuring: {message}", file=sys.stderr, flush=True)

    return measure(arguments.urls, arguments.hosts, arguments.crawl_hosts, arguments.search, say)


def show(measured: Measured, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(measured), indent=1))
    else:
        planned.show_measured(measured)


if __name__ == "__main__":
    main()
