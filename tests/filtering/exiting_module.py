"""A module that takes itself for a program."""

raise SystemExit(3)
