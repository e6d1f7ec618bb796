"""What `bin/storm` and `bin/lein` answer `sparse run`: `python -m spindrift.cli.stand_ins storm|lein ARGUMENTS`.

sparse asks both for a version, has Leiningen make a JAR, and Storm run a Flux topology `--local`, which Storm 2 has no
mind to. The topology is run here instead. Whatever else is asked is handed to the real program, where there is one.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from spindrift.errors import ConfigurationError, SpindriftError

_VERSION: Final = "2.8.3"
_FLUX: Final = "org.apache.storm.flux.Flux"
_LONGEST_STAND_IN: Final = 1000
"""Bytes."""
_FOREVER: Final = 10**9


def main() -> int:
    """Returns the exit code."""
    program, *arguments = sys.argv[1:]
    answer = {"storm": _storm, "lein": _lein}[program](arguments)
    if answer is None:
        _hand_over(program, arguments)
    return 0


def _storm(arguments: Sequence[str]) -> object:
    match arguments:
        case ["version"]:
            print(f"Storm {_VERSION}")  # noqa: T201 - what sparse reads
            return True
        case ["jar", _jar, main_class, *flags, file] if main_class == _FLUX and "--local" in flags:
            seconds = _seconds(flags)
            _run(Path(file), seconds if seconds < _FOREVER else 0.0)
            return True
    return None


def _seconds(flags: Sequence[str]) -> float:
    """How long to run; 0: until it is interrupted."""
    if "--sleep" not in flags:
        return 0.0
    given = "".join(flags[flags.index("--sleep") + 1 :][:1])
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not seconds >= 0:
        raise ConfigurationError(f"storm jar --sleep {given}: right is a number of seconds after --sleep")
    return seconds


def _lein(arguments: Sequence[str]) -> object:
    match arguments:
        case ["deps", ":tree"]:
            # sparse takes this for the version of the project's Storm, and wants it to be that of `storm version`.
            print(f'[org.apache.storm/storm-core "{_VERSION}"]')  # noqa: T201
            return True
        case [("clean" | "jar" | "uberjar") as task] if _real("lein") is None:
            if task != "clean":
                _make_jar(standalone=task == "uberjar")
            return True
    return None


def _make_jar(*, standalone: bool) -> None:
    from spindrift.storm.jar import write_jar

    name = f"{Path.cwd().name}{'-standalone' if standalone else ''}.jar"
    made = write_jar(Path("_resources", "resources"), Path("_build", name).absolute())
    print(f"Created {made.path}")  # noqa: T201


def _run(file: Path, seconds: float) -> None:
    from spindrift.cli.configuration import make_importable, project_folder
    from spindrift.cli.run import run_topology
    from spindrift.conf import Settings
    from spindrift.conf.layers import load_project
    from spindrift.local import LocalTopology
    from spindrift.storm.flux import read_flux

    project = load_project()
    make_importable(project.root)
    sys.path.append(str(project.topologies.resolve()))
    topology_class, name, conf = read_flux(file)
    conf |= project_folder(project)
    run_topology(LocalTopology(topology_class, name=name, conf=conf), Settings(conf), seconds, json_=False)


def _hand_over(program: str, arguments: Sequence[str]) -> None:
    real = _real(program)
    if real is None:
        raise ConfigurationError(
            f"{program} {' '.join(arguments)}: this {program} only stands in for what `sparse run` asks; "
            f"for anything else, have the real one on the PATH"
        )
    os.execv(real, [real, *arguments])  # noqa: S606 - the user's own program


def _real(program: str) -> str | None:
    """The program on the PATH that is neither this one nor that of another project, which would hand over to this."""
    own = Path(os.environ.get("SPINDRIFT_STAND_INS", "")).resolve()
    path = [folder for folder in os.get_exec_path() if Path(folder).resolve() != own]
    found = (shutil.which(program, path=folder) for folder in path)
    return next((each for each in found if each is not None and not _stands_in(Path(each))), None)


def _stands_in(program: Path) -> bool:
    try:
        with program.open("rb") as file:
            return __spec__.name.encode() in file.read(_LONGEST_STAND_IN)
    except OSError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SpindriftError as error:
        sys.exit(str(error))
