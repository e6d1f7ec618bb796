"""`spindrift search`: the pages of a crawl, by words."""

from datetime import datetime
from typing import Annotated

import typer

from spindrift.cli.options import MOST, ConfigFiles, Environment, Json, Overrides, StoreURL

_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
_FORM = "local time: 2026-01-31 or 2026-01-31T12:30:00"


def search(
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="Words to look for.")],
    host: Annotated[str | None, typer.Option(help="Only this host and its subdomains, or HOST:PORT.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=_DATES, metavar="DATE", help=f"Fetched then or later ({_FORM}).")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DATES, metavar="DATE", help=f"Fetched before ({_FORM}).")
    ] = None,
    status: Annotated[
        int | None, typer.Option(min=0, max=999, metavar="CODE", help="Only answers with this code, such as 200.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MOST, help="How many to show.")] = 10,
    offset: Annotated[int, typer.Option(min=0, max=MOST, help="How many to skip.")] = 0,
    store: StoreURL = None,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Search the pages that were fetched, the best first.

    All words must occur, as they are written (words are not reduced to their stems, as pages may be in any language);
    crawl* is any word that begins so. "a phrase" in quotes as it stands, a OR b either of two, -word not at all.
    For the shell, crawl* needs quotes, and a -word outside of quotes has to stand behind --. What is said twice counts
    once; 32 words are the most.

    Exit codes: 0 found, 1 nothing found or the store cannot be read, 2 wrong usage or configuration.

    Examples:
      spindrift search storm warning
      spindrift search 'light* keeper'
      spindrift search '"northern reef" OR lighthouse -fog' --host example.com
      spindrift search tide -- -fog
      spindrift search tide --since 2026-01-31 --json | jq -r '.hits[].url'
    """
    from dataclasses import asdict

    from spindrift.cli.configuration import load, store_keys
    from spindrift.cli.hits import MARKS, print_hits
    from spindrift.cli.output import print_json
    from spindrift.index.documents import MARKS as HTML_MARKS
    from spindrift.store import open_store

    words = " ".join(query)
    settings = load(config, environment, option, store=store, reads=store_keys).settings
    with open_store(settings.text("store.url"), settings, read_only=True) as opened:
        result = opened.documents.search(
            words,
            host=host,
            status=status,
            since=since.timestamp() if since else None,
            until=until.timestamp() if until else None,
            limit=limit,
            offset=offset,
            marks=HTML_MARKS if json_ else MARKS,
        )
    if json_:
        print_json({"query": words, "total": result.total, "hits": [asdict(hit) for hit in result.hits]})
    else:
        print_hits(result, words, offset)
    if not result.hits:
        raise typer.Exit(1)
