"""Topics: messages in partitions, read by groups of consumers, in an SQLite file or in Kafka (`broker.url`)."""

from spindrift.broker.opening import open_broker
from spindrift.broker.protocol import Broker, Consumer, Producer, RebalanceListener
from spindrift.broker.records import Message, Record, TopicPartition
from spindrift.broker.start import Start

__all__ = [
    "Broker",
    "Consumer",
    "Message",
    "Producer",
    "RebalanceListener",
    "Record",
    "Start",
    "TopicPartition",
    "open_broker",
]
