"""Storm topologies in Python: a polite, continuous web crawler and the streams around it."""

__version__ = "0.1.0"
