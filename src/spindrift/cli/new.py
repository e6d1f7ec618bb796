"""`spindrift new`: a project to begin with."""

from pathlib import Path
from typing import Annotated

import typer


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The project's name, or the path of its folder.")],
) -> None:
    """Make a project: a topology, its bolts, a URL filter, and tests of each that pass.

    The layout is streamparse's: `spindrift run` runs its topology here, `sparse submit` on a Storm cluster.
    `spindrift crawl` in its folder uses its config.json and its resources/urlfilters.json.

    Exit codes: 0 done, 2 the folder exists, or the name cannot be one.

    Examples:
      spindrift new my-crawler
      cd my-crawler && python -m pytest && spindrift run --time 10
    """
    from spindrift.cli.output import shown, stdout
    from spindrift.scaffold import new_project

    folder = Path(name)
    files = new_project(folder)
    console = stdout()
    for file in files:
        console.print(shown(str(folder / file)))
    console.print()
    console.print(shown(f"Made {folder}. To begin with:", "bold"))
    console.print(shown(f"  cd {folder}"))
    console.print(shown("  python -m pytest"))
    console.print(shown("  spindrift run --time 10"))
