"""`spindrift export`: pages or statuses, for other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from spindrift.cli.options import ConfigFile, Environment, Overrides, StoreURL


class Format(StrEnum):
    """File formats."""

    JSONL = "jsonl"
    PARQUET = "parquet"


class What(StrEnum):
    """What a store holds."""

    DOCUMENTS = "documents"
    STATUSES = "statuses"


def export(
    format_: Annotated[Format | None, typer.Option("--format", help="By default as --out ends, else jsonl.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default: standard output.")] = None,
    what: Annotated[
        What, typer.Option("--what", help="Pages with their text, or URLs with their state.")
    ] = What.DOCUMENTS,
    store: StoreURL = None,
    config: ConfigFile = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Write all pages (or the state of all URLs) as JSON lines or Parquet.

    A file is complete or absent: it is written beside its place and moved there at the end.

    \b
    Examples:
      spindrift export | jq -r .title
      spindrift export --out pages.parquet
      spindrift export --what statuses --out statuses.jsonl
    """
    from spindrift.cli.configuration import load
    from spindrift.cli.numbers import count
    from spindrift.cli.output import shown, stderr
    from spindrift.crawl.export import export_jsonl, export_parquet
    from spindrift.errors import ConfigurationError
    from spindrift.store import open_store

    parquet = format_ is Format.PARQUET or (format_ is None and out is not None and out.suffix == ".parquet")
    if parquet and out is None:
        raise ConfigurationError("Parquet is no text: name a file, such as --out pages.parquet")
    settings = load(config, environment, option, store=store).settings
    with open_store(settings.text("store.url"), settings, read_only=True) as opened:
        if parquet and out is not None:
            written = export_parquet(opened, what.value, out)
        else:
            written = export_jsonl(opened, what.value, out)
    if out is not None:
        stderr().print(shown(f"{count(written)} {what} written to {out}"))
