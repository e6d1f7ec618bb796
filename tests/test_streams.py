"""What components say to each other: the streams of StormCrawler, with its fields."""

from spindrift.local.plan import plan_topology
from spindrift.topologies.crawl import CrawlTopology

URL, PAGE, STATUS = ("url", "metadata"), ("url", "content", "metadata"), ("url", "metadata", "status")
STORMCRAWLERS = {"default", "status", "deletion"}


def test_streams_and_their_fields_are_stormcrawlers() -> None:
    components = plan_topology(CrawlTopology, "crawl", None).components
    assert {
        name: {stream: tuple(each.fields) for stream, each in plan.streams.items() if stream in STORMCRAWLERS}
        for name, plan in components.items()
    } == {
        "seeds": {"status": STATUS},
        "frontier": {"default": URL},
        "partition": {"default": ("url", "key", "metadata"), "status": STATUS},
        "fetch": {"default": PAGE, "status": STATUS},
        "sitemap": {"default": PAGE, "status": STATUS},
        "feed": {"default": PAGE, "status": STATUS},
        "parse": {"default": (*PAGE, "text"), "status": STATUS},
        "index": {"status": STATUS},
        "status": {"deletion": URL},
        "deletion": {},
    }
