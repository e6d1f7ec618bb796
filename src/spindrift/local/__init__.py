"""The embedded Storm runner: streamparse topologies in one process, with Storm's promises and no JVM."""

from spindrift.local.errors import ComponentStartError, EmitError, TopologyError
from spindrift.local.stats import ComponentStats, ErrorReport, TopologyStats
from spindrift.local.topology import LocalTopology

__all__ = [
    "ComponentStartError",
    "ComponentStats",
    "EmitError",
    "ErrorReport",
    "LocalTopology",
    "TopologyError",
    "TopologyStats",
]
