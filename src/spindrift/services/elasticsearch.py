"""Elasticsearch: one node on the class path."""

from pathlib import Path
from typing import ClassVar, Final

from spindrift.services.jars import Jars, compile_java
from spindrift.services.probes import is_healthy
from spindrift.services.service import HOST, Place, Prepared, Service

_VERSION: Final = "8.19.21"
_SOURCE: Final = Path(__file__).parent / "java" / "org" / "elasticsearch" / "node" / "SpindriftNode.java"


class Elasticsearch(Service):
    """Elasticsearch 8.19: all of its search, without what its distribution adds (scripts, reindex, `GET /`)."""

    name: ClassVar[str] = "elasticsearch"
    title: ClassVar[str] = f"Elasticsearch {_VERSION}"
    jars: ClassVar[Jars] = Jars(
        "elasticsearch",
        (
            f"org.elasticsearch:elasticsearch:{_VERSION}",
            f"org.elasticsearch.plugin:transport-netty4:{_VERSION}",
            f"org.elasticsearch.test:framework:{_VERSION}",  # for a node of given plugins
        ),
        without=("randomizedtesting-runner-*.jar", "lucene-test-framework-*.jar"),  # they would turn it into a test
    )

    def prepare(self, place: Place) -> Prepared:
        http, transport = place.ports(9200, 9300)
        classes = place.home / "classes"
        for folder in (classes, place.home / "config"):
            folder.mkdir(exist_ok=True)
        compile_java(_SOURCE, place.jars, place.toolchain, classes)
        class_path = f"{classes}:{place.jars}/*"
        node = ["org.elasticsearch.node.SpindriftNode", str(place.home), str(http), str(transport)]
        daemon = place.java("elasticsearch", ["-Xmx512m", "-cp", class_path, *node])
        address = f"{HOST}:{http}"
        return Prepared([daemon], address, {"store.url": f"elasticsearch://{address}/crawl"})

    def answers(self, port: int, home: Path) -> bool:
        return is_healthy(port)
