"""The Java tools that services need."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spindrift.services.errors import ServiceError

OLDEST_JAVA: Final = 17
_ADVICE: Final = "install a JDK 17 or later and Maven (on Debian: apt install openjdk-17-jdk-headless maven)"


@dataclass(frozen=True)
class Toolchain:
    """Where the programs are."""

    java: Path
    javac: Path
    maven: Path


def find_toolchain() -> Toolchain:
    """Of JAVA_HOME, or else on the PATH; Maven on the PATH. Raises ServiceError that says all that is missing."""
    found = {name: _program(name) for name in ("java", "javac", "mvn")}
    if missing := [name for name, path in found.items() if path is None]:
        raise ServiceError(f"{' and '.join(missing)} not found on the PATH: {_ADVICE}")
    java, javac, maven = (Path(str(path)) for path in found.values())
    version = _version(java)
    if version is None or version < OLDEST_JAVA:
        is_what = "is too old to say its version" if version is None else f"is Java {version}"
        raise ServiceError(f"{java} {is_what}: {_ADVICE}, and set JAVA_HOME where there are several")
    return Toolchain(java, javac, maven)


def _program(name: str) -> str | None:
    home = os.environ.get("JAVA_HOME")
    if home and name != "mvn" and (path := shutil.which(name, path=Path(home) / "bin")):
        return path
    return shutil.which(name)


def _version(java: Path) -> int | None:
    answer = subprocess.run([java, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"\b(\d+)", answer.stdout)
    return int(found[1]) if found and answer.returncode == 0 else None
