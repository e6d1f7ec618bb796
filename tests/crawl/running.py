"""Crawls of tests: what they have in common."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from streamparse import Topology

from spindrift.conf import Settings
from spindrift.crawl.session import CrawlSession
from spindrift.crawl.summary import Summary
from spindrift.frontier.inject import inject
from spindrift.store import Store
from spindrift.topologies.crawl import CrawlTopology


def crawl_conf(folder: Path, **keys: object) -> dict[str, Any]:
    """A configuration with a store in `folder`, no pause, and `keys` with two underscores for a dot."""
    common = {
        "store.url": f"sqlite:///{folder}/crawl.db",
        "http.agent.name": "spindrift-tests",
        "fetcher.server.delay": "0",
        "metrics.report": True,
    }
    return common | {name.replace("__", "."): value for name, value in keys.items()}


def run_crawl(
    store: Store,
    seeds: Sequence[str],
    conf: dict[str, Any],
    topology: type[Topology] = CrawlTopology,
    watch: Callable[..., None] = lambda progress, ending: None,
    **more: Any,
) -> Summary:
    """Crawl the seeds, for a minute at most; `more` is for `CrawlSession.run`."""
    inject(store.frontier, seeds, Settings(conf))
    return CrawlSession(topology, CrawlTopology.config | conf, store).run(watch, **{"seconds": 60, **more})
