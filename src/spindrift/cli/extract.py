r"""`spindrift extract`: main text, date, language, title and links of pages, a JSON line each."""

import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spindrift.cli.options import MOST_JOBS
from spindrift.cli.signals import INTERRUPTED
from spindrift.errors import ConfigurationError

if TYPE_CHECKING:
    from spindrift.extraction.inputs import Input


def extract(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES", help="HTML, WARC or ARC files. None: JSON lines on standard input."),
    ] = None,
    warc: Annotated[
        list[str] | None,
        typer.Option("--warc", metavar="WARC", help="A WARC (or ARC) file, a folder of them, a list; may be repeated."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, max=MOST_JOBS, help="Processes to work in; default: all cores.")
    ] = None,
) -> None:
    r"""Extract main text, publication date, language, title and links of pages, a JSON line each, in their order.

    Pages are HTML files, the pages in WARC or ARC files (responses with status 200), or JSON lines {"url", "html"} on
    standard input. Any of the files may be gzipped. An answer holds "url" (of a file: file://...), "title", "date"
    (YYYY-MM-DD, or null), "text" (paragraphs, one a line), "language" ("en", or null) and "links" (absolute URLs).
    The date is what the page or its URL says, or else the likeliest of those in its text: the first of the month (or
    year) where only that month (or a year of copyright) is given; a year alone in a text or link is none.
    What cannot be read, or whose extraction fails, is answered by {"error": ..., "url": ...} that names it; the others
    go on.

    Exit codes: 0 all extracted, 1 some could not be, 2 wrong usage, 130 interrupted.

    Examples:
      spindrift extract page.html other.html
      spindrift extract crawl.warc.gz --jobs 4 > pages.jsonl
      spindrift extract --warc archive > pages.jsonl
      spindrift extract < pages.jsonl | jq -r '[.date, .title] | @tsv'

    Of the line

      {"url": "https://a.org/2020/05/01/x", "html": "<p>Good news ..."}

    it makes

      {"url": "https://a.org/2020/05/01/x", "title": "", "date": "2020-05-01",
       "text": "Good news ...", "language": null, "links": []}
    """
    from spindrift.cli.extraction import write_documents

    try:
        failures = write_documents(_inputs(files or [], warc or []), jobs)
    except KeyboardInterrupt:
        # A thread may wait for standard input, over which Python's own end comes to grief.
        os._exit(INTERRUPTED)
    if failures:
        raise typer.Exit(1)


def _inputs(files: list[Path], archives: list[str]) -> "Iterator[Input]":
    from spindrift.extraction.inputs import pages_of_archive, pages_of_files, pages_of_lines
    from spindrift.urls.credentials import hidden_credentials
    from spindrift.warc.listing import list_archives

    for file in files:
        if str(file).lower().startswith(("http:/", "https:/")) and not file.exists():
            shown = hidden_credentials(str(file).replace(":/", "://", 1))  # as it was before it was taken for a path
            raise ConfigurationError(f"{shown} is a URL; pages are extracted from files: fetch it first")
    if files or archives:
        return chain(pages_of_files(files), chain.from_iterable(map(pages_of_archive, list_archives(archives))))
    if sys.stdin.isatty():
        raise ConfigurationError(
            "nothing to extract from: name HTML, WARC or ARC files, or --warc FOLDER, or send JSON lines to standard "
            "input, as in `spindrift extract < pages.jsonl`"
        )
    return pages_of_lines(sys.stdin.buffer)
