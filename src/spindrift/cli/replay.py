"""`spindrift replay`: a crawl again, from its archive."""

from typing import Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, Json, MaxDepth, Overrides, SameDomain, SameHost, same_of


def replay(
    warc: Annotated[
        list[str],
        typer.Argument(metavar="WARC...", help="WARC or ARC files, folders of them, or lists (.paths, .txt)."),
    ],
    filters: Annotated[
        str | None,
        typer.Option(
            "--filters", metavar="FILE", help="Say which URLs this file of URL filters would keep or drop differently."
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="URL", help="A new store to replay into; default: sqlite:///replay.db."),
    ] = None,
    max_depth: MaxDepth = None,
    same_domain: SameDomain = False,
    same_host: SameHost = False,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Crawl again from an archive, without the network: the same statuses and documents, as fast as it goes.

    An archive is written by spindrift crawl --warc FOLDER; others can be read, too. Every visit in it is parsed,
    filtered, indexed and scheduled anew, with the configuration of now, in the order and at the time at which it was
    made: what the crawl was told by --same-host, --same-domain, --max-depth, -c, -e and -o, the replay has to be told
    as well. The store has to be a new one.

    With --filters nothing is stored. The links of the archived pages are followed once as the configured filters say,
    and once as FILE does; each URL that one of them drops and the other keeps is a line.

    What is damaged in an archive is told and left out; the rest is replayed. How many archives are damaged is said at
    the end (`damaged` of --json).

    Exit codes: 0 done, 1 an archive is damaged or cannot be read, the store not be written, a visit not be processed,
    or (with --filters) a filter came to no end within topology.subprocess.timeout.secs or ended its process, 2 wrong
    usage or configuration, 130 interrupted.

    \b
    Examples:
      spindrift replay archive --store again.db
      spindrift replay archive --same-host --max-depth 3
      spindrift replay archive/*.warc.gz --filters urlfilters-new.json
      spindrift replay archive --filters urlfilters-new.json --json | jq .dropped
    """
    from spindrift.cli.replaying import compare_command, replay_command
    from spindrift.crawl.configuration import CrawlChoices
    from spindrift.errors import ConfigurationError

    choices = CrawlChoices(max_depth=max_depth, same=same_of(same_host, same_domain), store=store)
    if filters is None:
        raise typer.Exit(replay_command(warc, choices, config, environment, option, json_=json_))
    if store is not None:
        raise ConfigurationError("--filters compares and stores nothing: give it without --store")
    raise typer.Exit(compare_command(warc, filters, choices, config, environment, option, json_=json_))
