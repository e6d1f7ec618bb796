"""For tests of your own: run one bolt, spout or filter, or a whole topology, on given tuples, in virtual time.

    with run_bolt(SplitWords) as bolt:
        bolt.send(sentence="to be or not")
        assert bolt.emitted() == [("to",), ("be",), ("or",), ("not",)]

Works for any streamparse component: Bolt, BatchingBolt, TicklessBatchingBolt, Spout, ReliableSpout.
"""

from spindrift.clock import SystemClock, VirtualClock
from spindrift.testing.bolt import BoltRun, run_bolt
from spindrift.testing.component import Emission
from spindrift.testing.faults import CrashError, Fault, crash, delay, drop_ack
from spindrift.testing.filters import run_parse_filter, run_url_filter
from spindrift.testing.spout import SpoutRun, run_spout
from spindrift.testing.topology import TopologyRun, run_topology

__all__ = [
    "BoltRun",
    "CrashError",
    "Emission",
    "Fault",
    "SpoutRun",
    "SystemClock",
    "TopologyRun",
    "VirtualClock",
    "crash",
    "delay",
    "drop_ack",
    "run_bolt",
    "run_parse_filter",
    "run_spout",
    "run_topology",
    "run_url_filter",
]
