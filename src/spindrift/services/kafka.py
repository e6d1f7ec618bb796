"""Kafka: one broker that is its own controller (KRaft)."""

import subprocess
import uuid
from base64 import urlsafe_b64encode
from typing import ClassVar

from spindrift.services.errors import ServiceError
from spindrift.services.jars import Jars
from spindrift.services.probes import accepts
from spindrift.services.service import HOST, Place, Prepared, Service

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{broker},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{broker}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions=4
# One broker: nothing can be kept twice.
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# As many as the topics of one machine need: its first consumer and transaction wait until all of them are made, by
# default 50 each, which takes 10 s and more on a busy disk.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=4
# The first consumer of a group need not wait for others.
group.initial.rebalance.delay.ms=0
"""

_LOG4J = """\
<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <appenders><Console name="out"><PatternLayout pattern="[%d] %p %m (%c)%n"/></Console></appenders>
  <loggers><root level="info"><appender-ref ref="out"/></root></loggers>
</configuration>
"""


class Kafka(Service):
    """Kafka 4.3."""

    name: ClassVar[str] = "kafka"
    title: ClassVar[str] = "Kafka 4.3.1"
    jars: ClassVar[Jars] = Jars(
        "kafka", ("org.apache.kafka:kafka_2.13:4.3.1", "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3")
    )

    def prepare(self, place: Place) -> Prepared:
        broker, controller = place.ports(9092, 9093)
        properties = place.home / "server.properties"
        properties.write_text(
            _PROPERTIES.format(host=HOST, broker=broker, controller=controller, data=place.home / "data")
        )
        logging = place.home / "log4j2.xml"
        logging.write_text(_LOG4J)
        classes = [f"-Dlog4j2.configurationFile={logging}", "-cp", f"{place.jars}/*"]
        cluster = "A" + urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]  # with a - it is an option
        format_ = [str(place.toolchain.java), *classes, "kafka.tools.StorageTool", "format", "-t", cluster]
        done = subprocess.run(  # noqa: S603
            [*format_, "-c", str(properties)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServiceError(f"Kafka's storage could not be formatted: {(done.stderr or done.stdout).strip()[-500:]}")
        address = f"{HOST}:{broker}"
        daemon = place.java("kafka", ["-Xmx512m", *classes, "kafka.Kafka", str(properties)])
        log = daemon.log
        return Prepared(
            [daemon],
            address,
            {"broker.url": f"kafka://{address}"},
            # It listens before it has elected itself.
            lambda: "Kafka Server started" in log.read_text(errors="replace") and accepts(broker),
        )
