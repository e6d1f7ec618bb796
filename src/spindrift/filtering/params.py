"""Parameters of a filter: from JSON to the filter's own pydantic model, mistakes told in the words of the file."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from spindrift.conf import Settings
from spindrift.filtering.mistakes import Mistakes, Step, shown
from spindrift.filtering.nearest import did_you_mean
from spindrift.resource_files import ResourceFiles


class FilterParams(BaseModel):
    """A handy base for the `Params` of a filter: `max_depth` in Python is `maxDepth` in the file, as in StormCrawler;
    an unknown parameter is a mistake, and so is a value of another type, even where it could be converted.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


class ParamsMistakeError(ValueError):
    """Several mistakes behind one parameter, such as the lines of a file that it names. For validators to raise."""

    def __init__(self, messages: Sequence[str]) -> None:
        self.messages = list(messages)
        super().__init__("; ".join(messages))


def resources_of(context: Any) -> ResourceFiles:
    """Where a validator (`info.context`) finds files: in the current project where a model was built by hand.

    A file that is found by them is looked at for changes while the crawl runs, as the filter file itself is.
    """
    found = context.get("resources") if isinstance(context, dict) else None
    return found if isinstance(found, ResourceFiles) else ResourceFiles.from_settings()


def settings_of(context: Any) -> Settings:
    """The configuration, for a validator (`info.context`) whose default depends on a key."""
    found = context.get("settings") if isinstance(context, dict) else None
    return found if isinstance(found, Settings) else Settings()


def validate_params(
    model: type[BaseModel],
    given: object,
    where: Sequence[Step],
    name: str,
    mistakes: Mistakes,
    resources: ResourceFiles,
    settings: Settings | None = None,
) -> BaseModel | None:
    """`given` as the filter's model. Notes every mistake, and returns None if there was one."""
    try:
        return model.model_validate(given, context={"resources": resources, "settings": settings or Settings()})
    except ValidationError as error:
        _note(error, model, given, where, name, mistakes)
        return None


def _note(
    error: ValidationError, model: type[BaseModel], given: object, where: Sequence[Step], name: str, mistakes: Mistakes
) -> None:
    expected: dict[tuple[Step, ...], list[str]] = {}
    values: dict[tuple[Step, ...], object] = {}
    for detail in error.errors(include_url=False):
        place = _inside(given, detail["loc"])
        label = f"{name}, parameter {_dotted(place)}" if place else name
        cause = detail.get("ctx", {}).get("error")
        if detail["type"] == "extra_forbidden":
            known = [field.alias or key for key, field in model.model_fields.items()] if len(place) == 1 else []
            takes = f" it takes {', '.join(known)}" if known else " there is none of that name here"
            hint = did_you_mean(str(place[-1]), known)
            mistakes.add([*where, *place], f'{name} has no parameter "{_dotted(place)}"{hint or ";"}{takes}')
        elif detail["type"] == "missing":
            mistakes.add([*where, *place], f'{name} needs the parameter "{_dotted((*place, detail["loc"][-1]))}"')
        elif isinstance(cause, ParamsMistakeError):
            for message in cause.messages:
                mistakes.add([*where, *place], f"{label}: {message}")
        elif isinstance(cause, ValueError):
            mistakes.add([*where, *place], f"{label}: {cause}")
        else:
            # The alternatives of a union are reported one by one, at the same place.
            expected.setdefault(place, []).append(_right(detail))
            values[place] = detail["input"] if not place else _at(given, place)
    for place, alternatives in expected.items():
        label = f"{name}, parameter {_dotted(place)}" if place else f"{name}, its params"
        right = " or ".join(dict.fromkeys(alternatives))
        mistakes.add([*where, *place], f"{label}: got {shown(values[place])}, expected {right}")


_WORDS = {
    "bool": "true or false",
    "dict": "an object",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "model": "an object",
    "none": "null",
    "string": "a text",
}


def _right(detail: ErrorDetails) -> str:
    """What is right, from a validation error of pydantic."""
    kind, context = detail["type"], detail.get("ctx", {})
    match kind:
        case "greater_than_equal":
            return f"at least {context['ge']}"
        case "greater_than":
            return f"more than {context['gt']}"
        case "less_than_equal":
            return f"at most {context['le']}"
        case "less_than":
            return f"less than {context['lt']}"
        case "literal_error" | "enum":
            return str(context["expected"])
    family, _, ending = kind.partition("_")
    if ending in ("type", "parsing", "from_float") and family in _WORDS:
        return _WORDS[family]
    message = detail["msg"]
    return message[:1].lower() + message[1:]


def _inside(given: object, location: Sequence[Step]) -> tuple[Step, ...]:
    """The part of a validation error's location that leads through the JSON (it also names alternatives of a union)."""
    place: list[Step] = []
    for step in location:
        in_object = isinstance(given, dict) and step in given
        if in_object or (isinstance(given, list) and isinstance(step, int) and 0 <= step < len(given)):
            given = _at(given, [step])
            place.append(step)
    return tuple(place)


def _at(given: Any, place: Sequence[Step]) -> object:
    for step in place:
        given = given[step]
    return given


def _dotted(place: Sequence[Step]) -> str:
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
