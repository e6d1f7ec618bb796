"""Options that several commands share, spelled as sparse spells them."""

from pathlib import Path
from typing import Annotated

import typer

_CONFIGURATION = "Configuration"

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="streamparse's config.json; default: ./config.json where there is one.",
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
        "--store", metavar="URL", help="Where the crawl is kept: a file, or sqlite:///crawl.db (key store.url)."
    ),
]
