"""`python -m spindrift` is `spindrift`."""

from spindrift.cli.main import main

main()
