"""What `spindrift extract` does with its inputs: documents on standard output, how far it is on standard error."""

import json
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from spindrift.cli.numbers import count, counted, rate
from spindrift.cli.output import shown, stderr
from spindrift.cores import usable_cores
from spindrift.extraction.document import document_of
from spindrift.extraction.inputs import Input
from spindrift.extraction.workers import Workers

QUIET = 10.0
"""Seconds between two lines on standard error."""


def write_documents(inputs: Iterable[Input], jobs: int | None) -> int:
    """Write the document of each input as a JSON line, in their order. Returns how many there are none of.

    `jobs`: processes; None: as many as there are cores for this one.
    """
    progress = _Progress()
    workers = Workers(document_of, jobs or usable_cores(), prepare=[document_of.__module__])
    with closing(workers.outcomes(inputs)) as outcomes:  # so that the processes end, whatever happens here
        for given, document, error in outcomes:
            answer: dict[str, Any] | None = document
            if answer is None:
                problem = f"{given.name}: {given.problem or error}"
                answer = {"error": problem} | ({"url": given.url} if given.url else {})
                progress.failed(problem)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()  # whoever feeds a pipe line by line waits for each answer
            progress.done()
    progress.end()
    return progress.failures


class _Progress:
    """Failures as they come; how many pages were done, every QUIET seconds; a last line where there was one."""

    def __init__(self) -> None:
        self.failures = 0
        self._console = stderr()
        self._pages = 0
        self._start = self._told = time.monotonic()

    def failed(self, problem: str) -> None:
        """One page could not be extracted."""
        self.failures += 1
        self._console.print(shown(problem, "red"))

    def done(self) -> None:
        """One page more, extracted or not."""
        self._pages += 1
        if (now := time.monotonic()) - self._told >= QUIET:
            self._told = now
            self._tell(f"{count(self._pages)} pages, {rate(self._pages / (now - self._start))} a second")

    def end(self) -> None:
        """All is done."""
        if self.failures or self._told > self._start:
            failed = f", {count(self.failures)} of them failed" if self.failures else ""
            self._tell(f"{counted(self._pages, 'page')}{failed}")

    def _tell(self, text: str) -> None:
        self._console.print(shown(text))
