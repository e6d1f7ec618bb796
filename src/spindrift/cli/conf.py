"""`spindrift conf`: every configuration key, with its meaning, value and where that comes from."""

from typing import Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, Json, Overrides


def conf(
    key: Annotated[
        str | None,
        typer.Argument(metavar="KEY", help="A key, part of the name of some, or a pattern such as 'sitemap.*'."),
    ] = None,
    changed: Annotated[bool, typer.Option("--changed", help="Only keys that do not have their default.")] = False,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """List the configuration keys: value, meaning, and where a value comes from that is not the default.

    Exit codes: 0 done, 2 wrong usage or configuration, or no key of that name.

    Examples:
      spindrift conf
      spindrift conf fetcher.server.delay
      spindrift conf robots
      spindrift conf 'sitemap.*'
      spindrift conf --changed -e local
      spindrift conf --json | jq '.[] | select(.group == "HTTP")'
    """
    from spindrift.cli.conf_listing import print_keys
    from spindrift.cli.configuration import load, warn
    from spindrift.cli.output import print_json
    from spindrift.conf import KEYS, key_for
    from spindrift.conf.listing import listing
    from spindrift.errors import ConfigurationError
    from spindrift.filtering.nearest import did_you_mean

    loaded = load(config, environment, option, reads=lambda key: False)
    unsettled = [name for name in loaded.disputed if key_for(name) and (key or "").lower() in name.lower()]
    if unsettled:
        warn([f"the environments differ in {', '.join(unsettled)}; choose one with -e to see its values"])
    found = listing(loaded.conf, loaded.origins, key)
    if key is not None and not found:
        known = {*KEYS, *(part for name in KEYS for part in name.split("."))}
        raise ConfigurationError(f"no configuration key has {key!r} in its name{did_you_mean(key, known)}")
    if changed:
        found = [entry for entry in found if entry.origin]
    if json_:
        print_json([entry.as_json() for entry in found])
    else:
        print_keys(found, full=key is not None and len(found) == 1)
