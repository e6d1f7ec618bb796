"""`spindrift crawl`: from URLs to a searchable store."""

from pathlib import Path
from typing import Annotated

import typer

from spindrift.cli.options import (
    ConfigFiles,
    Environment,
    Json,
    MaxDepth,
    Overrides,
    SameDomain,
    SameHost,
    StoreURL,
    same_of,
)


def crawl(
    seeds: Annotated[
        list[str] | None,
        typer.Argument(help="URLs, or files (or folders of files) of URLs. None: go on with what is in the store."),
    ] = None,
    max_pages: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Stop after exactly so many pages: URLs that got FETCHED.")
    ] = None,
    max_depth: MaxDepth = None,
    same_domain: SameDomain = False,
    same_host: SameHost = False,
    again: Annotated[
        bool, typer.Option("--again", help="Fetch SEEDS that are known now, even if they are not due yet.")
    ] = False,
    store: StoreURL = None,
    warc: Annotated[
        Path | None, typer.Option("--warc", metavar="FOLDER", help="Archive all that is answered, as WARC files there.")
    ] = None,
    time: Annotated[
        float | None,
        typer.Option(
            "--time",
            "-t",
            min=0,
            metavar="SECONDS",
            help="Stop so long after the first URL was given out; what is under way is finished.",
        ),
    ] = None,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Crawl from SEEDS, politely, until nothing is due soon: within 10 s, or twice fetcher.server.delay if longer.

    `spindrift search` then finds the pages. Run again, it goes on where it stopped. Ctrl-C ends it gracefully, a second
    one at once; nothing is lost by either.

    Sites must be able to tell who crawls them: set http.agent.name, with -o or, as for all but the first of the
    examples, in config.json.

    Exit codes: 0 finished, 1 nothing could be fetched, or the store not be written, or another crawl has it, 2 wrong
    usage or configuration, 130 interrupted.

    \b
    Examples:
      spindrift crawl https://example.com/ -o http.agent.name=my-crawler
      spindrift crawl seeds.txt --same-domain --max-pages 1000 --max-depth 3
      spindrift crawl --store news.db -o fetcher.server.delay=500ms
      spindrift crawl seeds.txt --warc archive
      spindrift crawl seeds.txt --time 60 --json | jq .pages_per_second
    """
    from spindrift.cli.output import announce
    from spindrift.cli.signals import interrupts_end_at_once

    announce("starting")
    with interrupts_end_at_once():
        from spindrift.cli.crawling import crawl_command
        from spindrift.crawl.configuration import CrawlChoices
        from spindrift.errors import ConfigurationError

    same = same_of(same_host, same_domain)
    if again and not seeds:
        raise ConfigurationError("--again is for seeds: give the URLs that are to be fetched again")
    choices = CrawlChoices(
        max_pages=max_pages,
        max_depth=max_depth,
        same=same,
        store=store,
        warc=str(warc) if warc else None,
    )
    code = crawl_command(seeds or [], choices, config, environment, option, again=again, seconds=time, json_=json_)
    raise typer.Exit(code)
