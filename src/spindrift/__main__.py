"""`python -m spindrift`, and the command `spindrift`: quiet on Ctrl-C before anything else is loaded."""

import _signal  # type: ignore[import-not-found]  # what `signal` wraps; loading that takes long enough for a Ctrl-C
import os
import sys


def main() -> None:
    """Load the command line, and run it."""
    ours = _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler
    if ours:  # it is not ignored
        _signal.signal(_signal.SIGINT, lambda *_: os._exit(130))
    from spindrift.cli.main import main as run
    from spindrift.cli.signals import INTERRUPTED, came_of_interrupt

    if ours:
        _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    try:
        run()
    except (Exception, KeyboardInterrupt) as error:
        if not came_of_interrupt(error):
            raise
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
