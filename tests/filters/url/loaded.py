"""URL filters as a filter file makes them, mistakes included."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.filtering import load_filters


def loaded(folder: Path, name: str, params: Any = None, **conf: Any) -> Any:
    """The filter of that class, with its parameters, of a file in `folder`."""
    path = folder / "filters.json"
    path.write_text(json.dumps({"any.URLFilters": [{"class": name, "params": params}]}))
    settings = Settings({key.replace("__", "."): value for key, value in conf.items()})
    (only,) = load_filters(path, "URLFilters", settings=settings)
    return only.instance


def mistakes(folder: Path, name: str, params: Any = None) -> list[str]:
    """What is told of its parameters, from `/params` on."""
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder, name, params)
    return [problem.partition("/0/params")[2] for problem in caught.value.problems]
