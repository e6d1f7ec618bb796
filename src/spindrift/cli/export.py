"""`spindrift export`: pages or statuses, for other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, Overrides, StoreURL
from spindrift.errors import ConfigurationError


class Format(StrEnum):
    """File formats."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


_ENDINGS = {
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".csv": Format.CSV,
    ".parquet": Format.PARQUET,
}


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
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Write all pages (or the state of all URLs) as JSON lines, CSV or Parquet.

    A file is complete or absent: it is written beside its place and moved there at the end.

    Exit codes: 0 written, 1 the store cannot be read or the file not written, 2 wrong usage or configuration.

    Examples:
      spindrift export | jq -r .title
      spindrift export --out pages.parquet
      spindrift export --what statuses --out statuses.jsonl
    """
    from spindrift.cli.configuration import load, store_keys
    from spindrift.cli.numbers import count
    from spindrift.cli.output import shown, stderr
    from spindrift.crawl.export import export_csv, export_jsonl, export_parquet
    from spindrift.store import open_store

    chosen = format_ or _format_of(out)
    if chosen is Format.PARQUET and out is None:
        raise ConfigurationError("Parquet is no text: name a file, such as --out pages.parquet")
    settings = load(config, environment, option, store=store, reads=store_keys).settings
    with open_store(settings.text("store.url"), settings, read_only=True) as opened:
        if chosen is Format.PARQUET and out is not None:
            written = export_parquet(opened, what.value, out)
        else:
            written = (export_csv if chosen is Format.CSV else export_jsonl)(opened, what.value, out)
    if out is not None:
        stderr().print(shown(f"{count(written)} {what} written to {out}"))


def _format_of(out: Path | None) -> Format:
    """The format that the ending of a file asks for. Raises ConfigurationError for an ending that says nothing."""
    if out is None:
        return Format.JSONL
    found = _ENDINGS.get(out.suffix.lower())
    if found is None:
        raise ConfigurationError(
            f"--out {out}: which format? A file ends in .jsonl or .ndjson (JSON lines), .csv or .parquet; "
            "or say it with --format jsonl, csv or parquet"
        )
    return found
