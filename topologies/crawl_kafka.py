"""The crawl between topics: URLs come from one, statuses and documents go to others. Of Kafka, or of a file.

Statuses go through their topic, so that what is stored is in it; a page is FETCHED when its document is delivered::

    urls --.
    seeds ---> statuses --> status updater
                  ^
    frontier -> partition -> fetch -> sitemap -> feed -> parse -> index

`spindrift run crawl_kafka -o broker.url=kafka://HOST:9092`
"""

from streamparse import Grouping

from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.bolts.topic_index import TopicIndexBolt
from spindrift.bolts.topic_status import TopicStatusBolt
from spindrift.spouts.topic_urls import TopicUrlSpout
from spindrift.topologies import crawl
from spindrift.wiring import extend

_crawl = crawl.CrawlTopology
_urls = TopicUrlSpout.spec()
_index = TopicIndexBolt.spec(inputs={_crawl.parse: Grouping.LOCAL_OR_SHUFFLE})
_said = [_crawl.seeds, _urls, _crawl.partition, _crawl.fetch, _crawl.sitemap, _crawl.feed, _crawl.parse, _index]
_statuses = TopicStatusBolt.spec(inputs={each["status"]: Grouping.fields("url") for each in _said})

KafkaCrawlTopology = extend(
    _crawl,
    urls=_urls,
    index=_index,
    statuses=_statuses,
    status=StatusUpdaterBolt.spec(
        inputs={_statuses["status"]: Grouping.fields("url"), _crawl.fetch["host"]: Grouping.fields("key")}
    ),
)
