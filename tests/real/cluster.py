"""Projects that are submitted to a real Storm cluster, by streamparse's own commands."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psutil
from streamparse.util import get_nimbus_client

import spindrift
from spindrift.services.running import RunningService

ENVIRONMENT: Final = "cluster"
_PATIENCE: Final = 180.0
SOURCES: Final = Path(spindrift.__file__).parents[1]
_BIN: Final = Path(sys.executable).parent
# The code has to come from the JAR: whatever is installed of ours is out of the components' sight.
_STREAMPARSE_RUN: Final = """\
    #!{python}
    import sys
    from pathlib import Path
    sys.path[:] = [path for path in sys.path if path and not (Path(path) / "spindrift").is_dir()]
    from streamparse.run import main
    sys.exit(main())
"""


class Project:
    """A streamparse project in `folder`, whose src leads to the library and to the tests' components."""

    def __init__(self, folder: Path, storm: RunningService, options: Mapping[str, Any]) -> None:
        self.folder = folder
        self.storm = storm
        self.jar = folder / "dist" / "project.jar"
        for name in ("src", "topologies"):
            (folder / name).mkdir(parents=True)
        (folder / "src" / "spindrift").symlink_to(SOURCES / "spindrift")
        (folder / "src" / "tests").mkdir()
        for part in ("__init__.py", "local", "real"):
            if (found := Path(__file__).parents[1] / part).exists():
                (folder / "src" / "tests" / part).symlink_to(found)
        (folder / "fabfile.py").symlink_to(SOURCES.parent / "fabfile.py")
        environment = folder / "virtualenvs" / "project"
        run = environment / "bin" / "streamparse_run"
        run.parent.mkdir(parents=True)
        run.write_text(textwrap.dedent(_STREAMPARSE_RUN).format(python=sys.executable))
        run.chmod(0o755)
        self._config: dict[str, Any] = {
            "serializer": "json",
            "topology_specs": "topologies/",
            "virtualenv_specs": "virtualenvs/",
            "envs": {
                ENVIRONMENT: {
                    "nimbus": storm.address,
                    "use_ssh_for_nimbus": False,
                    "workers": ["127.0.0.1"],
                    "virtualenv_root": str(environment.parent),
                    "virtualenv_name": environment.name,
                    "use_virtualenv": True,
                    "install_virtualenv": False,
                    "options": {"topology.workers": 1, "topology.acker.executors": 1, **options},
                }
            },
        }
        (folder / "config.json").write_text(json.dumps(self._config))

    def configure(self, **settings: Any) -> None:
        """Say more of the environment in config.json."""
        self._config["envs"][ENVIRONMENT].update(settings)
        (self.folder / "config.json").write_text(json.dumps(self._config))

    def topology(self, name: str, text: str) -> None:
        """Write a topology file."""
        (self.folder / "topologies" / f"{name}.py").write_text(textwrap.dedent(text))

    def make_jar(self, *options: str) -> None:
        """By `spindrift jar`."""
        self.run(sys.executable, "-m", "spindrift", "jar", "-o", str(self.jar), *options)

    def sparse(self, *arguments: str) -> str:
        """What one of streamparse's commands prints."""
        return self.run(str(_BIN / "sparse"), *arguments)

    def run(self, *command: str, path: str = "") -> str:
        """What any command prints in the project's folder."""
        environment = os.environ | {"PYTHONPATH": str(SOURCES), "PATH": f"{path}{_BIN}:{os.environ['PATH']}"}
        environment |= {"LEIN_ROOT": "1", "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def submitted(self, name: str, *, by_leiningen: bool = False) -> Iterator[None]:
        """The topology runs on the cluster for as long as the block."""
        if by_leiningen:
            self.sparse("submit", "-n", name, "-e", ENVIRONMENT)
        else:
            if not self.jar.exists():
                self.make_jar()
            self.sparse("submit", "-n", name, "-e", ENVIRONMENT, "--local_jar_path", str(self.jar))
        try:
            yield
        except BaseException:
            print(self.logs())
            raise
        finally:
            self.kill(name)

    def kill(self, name: str) -> None:
        """And wait until Nimbus has forgotten it, and its worker has ended."""
        self.sparse("kill", "-n", name, "-e", ENVIRONMENT, "--wait", "1")
        self.until(lambda: name not in self.topologies() and not self.used_slots())

    def topologies(self) -> list[str]:
        """Names, as Nimbus knows them."""
        return [each.name for each in self._nimbus().getClusterInfo().topologies]

    def used_slots(self) -> int:
        """Of the supervisor."""
        return sum(each.num_used_workers for each in self._nimbus().getClusterInfo().supervisors)

    def _nimbus(self) -> Any:
        host, port = self.storm.address.split(":")
        return get_nimbus_client(host=host, port=int(port))

    def logs(self) -> str:
        """The ends of the workers' logs, for who looks into a failure."""
        found = Path(self.storm.home).glob("logs/workers-artifacts/*/*/worker.log")
        return "\n".join(f"== {path}\n" + "\n".join(path.read_text().splitlines()[-60:]) for path in sorted(found))

    def until(self, true: Callable[[], Any], patience: float = _PATIENCE) -> None:
        """Wait for the cluster."""
        until = time.monotonic() + patience
        while not true():
            assert time.monotonic() < until, f"did not come about in {patience:g} s"
            time.sleep(0.1)


def storm_workers(storm: RunningService) -> list[psutil.Process]:
    """Java processes that run topologies on this cluster, without the ones that write their logs."""
    keeper = psutil.Process(storm.pid)
    return [
        process
        for process in keeper.children(recursive=True)
        if "org.apache.storm.daemon.worker.Worker" in (command := process.cmdline())
        and "org.apache.storm.LogWriter" not in command
    ]


def remove_artifacts(storm: RunningService) -> None:
    """Have no test see another one's logs."""
    for folder in Path(storm.home).glob("logs/workers-artifacts/*"):
        shutil.rmtree(folder, ignore_errors=True)
