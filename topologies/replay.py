"""The crawl again, from its archive: the same components, but for the spout, the fetcher and the time."""

from copy import copy
from types import new_class
from typing import Any

from streamparse import Topology

from spindrift.bolts.fetch import FetcherBolt
from spindrift.bolts.replay import ReplayFetcherBolt, ReplayStatusUpdaterBolt
from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.spouts.frontier import FrontierSpout
from spindrift.spouts.replay import ReplaySpout
from spindrift.topologies import crawl

_INSTEAD: dict[type, type] = {
    FrontierSpout: ReplaySpout,
    FetcherBolt: ReplayFetcherBolt,
    StatusUpdaterBolt: ReplayStatusUpdaterBolt,
}
# One visit at a time, all its links stored before the next: which page leads to a URL first is the same each time.
_CONFIG = {"topology.max.spout.pending": 1, "store.commit.interval": 0, "seeds": []}


def _replaying(crawling: type[Topology]) -> type[Topology]:
    parts: dict[str, Any] = {}
    for spec in crawling.specs:
        parts[spec.name] = copy(spec)
        parts[spec.name].component_cls = _INSTEAD.get(spec.component_cls, spec.component_cls)
    parts["config"] = {**crawling.config, **_CONFIG}
    made: type[Topology] = new_class("ReplayTopology", (Topology,), exec_body=lambda body: body.update(parts))
    return made


ReplayTopology = _replaying(crawl.CrawlTopology)
"""Needs `warc.paths`, and `replay.time`, the last date of the archive. For the embedded runner."""
