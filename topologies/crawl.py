"""The crawl: seeds and frontier, partitioned by host, fetched politely, sitemaps, feeds and pages read, pages indexed.

The status stream schedules the frontier, so that the crawl goes on by itself::

    frontier -> partition -> fetch -> sitemap -> feed -> parse -> index
                    |          |         |        |        |        |
      seeds --------'----------'---------'--------'--------'--------'--- status --> status updater
                                                                                          |
                                                                   deletion <-- deletion -'
"""

from typing import ClassVar

from streamparse import Grouping, Topology

from spindrift.bolts.deletion import DeletionBolt
from spindrift.bolts.feed import FeedParserBolt
from spindrift.bolts.fetch import FetcherBolt
from spindrift.bolts.index import IndexerBolt
from spindrift.bolts.parse import ParserBolt
from spindrift.bolts.partition import URLPartitionerBolt
from spindrift.bolts.sitemap import SiteMapParserBolt
from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.spouts.frontier import FrontierSpout
from spindrift.spouts.seeds import SeedSpout


class CrawlTopology(Topology):
    """A polite, continuous crawl of everything that is due in the frontier."""

    config: ClassVar = {"topology.max.spout.pending": 1000, "topology.message.timeout.secs": 300}

    seeds = SeedSpout.spec()
    frontier = FrontierSpout.spec()
    partition = URLPartitionerBolt.spec(inputs={frontier: Grouping.SHUFFLE})
    fetch = FetcherBolt.spec(inputs={partition: Grouping.fields("key")}, config={"topology.tick.tuple.freq.secs": 1})
    sitemap = SiteMapParserBolt.spec(inputs={fetch: Grouping.LOCAL_OR_SHUFFLE})
    feed = FeedParserBolt.spec(inputs={sitemap: Grouping.LOCAL_OR_SHUFFLE})
    parse = ParserBolt.spec(
        inputs={feed: Grouping.LOCAL_OR_SHUFFLE},
        config={"topology.tick.tuple.freq.secs": 1, "topology.local.process": True},
    )
    index = IndexerBolt.spec(inputs={parse: Grouping.LOCAL_OR_SHUFFLE}, config={"topology.tick.tuple.freq.secs": 1})
    status = StatusUpdaterBolt.spec(
        inputs={
            seeds["status"]: Grouping.fields("url"),
            partition["status"]: Grouping.fields("url"),
            fetch["status"]: Grouping.fields("url"),
            sitemap["status"]: Grouping.fields("url"),
            feed["status"]: Grouping.fields("url"),
            parse["status"]: Grouping.fields("url"),
            index["status"]: Grouping.fields("url"),
            fetch["host"]: Grouping.fields("key"),
        }
    )
    deletion = DeletionBolt.spec(inputs={status["deletion"]: Grouping.fields("url")})
