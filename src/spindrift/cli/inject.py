"""`spindrift inject`: URLs into the frontier, without a crawl."""

from typing import Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, Json, Overrides, StoreURL


def inject(
    seeds: Annotated[list[str], typer.Argument(metavar="FILE", help="Files with one URL a line, or URLs.")],
    again: Annotated[
        bool, typer.Option("--again", help="Make URLs that are known due now, whenever they were due.")
    ] = False,
    store: StoreURL = None,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Put URLs into the frontier, due at once.

    A line of a file is a URL, optionally followed by tab-separated key=value metadata. What is known stays as it is.
    The URL filters apply. A crawl that runs takes them up at once.
    Exit codes: 0 done, 1 a line was refused, or a URL filter came to no end (within topology.subprocess.timeout.secs)
    or ended its process, or the store cannot be written, 2 wrong usage or configuration, 130 interrupted.

    \b
    Examples:
      spindrift inject seeds.txt
      spindrift inject https://example.com/ --store news.db
    """
    from dataclasses import asdict

    from spindrift.cli.apart import apart
    from spindrift.cli.configuration import load
    from spindrift.cli.injection_report import print_injection
    from spindrift.cli.logs import log_lines
    from spindrift.cli.output import print_json
    from spindrift.frontier.inject import Injection
    from spindrift.frontier.records import InjectResult
    from spindrift.store import open_store
    from spindrift.store_url import check_lasts

    settings = load(config, environment, option, store=store).settings
    check_lasts(settings.text("store.url"))

    def put() -> InjectResult:
        injection = Injection(seeds, settings)
        if injection.usable():
            with open_store(settings.text("store.url"), settings) as opened:
                injection.into(opened.frontier, again=again)
        return injection.result

    with log_lines(settings):
        result = apart(put, settings.seconds("topology.subprocess.timeout.secs"))
    if json_:
        print_json(asdict(result))
    else:
        print_injection(result, settings.text("store.url"))
    if result.refused:
        raise typer.Exit(1)
