"""The command line: `spindrift COMMAND`."""

import errno
import sqlite3
import sys
from typing import Annotated

import typer

from spindrift import __version__
from spindrift.cli.commands import LazyCommands
from spindrift.cli.results import drop_results
from spindrift.cli.standard_streams import mend_standard_streams
from spindrift.errors import ConfigurationError, SpindriftError, StoreError

app = typer.Typer(
    name="spindrift",
    cls=LazyCommands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"spindrift {__version__}\n")
        raise typer.Exit


@app.callback()
def spindrift(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A polite, continuous web crawler, and Storm topologies in Python."""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted."""
    try:
        mend_standard_streams()
        app(prog_name="spindrift")
    except SpindriftError as error:
        _print_error(error)
        # Also what a component was configured with.
        sys.exit(2 if isinstance(error, ConfigurationError) or isinstance(error.__cause__, ConfigurationError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except sqlite3.Error as error:
        _print_error(StoreError(f"the store cannot be read: {error}"))
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has enough. What is still buffered must not raise at exit.
        drop_results()
        sys.exit(1)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            _print_error(ConfigurationError(f"{str(error.filename)[:80]}... is too long for the name of a file"))
            sys.exit(2)
        if error.errno not in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO, errno.EBADF):
            raise
        drop_results()
        _print_error(SpindriftError(f"the output could not be written: {error.strerror}"))
        sys.exit(1)


def _print_error(error: SpindriftError) -> None:
    from spindrift.cli.output import print_error

    print_error(error)


if __name__ == "__main__":
    main()
