"""Storm topologies in Python: a polite, continuous web crawler and the streams around it."""

import sys

__version__ = "0.1.0"

if "streamparse.run" in sys.modules:  # in a component's own process on a Storm cluster
    from spindrift.storm.component_guard import guard_components

    guard_components()
