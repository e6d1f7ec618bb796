r"""`spindrift filter`: what a file of URL filters makes of URLs, a JSON line each, for pipes and tests."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TextIO

import typer

from spindrift.cli.apart import apart
from spindrift.cli.configuration import load, make_importable
from spindrift.cli.json_lines import Answer, Question, answer_each
from spindrift.cli.logs import log_lines
from spindrift.cli.options import Overrides
from spindrift.cli.results import results
from spindrift.filtering import URLFilters
from spindrift.filtering.schema import filter_file_schema
from spindrift.metadata import Metadata
from spindrift.resource_files import ResourceFiles

_READ = ("fast.", "http.", "robots.", "sitemap.", "topology.subprocess.timeout.secs")
"""What filters, and the limit of their time, read of the configuration."""


def filter_urls(
    config: Annotated[
        str,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The filter file; a name alone is also looked for in ./resources and in spindrift's own resources.",
        ),
    ] = "urlfilters.json",
    schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            help="Print the JSON Schema of filter files, for editors, and exit; a file names it by a key $schema.",
        ),
    ] = False,
    option: Overrides = None,
) -> None:
    r"""Say what URL filters make of URLs: JSON lines on standard input, a line each on standard output.

    A line holds "url" and, where there is one, the "source_url" of the page it was found on and that page's "metadata".
    The answer holds "url", the "result" (as the filters rewrote it; null: refused) and the filter that refused it in
    "by" (null: none did). A line that cannot be read is answered by {"error": ..., "line": its number}.

    Filters that go by the configuration (SitemapFilter, RobotsFilter) get that of ./config.json and of -o.
    A filter that takes longer than a crawl would wait for (topology.subprocess.timeout.secs), or ends its process, is
    named, and ends it.

    Exit codes: 0 all answered, 1 a line could not be read, or a filter came to no end or ended its process, 2 mistakes
    in the filter file; all are told at once; 130 interrupted.

    Examples:
      spindrift filter --config urlfilters.json < urls.jsonl
      spindrift filter --schema > filters.schema.json

    Of these lines

      {"url": "HTTP://A.org/b/../c#top"}
      {"url": "http://b.org/z.jpg", "metadata": {"depth": ["1"]}}

    it makes

      {"url": "HTTP://A.org/b/../c#top", "result": "http://a.org/c", "by": null}
      {"url": "http://b.org/z.jpg", "result": null, "by": "RegexURLFilter"}
    """
    if schema:
        results().write(filter_file_schema_text())
        return
    settings = load(None, None, option, reads=lambda key: key.startswith(_READ)).settings
    make_importable(Path())
    resources = ResourceFiles.from_settings(settings)
    file = resources.find_typed(config)

    def answer() -> int:
        return filter_lines(URLFilters.load(file, resources, settings), sys.stdin.buffer, results())

    with log_lines(settings):
        unread = apart(answer, settings.seconds("topology.subprocess.timeout.secs"))
    if unread:
        raise typer.Exit(1)


def filter_file_schema_text() -> str:
    """The JSON Schema of filter files, to be printed."""
    return json.dumps(filter_file_schema(), indent=2) + "\n"


def filter_lines(filters: URLFilters, lines: Iterable[bytes], out: TextIO) -> int:
    """Answer each line of `lines` by one on `out`. Returns how many could not be read."""

    def answer(question: Question) -> Answer:
        url, source_url, metadata = _asked(question)
        verdict = filters.verdict(source_url, metadata, url)
        return {"url": url, "result": verdict.url, "by": verdict.by}

    return answer_each(lines, out, answer, lambda number, wrong: {"error": wrong, "line": number})


def _asked(question: Question) -> tuple[str, str | None, Metadata]:
    """URL, source URL and the source's metadata. Raises ValueError saying what is wrong with them."""
    url, source_url = question.get("url"), question.get("source_url")
    if not isinstance(url, str):
        raise ValueError('"url" must be a text')
    if not (source_url is None or isinstance(source_url, str)):
        raise ValueError('"source_url" must be a text or null')
    return url, source_url, _metadata(question.get("metadata"))


def _metadata(given: object) -> Metadata:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ValueError('"metadata" must be an object of texts, or of lists of texts')
    metadata = {}
    for key, value in given.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in values):
            raise ValueError(f'"metadata": "{key}" must be a text or a list of texts')
        metadata[key] = values
    return metadata
