"""`spindrift copy`: a crawl from one store to another."""

from typing import Annotated

import typer

from spindrift.cli.options import ConfigFiles, Environment, Json, Overrides
from spindrift.errors import ConfigurationError


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The store to read.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The store to write; made if it is not there.")],
    merge: Annotated[bool, typer.Option("--merge", help="Also where TO holds a crawl: join the two.")] = False,
    json_: Json = False,
    config: ConfigFiles = None,
    environment: Environment = None,
    option: Overrides = None,
) -> None:
    """Copy a crawl to another store: URLs with all that is known of them, hosts that are held, pages.

    From a file to a cluster and back; a crawl then goes on where the other left off. FROM stays as it is. It should
    not be crawled meanwhile (a warning says if it is); TO must not.

    Exit codes: 0 copied, 1 a store cannot be read or written, 2 wrong usage or configuration.

    Examples:
      spindrift copy crawl.db elasticsearch://localhost:9200/crawl
      spindrift copy opensearch://localhost:9200/crawl sqlite:///crawl.db
    """
    from dataclasses import asdict

    from spindrift.cli.configuration import load
    from spindrift.cli.numbers import counted
    from spindrift.cli.output import print_json, shown, stderr
    from spindrift.conf import Settings
    from spindrift.crawl.copying import Copied, copy_store
    from spindrift.store import open_store
    from spindrift.store_url import check_lasts, printable, same_store, store_exists

    # Every URL is copied: the limit was kept to when they were found.
    chosen = {"store.url": target, "crawl.max.urls.per.host": -1}
    settings = Settings(load(config, environment, option, chosen=chosen).conf)
    check_lasts(source)
    check_lasts(target)
    if same_store(source, target):
        raise ConfigurationError(f"{printable(source)} and {printable(target)} are the same store")
    if not store_exists(source, settings):
        raise ConfigurationError(f"there is no store {printable(source)} to copy from")
    console = stderr()

    def said(copied: Copied) -> str:
        return (
            f"{counted(copied.urls, 'URL')}, {counted(copied.held_hosts, 'held host')} and "
            f"{counted(copied.documents, 'document')}"
        )

    with (
        open_store(source, settings, read_only=True) as from_,
        open_store(target, settings) as to,
        console.status("copying") as status,
    ):
        if from_.frontier.is_being_crawled():
            crawled = f"{printable(source)} is being crawled: what the crawl finds meanwhile may be missing in the copy"
            console.print(shown(f"warning: {crawled}", "yellow"))
        copied = copy_store(from_, to, merge=merge, show=lambda copied: status.update(f"{said(copied)} copied"))
    if json_:
        print_json({"from": printable(source), "to": printable(target), **asdict(copied)})
    else:
        console.print(shown(f"{said(copied)} copied to {printable(target)}"))
