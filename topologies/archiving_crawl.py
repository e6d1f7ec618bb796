"""The crawl, and a WARC bolt that archives all that is answered, robots.txt, redirects and errors included.

Pages and statuses go through it: what is parsed, indexed or has a status is in the archive::

    frontier -> partition -> fetch -> archive -> sitemap -> feed -> parse -> index
"""

from copy import copy
from types import new_class
from typing import Any

from streamparse import Grouping, Topology

from spindrift.bolts.warc import WARCBolt
from spindrift.topologies import crawl

_CONFIG = {"http.store.headers": True, "warc.metadata.keys": ["*"]}


def _archiving(crawling: type[Topology]) -> type[Topology]:
    """`crawling` with another bolt between its component `fetch` and those who take pages and statuses from there."""
    specs = {spec.name: copy(spec) for spec in crawling.specs}
    fetch = specs["fetch"]
    archive = WARCBolt.spec(name="archive", inputs={fetch[stream]: Grouping.SHUFFLE for stream in ("archive", "aside")})
    parts: dict[str, Any] = {"config": {**crawling.config, **_CONFIG}}
    for spec in specs.values():
        inputs = dict(spec.inputs)
        if fetch["default"] in inputs:
            inputs[archive["default"]] = inputs.pop(fetch["default"])
        if fetch["status"] in inputs:
            inputs[archive["status"]] = inputs[fetch["status"]]  # what is DISCOVERED still comes from there
        spec.inputs, spec.common = inputs, copy(spec.common)
        spec.common.inputs = inputs
        parts |= {spec.name: spec, "archive": archive} if spec is fetch else {spec.name: spec}
    made: type[Topology] = new_class("ArchivingCrawlTopology", (Topology,), exec_body=lambda body: body.update(parts))
    return made


ArchivingCrawlTopology = _archiving(crawl.CrawlTopology)
"""Needs `warc.path`, the folder of the archive."""
