"""`spindrift status`: what the frontier holds, or all that is known of one URL."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from spindrift.cli.options import MOST, ConfigFiles, Environment, Json, Overrides, StoreURL

if TYPE_CHECKING:
    from spindrift.conf import Settings
    from spindrift.store import Store

_MOST_BODIES = 20


def status(
    url: Annotated[str | None, typer.Argument(metavar="URL", help="Show all that is known of this URL.")] = None,
    hosts: Annotated[int, typer.Option("--hosts", min=0, max=MOST, help="How many of the largest hosts to show.")] = 10,
    store: StoreURL = None,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Show the frontier by status and host, what is due, and which hosts are slowed and why; or one URL.

    Also works while a crawl is running.

    Exit codes: 0 shown, 1 the URL is not known or the store cannot be read, 2 wrong usage or configuration.

    Examples:
      spindrift status
      spindrift status https://example.com/page.html
      spindrift status --json | jq .statuses
    """
    from spindrift.cli.configuration import load, store_keys
    from spindrift.store import open_store
    from spindrift.store_url import printable

    settings = load(config, environment, option, store=store, reads=store_keys).settings
    url_of_store = settings.text("store.url")
    with open_store(url_of_store, settings, read_only=True) as opened:
        if url is None:
            _show_frontier(opened, printable(url_of_store), hosts, json_)
        else:
            _show_url(opened, url, settings, json_)


def _show_frontier(store: "Store", name: str, hosts: int, json_: bool) -> None:
    from spindrift.cli.output import print_json
    from spindrift.cli.status_tables import print_frontier
    from spindrift.crawl.overview import overview

    found = overview(store, name, hosts=hosts, now=time.time())
    if json_:
        print_json(found.as_json())
    else:
        print_frontier(found)


def _show_url(store: "Store", url: str, settings: "Settings", json_: bool) -> None:
    from dataclasses import asdict

    from spindrift.cli.output import print_json, shown, stderr
    from spindrift.cli.status_tables import print_url
    from spindrift.crawl.overview import held_host
    from spindrift.urls.credentials import without_credentials
    from spindrift.urls.parsing import normalize

    given, url = url, without_credentials(url)
    record = store.frontier.get(given) or store.frontier.get(normalize(url) or url)
    if record is None:
        bodies = _with_bodies(store, normalize(url) or url, settings)
        if json_:
            print_json({"url": url, "status": None, **({"known_as": bodies} if bodies else {})})
        elif bodies:
            stderr().print(shown(f"{url} is known by what is posted to it (http.post.json); see spindrift status of"))
            for each in bodies:
                stderr().print(shown(f"  {each}"), soft_wrap=True)
        else:
            stderr().print(shown(f"{url} is not known: it was neither a seed nor a link that the URL filters let pass"))
        raise typer.Exit(1)
    now = time.time()
    host = held_host(store, record.key, now)
    if json_:
        held = {"until": host.held_until, "reason": host.reason, "failures": host.failures} if host else None
        print_json({**asdict(record), "held": held})
    else:
        print_url(record, host, now)


def _with_bodies(store: "Store", url: str, settings: "Settings") -> list[str]:
    """The URLs under which requests of `url` that have a body are known."""
    from spindrift.frontier.store_key import StoreKeys
    from spindrift.urls.bodies import body_prefix

    return store.frontier.beginning(body_prefix(url), StoreKeys.from_settings(settings).of(url), _MOST_BODIES)
