"""The JSON Schema of filter files, by which editors complete and check them while they are written."""

import importlib
import inspect
from typing import Any

from pydantic import BaseModel

from spindrift.filtering.classes import Wrapper, short_names
from spindrift.filtering.scope import ScopeParams
from spindrift.filtering.stormcrawler import JAVA_CLASSES, PREFIXES

Schema = dict[str, Any]


def filter_file_schema() -> Schema:
    """The schema (draft 2020-12) of files of URL filters and of parse filters, for all filters that come along.

    A file tells editors by `"$schema": "filters.schema.json"` beside its list. Of classes of one's own, by their paths,
    parameters are not checked.
    """
    definitions: Schema = {}
    definitions["scope"] = _inlined(ScopeParams, definitions)
    lists = {
        r"(^|\.)URLFilters$": _list("URLFilters", definitions),
        # StormCrawler keeps the filters that run on the page's tree in a file of their own.
        r"(^|\.)(ParseFilters|JSoupFilters)$": _list("ParseFilters", definitions),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Filters of spindrift",
        "type": "object",
        "properties": {"$schema": {"type": "string"}},
        "patternProperties": lists,
        "additionalProperties": False,
        "$defs": definitions,
    }


def _list(wrapper: Wrapper, definitions: Schema) -> Schema:
    classes = _classes(wrapper)
    known = [name for names in classes.values() for name in names]
    cases = []
    for name, names in classes.items():
        definitions[name] = _params(wrapper, name, definitions)
        cases.append(
            {
                "if": {"properties": {"class": {"enum": names}}, "required": ["class"]},
                "then": {"properties": {"params": {"$ref": f"#/$defs/{name}"}}},
            }
        )
    entry = {
        "type": "object",
        "properties": {
            "class": {
                "description": "A filter that comes along, by its short or Java name, or a class of yours by its path.",
                "anyOf": [
                    {"enum": known},
                    {"type": "string", "pattern": r"^(?!org\.apache\.stormcrawler\.|com\.digitalpebble\.).+[.:].+$"},
                ],
            },
            "name": {"type": "string", "description": "How messages and verdicts call it; by default as its class."},
            "params": {"description": "Its parameters."},
            "scope": {"$ref": "#/$defs/scope"},
        },
        "required": ["class"],
        "additionalProperties": False,
        "allOf": cases,
    }
    return {"type": "array", "items": entry}


def _classes(wrapper: Wrapper) -> dict[str, list[str]]:
    """Short name to all names of a filter."""
    java: dict[str, list[str]] = {}
    for name in sorted(JAVA_CLASSES):
        java.setdefault(name.rpartition(".")[2], []).extend(prefix + name for prefix in PREFIXES)
    return {name: [name, *java.get(name, [])] for name in sorted(short_names(wrapper))}


def _params(wrapper: Wrapper, name: str, definitions: Schema) -> Schema:
    try:
        found = getattr(importlib.import_module(short_names(wrapper)[name]), name)
    except ImportError:  # a filter whose libraries are not installed: its parameters are not known
        return {}
    model = getattr(found, "Params", None)
    if inspect.isclass(model) and issubclass(model, BaseModel):
        schema = _inlined(model, definitions)
    else:
        schema = {"type": "object", "additionalProperties": False}
    schema.pop("title", None)
    schema["description"] = inspect.cleandoc(found.__doc__ or "")
    # `"params": null` is as good as none, where none are needed.
    return schema if schema.get("required") else {"anyOf": [schema, {"type": "null"}]}


def _inlined(model: type[BaseModel], definitions: Schema) -> Schema:
    """The schema of a model; models within it go to `definitions`."""
    schema = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions.update(schema.pop("$defs", {}))
    return schema
