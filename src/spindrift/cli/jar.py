"""`spindrift jar`: a project's code for a Storm cluster."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from spindrift.cli.options import ConfigFiles, Json


def jar(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The JAR to write; default: dist/PROJECT.jar"),
    ] = None,
    msgpack: Annotated[
        bool | None,
        typer.Option(
            "--msgpack/--no-msgpack",
            help="Put in the MessagePack serializer: several times faster with pages. Needs a JDK and Maven; "
            "default: where they are.",
            show_default=False,
        ),
    ] = None,
    library: Annotated[
        bool,
        typer.Option(
            "--library/--no-library",
            help="Put spindrift itself in; without, it has to be in the workers' environment.",
        ),
    ] = True,
    json_: Json = False,
    config: ConfigFiles = None,
) -> None:
    """Make a JAR of a project's src folder, for `sparse submit --local_jar_path`; no Leiningen is needed.

    Links in src are followed, so that all it leads to is in the JAR; so is spindrift itself. What else is installed
    beside the project is not: that has to be in the workers' environment (virtualenvs/NAME.txt). Works in any
    streamparse project folder. Prints the JAR's path, which is not in _build: sparse empties that.

    With the MessagePack serializer in it, `sparse submit` has Storm speak that instead of JSON with the components, by
    the project's fabfile.py (see that of `spindrift new`).

    Exit codes: 0 written, 1 no JDK or Maven for --msgpack, 2 no such project, a broken link, or a file that cannot be
    written.

    Examples:
      spindrift jar
      spindrift jar --no-msgpack -o plain.jar
      sparse submit -n crawl -e prod --local_jar_path "$(spindrift jar)"
    """
    from spindrift import __file__ as package
    from spindrift.cli.output import print_json, shown, stderr
    from spindrift.cli.results import results
    from spindrift.conf.layers import load_projects
    from spindrift.storm.jar import write_jar

    root = load_projects(config).root
    console = stderr()
    classes = _classes(lambda message: console.print(shown(message, "dim")), required=msgpack)
    path = output or root / "dist" / f"{root.resolve().name}.jar"
    made = write_jar(root / "src", path, classes, Path(package).parent if library else None)
    if json_:
        print_json({"jar": str(made.path), "files": made.files, "bytes": made.size})
        return
    console.print(shown(f"{made.files} files, {made.size / 1e6:.1f} MB", "dim"))
    results().write(f"{made.path}\n")


def _classes(say: Callable[[str], object], *, required: bool | None) -> dict[str, bytes]:
    from spindrift.services.errors import ServiceError
    from spindrift.storm.msgpack_classes import msgpack_classes

    if required is False:
        return {}
    try:
        return msgpack_classes(say)
    except ServiceError as error:
        if required:
            raise
        say(f"without the MessagePack serializer: {error}")
        return {}
