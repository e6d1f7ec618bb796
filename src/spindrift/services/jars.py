"""The jars of a service: fetched once by Maven, kept in a cache outside of any project."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from spindrift.services.errors import ServiceError
from spindrift.services.toolchain import OLDEST_JAVA, Toolchain

_FETCH: Final = ["-B", "-q", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib"]


@dataclass(frozen=True)
class Jars:
    """Artifacts of Maven Central, with all that they depend on."""

    name: str
    artifacts: tuple[str, ...]
    """Each as group:artifact:version."""
    without: tuple[str, ...] = ()
    """Patterns of file names that are not wanted."""

    @property
    def folder_name(self) -> str:
        """Another one for each change, so that what is in the cache is never stale."""
        digest = hashlib.sha256("\n".join([*self.artifacts, "", *self.without]).encode()).hexdigest()
        return f"{self.name}-{digest[:12]}"


def cache_folder() -> Path:
    """$XDG_CACHE_HOME/spindrift/services, ~/.cache where that is not set."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "spindrift" / "services"


def fetch(jars: Jars, toolchain: Toolchain, cache: Path, say: Callable[[str], object] = lambda message: None) -> Path:
    """The folder that holds the jars; fetched if it is not there. Raises ServiceError."""
    folder = cache / jars.folder_name
    if folder.is_dir():
        return folder
    say(f"fetching {jars.name} ({', '.join(artifact.split(':')[1] for artifact in jars.artifacts)}) with Maven ...")
    cache.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{jars.name}-", dir=cache))
    try:
        (work / "pom.xml").write_text(_pom(jars))
        done = subprocess.run(  # noqa: S603
            [toolchain.maven, *_FETCH], cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            reason = next((line for line in done.stdout.splitlines() if "ERROR" in line), done.stderr.strip()[-500:])
            raise ServiceError(f"the jars of {jars.name} could not be fetched by {toolchain.maven}: {reason}")
        for pattern in jars.without:
            for unwanted in (work / "lib").glob(pattern):
                unwanted.unlink()
        try:
            (work / "lib").rename(folder)  # whole, or not at all
        except OSError:
            if not folder.is_dir():  # or another process was quicker
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def compile_java(source: Path, jars: Path, toolchain: Toolchain, classes: Path) -> None:
    """Compile one file against `jars`, into the folder `classes`; any JVM that is supported runs it. Raises
    ServiceError."""
    command = [str(toolchain.javac), "--release", str(OLDEST_JAVA), "-cp", f"{jars}/*", "-d", str(classes), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ServiceError(f"{source.name} could not be compiled by {toolchain.javac}: {done.stderr.strip()[-1000:]}")


def _pom(jars: Jars) -> str:
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
        for group, artifact, version in (map(escape, artifact.split(":")) for artifact in jars.artifacts)
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>spindrift.services</groupId><artifactId>{escape(jars.name)}</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>\n"
    )
