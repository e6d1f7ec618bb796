"""The crawl again, from its archive: the same components, but for the spout, the fetcher and the time."""

from spindrift.bolts.replay import ReplayFetcherBolt, ReplayStatusUpdaterBolt
from spindrift.spouts.replay import ReplaySpout
from spindrift.topologies import crawl
from spindrift.wiring import extend

_fetch, _status = crawl.CrawlTopology.fetch, crawl.CrawlTopology.status

ReplayTopology = extend(
    crawl.CrawlTopology,
    # One visit at a time, all its links stored before the next: which page leads to a URL first is the same each time.
    config={"topology.max.spout.pending": 1, "store.commit.interval": 0, "seeds": []},
    frontier=ReplaySpout.spec(),
    fetch=ReplayFetcherBolt.spec(inputs=_fetch.inputs, config={"topology.tick.tuple.freq.secs": 1}),
    status=ReplayStatusUpdaterBolt.spec(inputs=_status.inputs),
)
"""Needs `warc.paths`, and `replay.time`, the last date of the archive. For the embedded runner."""
