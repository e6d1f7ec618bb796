"""The command line, run in this process."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from spindrift.cli.main import main


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    out: str
    err: str
    code: int


Run = Callable[..., Outcome]


@pytest.fixture
def spindrift(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `spindrift ARGUMENTS` in an empty folder; what its child processes print counts, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", sys.path.copy())

    def run(*arguments: str, said: str = "") -> Outcome:
        monkeypatch.setattr("sys.argv", ["spindrift", *arguments])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(said.encode())))
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capfd.readouterr()
        code = ended.value.code
        return Outcome(printed.out, printed.err, code if isinstance(code, int) else 0)

    return run
