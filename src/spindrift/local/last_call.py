"""The last call to a component: `cleanup` of bolts, `close` of spouts, which pystorm leaves out."""

import logging
from typing import Any

from pystorm.exceptions import StormWentAwayError


def make_last_call(component: Any) -> None:
    """Make it, in the component's own process. Never raises: what goes wrong is logged."""
    last = getattr(component, "cleanup", None) or getattr(component, "close", None)
    if not callable(last):
        return
    try:
        last()
    except StormWentAwayError:
        pass  # nobody is there to hear its last words
    except Exception:
        logging.getLogger(__name__).exception("in the last call of %s", component.component_name)
