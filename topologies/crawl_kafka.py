"""The crawl between topics: URLs come from one, statuses and documents go to others. Of Kafka, or of a file.

Statuses go through their topic, so that what is stored is in it; a page is FETCHED when its document is delivered::

    urls --.
    seeds ---> statuses --> status updater
                  ^
    frontier -> partition -> fetch -> sitemap -> feed -> parse -> index

`spindrift run -n crawl_kafka -o broker.url=kafka://HOST:9092`
"""

from streamparse import Grouping

from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.bolts.topic_index import TopicIndexBolt
from spindrift.bolts.topic_status import TopicStatusBolt
from spindrift.spouts.topic_urls import TopicUrlSpout
from spindrift.topologies import crawl
from spindrift.wiring import extend

_urls = TopicUrlSpout.spec()
_fetch, _parse = crawl.CrawlTopology.fetch, crawl.CrawlTopology.parse
_index = TopicIndexBolt.spec(inputs={_parse: Grouping.LOCAL_OR_SHUFFLE})
_say = [getattr(crawl.CrawlTopology, name) for name in ("seeds", "partition", "fetch", "sitemap", "feed", "parse")]
_statuses = TopicStatusBolt.spec(inputs={each["status"]: Grouping.fields("url") for each in [*_say, _urls, _index]})

KafkaCrawlTopology = extend(
    crawl.CrawlTopology,
    urls=_urls,
    index=_index,
    statuses=_statuses,
    status=StatusUpdaterBolt.spec(
        inputs={_statuses["status"]: Grouping.fields("url"), _fetch["host"]: Grouping.fields("key")}
    ),
)
