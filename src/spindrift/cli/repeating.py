"""What a run was told, as options for the command that goes on with it."""

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from spindrift.cli.output import clean
from spindrift.conf.layers import parse_options
from spindrift.conf.settings import key_for
from spindrift.crawl.configuration import CrawlChoices
from spindrift.urls.credentials import hidden_credentials

_HIDDEN = "..."


def options_again(
    choices: CrawlChoices, config: list[Path] | None, environment: str | None, overrides: Iterable[str] | None
) -> str:
    """The options that a crawl has to be given again so that it goes on as it began, quoted for a shell.

    Each begins with a blank. Not the store, which every next step names, and not how long the run was to be. Of a
    password there is its key alone: `-o http.proxy.pass=...`.
    """
    parts: list[str] = []
    if choices.same:
        parts.append(f"--same-{choices.same}")
    if choices.max_depth is not None:
        parts += ["--max-depth", str(choices.max_depth)]
    for file in config or ():
        parts += ["-c", str(file)]
    if environment is not None:
        parts += ["-e", environment]
    for override in _worth_repeating(overrides or ()):
        parts += ["-o", override]
    if choices.warc:
        parts += ["--warc", choices.warc]
    return "".join(f" {shlex.quote(clean(part))}" for part in parts)


def _worth_repeating(overrides: Iterable[str]) -> Iterator[str]:
    for override in overrides:
        name = next(iter(parse_options([override])[0]), "")
        key = key_for(name)
        if name == "store.url":
            continue
        value = override.strip().removeprefix(name).lstrip().removeprefix("=")
        yield f"{name}={_HIDDEN if key is not None and key.shown(value) != value else hidden_credentials(value)}"
