"""Real cases that lie beside the project, not in it."""

import os
from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """The path of a file of the shared test data.

    Skips the test, with the reason, where the data is absent; on CI that is a failure.
    """
    path = _SHARED / name
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"shared test data {name} is required on CI; looked for {path}")
        pytest.skip(f"shared test data {name} is not beside the project (looked for {path})")
    return path
