"""The crawl, and a WARC bolt that archives all that is answered, robots.txt, redirects and errors included.

Pages and statuses go through it: what is parsed, indexed or has a status is in the archive. What is DISCOVERED still
comes from the fetcher::

    frontier -> partition -> fetch -> archive -> sitemap -> feed -> parse -> index
"""

from streamparse import Grouping

from spindrift.bolts.sitemap import SiteMapParserBolt
from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.bolts.warc import WARCBolt
from spindrift.topologies import crawl
from spindrift.wiring import extend

_fetch, _status = crawl.CrawlTopology.fetch, crawl.CrawlTopology.status
_archive = WARCBolt.spec(inputs={_fetch["archive"]: Grouping.SHUFFLE, _fetch["aside"]: Grouping.SHUFFLE})

ArchivingCrawlTopology = extend(
    crawl.CrawlTopology,
    config={"http.store.headers": True, "warc.metadata.keys": ["*"]},
    archive=_archive,
    sitemap=SiteMapParserBolt.spec(inputs={_archive: Grouping.LOCAL_OR_SHUFFLE}),
    status=StatusUpdaterBolt.spec(inputs={**_status.inputs, _archive["status"]: Grouping.fields("url")}),
)
"""Needs `warc.path`, the folder of the archive."""
