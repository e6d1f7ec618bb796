"""Options that several commands share, those of sparse spelled as sparse spells them."""

from pathlib import Path
from typing import Annotated, Final, Literal

import typer

_CONFIGURATION = "Configuration"
MOST: Final = 1_000_000_000
"""Of what an option counts; SQLite takes no number beyond 64 bits."""
MOST_JOBS: Final = 1000
"""Processes: more of them than of cores make nothing faster, and thousands bring a machine down."""

TopologyName = Annotated[
    str | None,
    typer.Option("--name", "-n", help="Topology: a file in the project's topologies folder; the only one by default."),
]
ConfigFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--config",
        "-c",
        help="streamparse's config.json, or StormCrawler's crawler-conf.yaml; default: ./config.json if there is one. "
        "May be repeated: a later file wins, key by key.",
        rich_help_panel=_CONFIGURATION,
    ),
]
Environment = Annotated[
    str | None,
    typer.Option("--environment", "-e", help="Environment in config.json.", rich_help_panel=_CONFIGURATION),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        "-o",
        metavar="KEY=VALUE",
        help="Set a configuration key; may be repeated. `spindrift conf` lists them.",
        rich_help_panel=_CONFIGURATION,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, and nothing else there.")]
StoreURL = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Where the crawl is kept: a file, or sqlite:///crawl.db; elasticsearch://HOST:9200/PREFIX, "
        "opensearch://...; memory: keeps nothing (key store.url).",
    ),
]
MaxDepth = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Most links from a seed to a page; 0: seeds only.")
]
SameDomain = Annotated[bool, typer.Option("--same-domain", help="Follow no link to another registered domain.")]
SameHost = Annotated[bool, typer.Option("--same-host", help="Follow no link to another host.")]


def same_of(same_host: bool, same_domain: bool) -> Literal["host", "domain"] | None:
    """What --same-host and --same-domain say together. Raises ConfigurationError for both."""
    from spindrift.errors import ConfigurationError

    if same_domain and same_host:
        raise ConfigurationError("--same-host is narrower than --same-domain: give one of them")
    return "host" if same_host else "domain" if same_domain else None
