"""The crawl, and a WARC bolt that archives all that is answered, robots.txt, redirects and errors included."""

from copy import copy
from types import new_class
from typing import Any

from streamparse import Grouping, Topology

from spindrift.bolts.warc import WARCBolt
from spindrift.topologies import crawl

_CONFIG = {"fetcher.archive": True, "http.store.headers": True, "warc.metadata.keys": ["*"]}


def _archiving(crawling: type[Topology]) -> type[Topology]:
    """`crawling` with another bolt, behind its component `fetch`."""
    parts: dict[str, Any] = {spec.name: copy(spec) for spec in crawling.specs}
    parts["archive"] = WARCBolt.spec(inputs={parts["fetch"]["archive"]: Grouping.SHUFFLE})
    parts["config"] = {**crawling.config, **_CONFIG}
    made: type[Topology] = new_class("ArchivingCrawlTopology", (Topology,), exec_body=lambda body: body.update(parts))
    return made


ArchivingCrawlTopology = _archiving(crawl.CrawlTopology)
"""Needs `warc.path`, the folder of the archive."""
