"""`spindrift check`: whether configuration and filter files are right."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spindrift.cli.options import Json

if TYPE_CHECKING:
    from spindrift.conf.layers import Project
    from spindrift.filtering.checking import Checked


_NAMELESS = (
    'a crawl needs "http.agent.name", so that servers can tell who crawls them: write "http.agent.name": "my-crawler" '
    "there, or start it with -o http.agent.name=my-crawler"
)


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...", help="config.json, crawler-conf.yaml, urlfilters.json, parsefilters.json, or alike."
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of filter files, for editors, and check nothing.")
    ] = False,
    json_: Json = False,
) -> None:
    """Check configuration and filter files: every mistake, where it stands, and what would be right.

    What a file is, its content says. Files that it names are read, too, and all is made of it that a crawl makes before
    it starts; nothing is run. A configuration may leave http.agent.name to -o, which is a warning. Modules are found in
    ./src and in the current folder.

    Exit codes: 0 all are right (there may be warnings), 2 there are mistakes, or a file cannot be read.

    Examples:
      spindrift check config.json resources/urlfilters.json
      spindrift check parsefilters.json --json | jq -r '.[].problems[]'
      spindrift check --schema > filters.schema.json
    """
    from spindrift.cli.apart import apart
    from spindrift.cli.configuration import make_importable
    from spindrift.cli.output import print_json
    from spindrift.errors import ConfigurationError, SpindriftError
    from spindrift.filtering.checking import Checked, check_file

    if schema:
        from spindrift.filtering.schema import filter_file_schema

        print_json(filter_file_schema())
        return
    if not files:
        raise ConfigurationError("give a file to check, such as config.json or resources/urlfilters.json; or --schema")
    make_importable(Path())
    found = []
    for file in files:
        try:
            found.append(apart(partial(check_file, file, _start), beside="the check"))
        except ConfigurationError as error:
            found.append(Checked(file, (), 0, error.problems, []))
        except SpindriftError as error:
            found.append(Checked(file, (), 0, [f"{file}: {error}"], []))
    if json_:
        print_json(
            [
                {"file": str(each.file), "kinds": each.kinds, "problems": each.problems, "warnings": each.warnings}
                for each in found
            ]
        )
    else:
        for each in found:
            _print(each)
    if any(each.problems for each in found):
        raise typer.Exit(2)


def _start(project: "Project", conf: dict[str, Any]) -> list[str]:
    """All that a crawl does with a configuration before it starts; returns what it lacks that -o may give."""
    from spindrift.cli.configuration import make_importable, project_folder
    from spindrift.crawl.configuration import check_ready

    make_importable(project.root)
    is_named = conf.get("http.agent.name") is not None
    check_ready({**conf, **({} if is_named else {"http.agent.name": "check"}), **project_folder(project)})
    return [] if is_named else [_NAMELESS]


def _print(checked: "Checked") -> None:
    from spindrift.cli.numbers import counted
    from spindrift.cli.output import shown, stdout
    from spindrift.filtering.checking import FileKind

    console = stdout()
    for problem in checked.problems:
        console.print(shown("error: ", "bold red").append_text(shown(problem, "red")), soft_wrap=True)
    for warning in checked.warnings:
        console.print(shown(f"warning: {warning}", "yellow"), soft_wrap=True)
    if not checked.problems:
        noun = "option" if FileKind.CONFIG in checked.kinds else "filter"
        console.print(shown(f"{checked.file}: right, {counted(checked.entries, noun)}", "green"), soft_wrap=True)
