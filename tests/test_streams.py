"""What components say to each other: the streams of StormCrawler, with its fields."""

from typing import Any

import pytest

from spindrift.local.plan import plan_topology
from spindrift.topologies.archiving_crawl import ArchivingCrawlTopology
from spindrift.topologies.crawl import CrawlTopology

URL, PAGE, STATUS = ("url", "metadata"), ("url", "content", "metadata"), ("url", "metadata", "status")
STREAMS = {
    "seeds": {"status": STATUS},
    "frontier": {"default": URL},
    "partition": {"default": ("url", "key", "metadata"), "status": STATUS},
    "fetch": {
        "default": PAGE,
        "status": STATUS,
        "host": ("key", "until", "reason", "failures"),
        "archive": PAGE,
    },
    "sitemap": {"default": PAGE, "status": STATUS},
    "feed": {"default": PAGE, "status": STATUS},
    "parse": {"default": (*PAGE, "text"), "status": STATUS},
    "index": {"status": STATUS},
    "status": {"deletion": URL},
    "deletion": {},
}


def streams_of(topology: Any) -> dict[str, dict[str, tuple[str, ...]]]:
    components = plan_topology(topology, "test", None).components
    return {
        name: {stream: tuple(declared.fields) for stream, declared in plan.streams.items()}
        for name, plan in components.items()
    }


@pytest.mark.parametrize(("topology", "more"), [(CrawlTopology, {}), (ArchivingCrawlTopology, {"archive": {}})])
def test_streams_and_their_fields_are_stormcrawlers(topology: Any, more: dict[str, Any]) -> None:
    assert streams_of(topology) == STREAMS | more
