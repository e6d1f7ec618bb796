"""`spindrift explain`: what would stop a URL, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, Json, Overrides, StoreURL

if TYPE_CHECKING:
    from spindrift.conf import Settings
    from spindrift.explain import Explanation
    from spindrift.explain.questions import Explainer, Known


def explain(
    url: Annotated[str, typer.Argument(metavar="URL", help="Any URL; it need not be known.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="URL", help="The page that links to it, as the store knows it; without: as a seed."
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no robots.txt and look up no host.")] = False,
    store: StoreURL = None,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Say what would stop a URL, and why: its page, URL filters, robots.txt line by line, the state of its host, its
    schedule.

    Asks the host for robots.txt, unless --offline, and nothing else; changes nothing. As a crawl, it needs
    http.agent.name, from config.json or by -o.

    Exit codes: 0 it would be fetched now, or nothing that is known here stops it (verdict unknown, as with --offline,
    which does not know robots.txt), 1 it would not, or later, or a URL filter came to no end (within
    topology.subprocess.timeout.secs) or ended its process, or the store that is named is not there, 2 wrong usage or
    configuration, 130 interrupted.

    Examples:
      spindrift explain https://example.com/ -o http.agent.name=my-crawler
      spindrift explain https://example.com/x --source https://example.com/
      spindrift explain https://example.com/ --offline --json | jq .verdict
    """
    import time

    from spindrift.cli.apart import apart
    from spindrift.cli.configuration import load
    from spindrift.cli.logs import log_lines
    from spindrift.cli.output import print_json
    from spindrift.explain import Verdict
    from spindrift.explain.questions import Explainer

    settings = load(config, environment, option, store=store).settings
    now = time.time()

    def ask() -> "Explanation":
        explainer = Explainer(settings, now, offline=offline)
        known = _known(url, source, explainer, settings, now, is_needed=store is not None)
        return explainer.explain(url, source, known)

    with log_lines(settings):
        found = apart(ask, settings.seconds("topology.subprocess.timeout.secs"))
    if json_:
        print_json(found.as_json())
    else:
        _print(found, now)
    if found.verdict in (Verdict.STOPS, Verdict.WAITS):
        raise typer.Exit(1)


def _known(
    asked: str, source: str | None, explainer: "Explainer", settings: "Settings", now: float, *, is_needed: bool
) -> "Known":
    """What the store knows; nothing where there is none, unless it was named (`is_needed`)."""
    from spindrift.crawl.overview import held_host
    from spindrift.explain.questions import Known
    from spindrift.frontier.store_key import StoreKeys
    from spindrift.status import Status
    from spindrift.store import open_store
    from spindrift.store_url import is_in_memory, store_exists
    from spindrift.urls import normalize
    from spindrift.urls.credentials import without_credentials

    name = settings.text("store.url")
    if not store_exists(name, settings) and (is_in_memory(name) or not is_needed):
        return Known()
    with open_store(name, settings, read_only=True) as store:
        page = without_credentials(source) if source else ""
        linking = store.frontier.get(page) or store.frontier.get(normalize(page) or page) if page else None
        of_page = linking.metadata if linking else {}
        url = explainer.filtered(asked, source, of_page)
        record = store.frontier.get(asked) or store.frontier.get(url)
        key = record.key if record else StoreKeys.from_settings(settings).of(url)
        return Known(
            record, held_host(store, key, now), of_page, linking is not None and linking.status == Status.FETCHED
        )


_STYLES = {"passes": "green", "waits": "yellow", "stops": "red", "unknown": "dim"}
_SAID = {
    "passes": "It would be fetched now.",
    "waits": "It would be fetched later",
    "stops": "It would not be fetched.",
    "unknown": "Nothing that is known here stops it.",
}


def _print(found: "Explanation", now: float) -> None:
    from rich.table import Table
    from rich.text import Text

    from spindrift.cli.numbers import due, moment
    from spindrift.cli.output import shown, stdout

    console = stdout()
    console.print(shown(found.url, "bold"), soft_wrap=True)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for step in found.steps:
        when = "" if step.until is None else f"; {due(step.until, now)} ({moment(step.until)})"
        grid.add_row(step.name, Text(step.verdict, _STYLES[step.verdict]), shown(step.why + when))
    console.print(grid)
    console.print()
    said = _SAID[found.verdict]
    if found.verdict == "waits":
        said += "." if found.until is None else f": {due(found.until, now)} ({moment(found.until)})."
    console.print(Text(said, _STYLES[found.verdict]))
