"""`spindrift jar`: a project's code for a Storm cluster."""

from pathlib import Path
from typing import Annotated

import typer

from spindrift.cli.options import ConfigFile, Json


def jar(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The JAR to write; default: _build/PROJECT.jar"),
    ] = None,
    json_: Json = False,
    config: ConfigFile = None,
) -> None:
    """Make a JAR of a project's src folder, for `sparse submit --local_jar_path`; no Leiningen is needed.

    Links in src are followed, so that all it leads to is in the JAR. What is installed beside the project is not: that
    has to be in the workers' environment (virtualenvs/NAME.txt). Works in any streamparse project folder. Prints the
    JAR's path.

    Exit codes: 0 written, 2 no such project, a broken link, or a file that cannot be written.

    Examples:
      spindrift jar
      sparse submit -n crawl -e prod --local_jar_path "$(spindrift jar)"
    """
    from spindrift.cli.output import print_json, shown, stderr
    from spindrift.cli.results import results
    from spindrift.conf.layers import load_project
    from spindrift.storm.jar import write_jar

    root = load_project(config).root
    made = write_jar(root / "src", output or root / "_build" / f"{root.resolve().name}.jar")
    if json_:
        print_json({"jar": str(made.path), "files": made.files, "bytes": made.size})
        return
    stderr().print(shown(f"{made.files} files, {made.size / 1e6:.1f} MB", "dim"))
    results().write(f"{made.path}\n")
