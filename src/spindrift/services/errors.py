"""What goes wrong with services."""

from spindrift.errors import SpindriftError


class ServiceError(SpindriftError):
    """A server cannot be fetched, started, reached or ended."""
