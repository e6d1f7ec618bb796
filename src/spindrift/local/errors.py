"""What can be wrong with a topology or a component, as the embedded runner says it."""

from spindrift.errors import ConfigurationError, SpindriftError


class TopologyError(ConfigurationError):
    """A topology that cannot be loaded, or cannot run here. `problems` holds every reason that was found."""


class ComponentStartError(SpindriftError):
    """A component that could not be constructed or initialized; the topology did not start."""


class EmitError(SpindriftError, ValueError):
    """An emit that the topology does not allow: it fails the tuple in whose processing it was made."""
