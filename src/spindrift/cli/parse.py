"""`spindrift parse`: what the parser and the filters make of one page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spindrift.cli.options import MOST, ConfigFiles, Environment, Json, Overrides

if TYPE_CHECKING:
    from spindrift.conf import Settings
    from spindrift.metadata import Metadata
    from spindrift.parse.inspection import Inspection

_TEXT = 500


def parse(
    page: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page to fetch, or a file to read.")],
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="With a file: where the page was; links are relative to it."),
    ] = None,
    links: Annotated[int, typer.Option("--links", min=0, max=MOST, help="How many links of each kind to show.")] = 20,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Show what the parser and the filters make of a page: title, text, robots directives, metadata, and each link.

    Of links that are dropped it says which URL filter refused them, or that they are marked nofollow. A URL is fetched
    once, whatever robots.txt says; redirects are not followed, and nothing is stored. --json has all links and the
    whole text. What takes longer than a crawl would wait for (topology.subprocess.timeout.secs) is an error that names
    the filter. Of a URL filter that raises, -o pystorm.log.level=debug shows the traceback.

    Exit codes: 0 parsed, 1 the page cannot be had, or a filter raised, came to no end or ended its process, 2 wrong
    usage or configuration, 130 interrupted.

    Examples:
      spindrift parse https://example.com/ -o http.agent.name=my-crawler
      spindrift parse saved.html --url https://example.com/a/b
      spindrift parse saved.html --json | jq -r '.dropped[] | [.by, .url] | @tsv'
    """
    from spindrift.cli.apart import apart
    from spindrift.cli.configuration import load
    from spindrift.cli.logs import log_lines
    from spindrift.cli.output import print_json
    from spindrift.errors import SpindriftError
    from spindrift.parse.filters import ParseFilterError
    from spindrift.parse.inspection import PageInspector

    settings = load(config, environment, option).settings
    address, content, metadata = _page(page, url, settings)
    seconds = settings.seconds("topology.subprocess.timeout.secs")

    def inspect() -> "Inspection":
        try:
            return PageInspector(settings).inspect(address, content, metadata)
        except ParseFilterError as error:
            raise SpindriftError(f"{address}: {error}") from None

    with log_lines(settings):
        found = apart(inspect, seconds, in_all=True, beside=f"{address}: the parser")
    if json_:
        print_json(found.as_json())
    else:
        _print(found, links)


def _page(page: str, url: str | None, settings: "Settings") -> "tuple[str, bytes, Metadata]":
    from spindrift.errors import ConfigurationError
    from spindrift.urls.credentials import hidden_credentials, without_credentials

    if Path(page).is_file():
        address = url or "http://localhost/" + Path(page).name
        return address, Path(page).read_bytes(), {}
    if not page.lower().startswith(("http://", "https://")):
        raise ConfigurationError(f"{hidden_credentials(page)!r} is neither a file nor a URL (with https://)")
    if url is not None:
        raise ConfigurationError("--url is for files: a page that is fetched has its own URL")
    from spindrift.fetching.once import fetch_once

    page = without_credentials(page)  # which are not sent, and would be shown
    return page, *fetch_once(page, settings)


def _print(found: "Inspection", limit: int) -> None:
    from spindrift.cli.numbers import count, size
    from spindrift.cli.output import facts, shown, stdout
    from spindrift.metadata import first
    from spindrift.metadata_keys import STATUS_CODE
    from spindrift.parse.parser import TITLE

    page, console = found.page, stdout()
    console.print(shown(page.url, "bold"), soft_wrap=True)
    grid = facts()
    if code := first(page.metadata, STATUS_CODE):
        grid.add_row("status", code)
    grid.add_row("type", shown(f"{page.mime_type or 'unknown'}, {size(len(page.content))}"))
    grid.add_row("title", shown(first(page.metadata, TITLE) or "none"))
    grid.add_row("robots", ", ".join(name for name, on in found.robots.items() if on) or "no directive")
    if page.redirect:
        grid.add_row("redirect", shown(page.redirect, "yellow"))
    text = page.text if len(page.text) <= _TEXT else page.text[:_TEXT] + "…"
    grid.add_row("text", shown(f"{count(len(page.text))} characters" + (f": {text}" if text else "")))
    console.print(grid)
    console.print()
    console.print(shown(f"links kept: {count(len(found.kept))}", "green"))
    for kept in found.kept[:limit]:
        console.print(shown(f"  {kept.url}" + (f"  (was {kept.found})" if kept.found else "")), soft_wrap=True)
    _more(len(found.kept), limit)
    console.print(shown(f"links dropped: {count(len(found.dropped))}", "yellow" if found.dropped else ""))
    table = facts()
    for dropped in found.dropped[:limit]:
        table.add_row(shown(f"  {dropped.by}"), shown(dropped.url))
    console.print(table)
    _more(len(found.dropped), limit)
    console.print(shown("metadata", "dim"))
    names = facts()
    for name, values in sorted(page.metadata.items()):
        for value in values:
            names.add_row(shown(f"  {name}"), shown(value))
    console.print(names)


def _more(total: int, limit: int) -> None:
    from spindrift.cli.numbers import count
    from spindrift.cli.output import shown, stdout

    if total > limit:
        stdout().print(shown(f"  ... and {count(total - limit)} more (--links)", "dim"))
