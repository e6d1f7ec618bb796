"""Which filter a stack is in: to name the one that comes to no end."""

from collections.abc import Iterable
from types import FrameType

from spindrift.filtering.loading import LoadedFilter


def filter_at_work(frame: FrameType | None, filters: Iterable[LoadedFilter]) -> tuple[LoadedFilter, FrameType] | None:
    """The filter, and the frame of the call that it was given; None where the stack is in none of them."""
    named = {id(loaded.instance): loaded for loaded in filters}
    found = None
    while frame is not None:
        if (loaded := named.get(id(frame.f_locals.get("self")))) is not None:
            found = loaded, frame
        frame = frame.f_back
    return found
