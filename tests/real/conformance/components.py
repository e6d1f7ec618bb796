"""Spouts that begin when everything is ready: on a cluster, what is emitted before that would time out."""

from pathlib import Path
from typing import Any

from tests.local.components.spouts import DirectSpout, ListSpout, StubbornSpout, TwoStreamSpout


class _Gated:
    """Waits for the file `test.gate`."""

    storm_conf: dict[str, Any]
    _open = False

    def next_tuple(self) -> None:
        self._open = self._open or Path(self.storm_conf["test.gate"]).exists()
        if self._open:
            super().next_tuple()  # type: ignore[misc]  # of the spout that it comes before


class Numbers(_Gated, ListSpout):
    """Emits `test.tuples` once each."""


class Directed(_Gated, DirectSpout):
    """To the task that each names."""


class OddAndEven(_Gated, TwoStreamSpout):
    """On a stream each."""


class Stubborn(_Gated, StubbornSpout):
    """Again what failed."""
