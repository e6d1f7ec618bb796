"""Storm: ZooKeeper, Nimbus and one Supervisor."""

import json
import warnings
from pathlib import Path
from typing import Any, ClassVar, Final

from ruamel.yaml import YAML

from spindrift.services.daemon import Daemon
from spindrift.services.jars import Jars
from spindrift.services.service import HOST, Place, Prepared, Service

_VERSION: Final = "2.8.3"
_ZOOKEEPER: Final = "org.apache.storm.shade.org.apache.zookeeper.server.ZooKeeperServerMain"  # in storm-shaded-deps
_SLOTS: Final = 4
_RESOURCES: Final = Path(__file__).parents[1] / "resources"

# Of all jars those that a worker needs; the daemons' own would only weigh it down.
_WORKER_JARS: Final = (
    "storm-client-*",
    "storm-shaded-deps-*",
    "log4j*",
    "slf4j*",
    "asm*",
    "kryo*",
    "minlog*",
    "objenesis*",
    "reflectasm*",
    "metrics-*",
    "snakeyaml*",
    "json-smart*",
    "accessors-smart*",
    "commons-*",
    "jackson-*",
    "jakarta*",
    "javax*",
    "rocksdbjni*",
    "jline*",
    "bc*",
)

_LOG4J: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<configuration monitorInterval="60">
  <appenders>
    <RollingFile name="file" fileName="{file}" filePattern="{file}.%i">
      <PatternLayout pattern="%d{{yyyy-MM-dd HH:mm:ss.SSS}} %c{{1.}} %t [%p] %msg%n"/>
      <SizeBasedTriggeringPolicy size="20 MB"/>
      <DefaultRolloverStrategy max="4"/>
    </RollingFile>
  </appenders>
  <loggers><root level="info"><appender-ref ref="file"/></root></loggers>
</configuration>
"""
_ZOO: Final = """\
dataDir={data}
clientPort={port}
clientPortAddress={host}
maxClientCnxns=0
admin.enableServer=false
"""
_DAEMON_LOG: Final = "${sys:storm.log.dir}/${sys:logfile.name}"
_WORKER_LOG: Final = "${sys:workers.artifacts}/${sys:storm.id}/${sys:worker.port}/${sys:logfile.name}"


class Storm(Service):
    """Storm 2.8, without its user interface, which is not to be had as a package."""

    name: ClassVar[str] = "storm"
    title: ClassVar[str] = f"Storm {_VERSION}"
    jars: ClassVar[Jars] = Jars(
        "storm", (f"org.apache.storm:storm-server:{_VERSION}", f"org.apache.storm:storm-client:{_VERSION}")
    )

    def prepare(self, place: Place) -> Prepared:
        zookeeper, nimbus, supervisor, *slots = place.ports(2181, 6627, 6628, *range(6700, 6700 + _SLOTS))
        _lay_out(place)
        settings = _settings(place, zookeeper, nimbus, supervisor, slots)
        (place.home / "conf" / "storm.yaml").write_text(json.dumps(settings, indent=2))  # JSON is YAML
        classes = f"{place.home}/lib/*"
        zoo = place.home / "conf" / "zoo.cfg"
        zoo.write_text(_ZOO.format(data=place.home / "zookeeper", port=zookeeper, host=HOST))
        address = f"{HOST}:{nimbus}"
        return Prepared(
            [
                place.java("zookeeper", ["-Xmx256m", "-cp", classes, _ZOOKEEPER, str(zoo)]),
                _daemon(place, "nimbus", "org.apache.storm.daemon.nimbus.Nimbus"),
                # It halts itself when a topology is killed within a second of its assignment.
                _daemon(place, "supervisor", "org.apache.storm.daemon.supervisor.Supervisor", restarts=True),
            ],
            address,
            {"nimbus": address, "log.path": str(place.home / "logs")},
        )

    def answers(self, port: int, home: Path) -> bool:
        return _has_supervisor(port)


def _lay_out(place: Place) -> None:
    """A Storm home as its daemons expect it."""
    for folder in ("conf", "log4j2", "lib-worker", "extlib", "extlib-daemon", "bin", "logs", "local"):
        (place.home / folder).mkdir(exist_ok=True)
    _link(place.home / "lib", place.jars)
    for old in (place.home / "lib-worker").iterdir():
        old.unlink()
    for jar in {jar for pattern in _WORKER_JARS for jar in place.jars.glob(f"{pattern}.jar")}:
        _link(place.home / "lib-worker" / jar.name, jar)
    (place.home / "log4j2" / "cluster.xml").write_text(_LOG4J.format(file=_DAEMON_LOG))
    (place.home / "log4j2" / "worker.xml").write_text(_LOG4J.format(file=_WORKER_LOG))


def _link(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _settings(place: Place, zookeeper: int, nimbus: int, supervisor: int, slots: list[int]) -> dict[str, Any]:
    return _recommended() | {
        "storm.zookeeper.servers": [HOST],
        "storm.zookeeper.port": zookeeper,
        "nimbus.seeds": [HOST],
        "nimbus.thrift.port": nimbus,
        "supervisor.thrift.port": supervisor,
        "storm.local.hostname": HOST,
        "storm.local.dir": str(place.home / "local"),
        "storm.log.dir": str(place.home / "logs"),  # where `sparse tail` looks when config.json names no path
        "storm.log4j2.conf.dir": str(place.home / "log4j2"),
        "storm.workers.artifacts.dir": str(place.home / "logs" / "workers-artifacts"),
        "supervisor.slots.ports": slots,
        "topology.worker.max.heap.size.mb": 256,
        "worker.childopts": "-Xmx256m -XX:+UseSerialGC",
    }


def _recommended() -> dict[str, Any]:
    with (_RESOURCES / "storm.yaml").open(encoding="utf-8") as file:
        return dict(YAML(typ="safe").load(file))


def _daemon(place: Place, name: str, main: str, *, restarts: bool = False) -> Daemon:
    home = place.home
    options = {
        "daemon.name": name,
        "storm.options": "",
        "storm.home": home,
        "storm.log.dir": home / "logs",
        "storm.conf.file": "",
        "logfile.name": f"{name}.log",
        "log4j.configurationFile": home / "log4j2" / "cluster.xml",
    }
    arguments = ["-server", "-Xmx512m", "-XX:+UseSerialGC", *(f"-D{key}={value}" for key, value in options.items())]
    return place.java(name, [*arguments, "-cp", f"{home}/lib/*:{home}/conf", main], restarts=restarts)


def _has_supervisor(port: int) -> bool:
    with warnings.catch_warnings(action="ignore"):  # of what streamparse imports, which nobody here can mend
        from streamparse.util import get_nimbus_client
    return bool(get_nimbus_client(host=HOST, port=port).getClusterInfo().supervisors)
