"""From a filter's class and its parameters, as JSON has them, to the filter."""

import inspect
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.filtering.mistakes import Mistakes, Step, shown
from spindrift.filtering.params import validate_params
from spindrift.resource_files import ResourceFiles

_DECLARED = "a filter with parameters declares them as a nested pydantic model `Params`, which its __init__ is given"


def make_filter(
    found: type[Any],
    name: str,
    given: object,
    where: Sequence[Step],
    mistakes: Mistakes,
    resources: ResourceFiles,
    settings: Settings,
) -> object | None:
    """The filter, with `given` (None: nothing) as its `Params`. Notes every mistake, and returns None if there was one.

    `where` is the place of the parameters in the file.
    """
    label = name if name == found.__name__ else f"{name} ({found.__name__})"
    given = {} if given is None else given
    model = getattr(found, "Params", None)
    arguments: list[BaseModel] = []
    if model is None:
        if given != {}:
            hint = "" if found.__module__.startswith("spindrift.") else f"; {_DECLARED}"
            mistakes.add(where, f"{label} takes no parameters; got {shown(given)}{hint}")
            return None
    elif not (inspect.isclass(model) and issubclass(model, BaseModel)):
        mistakes.add(where, f"{label}: {found.__qualname__}.Params has to be a pydantic model")
        return None
    else:
        params = validate_params(model, given, where, label, mistakes, resources, settings)
        if params is None:
            return None
        arguments.append(params)
    try:
        more = {"settings": settings} if _wants_settings(found) else {}
        instance: object = found(*arguments, **more)
    except ConfigurationError as error:
        for problem in error.problems:
            mistakes.add(where, f"{label}: {problem}")
    except (Exception, SystemExit) as error:  # a user's class may raise anything: its cause is what helps
        hint = f"; {_DECLARED}" if isinstance(error, TypeError) and not _takes(found, len(arguments)) else ""
        mistakes.add(where, f"{label} could not be made: {type(error).__name__}: {error}{hint}")
    else:
        return instance
    return None


def _wants_settings(found: type[Any]) -> bool:
    """Whether `__init__` has an argument `settings`: a filter that goes by the configuration of the crawl."""
    try:
        return "settings" in inspect.signature(found).parameters
    except ValueError:  # a class of an extension module may not say
        return False


def _takes(found: type[Any], count: int) -> bool:
    """Whether `__init__` can be called as it was, with so many arguments."""
    more = {"settings": None} if _wants_settings(found) else {}
    try:
        inspect.signature(found).bind(*[None] * count, **more)
    except (TypeError, ValueError):
        return False
    return True
