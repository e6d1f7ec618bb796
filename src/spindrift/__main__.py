"""`python -m spindrift`, and the command `spindrift`: quiet on Ctrl-C before anything else is loaded."""

import sys

from spindrift.cli.signals import INTERRUPTED, came_of_interrupt, interrupts_end_at_once


def main() -> None:
    """Load the command line, and run it."""
    with interrupts_end_at_once():
        from spindrift.cli.main import main as run
    try:
        run()
    except (Exception, KeyboardInterrupt) as error:
        if not came_of_interrupt(error):
            raise
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
